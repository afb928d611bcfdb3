"""The key store: a key for each owner and storage class, in a database of its own.

Destroying a key destroys every text sealed under it, in every backup of the main database too; so the keys
never stand in the main database, and the master key that wraps them stands in neither.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path
from threading import Lock

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    func,
    insert,
    inspect,
    make_url,
    select,
)
from sqlalchemy.event import listen
from sqlalchemy.exc import IntegrityError

from app.extensions import WRITES, Instant, now, set_up_sqlite
from app.vault.boxes import close_box, open_box
from app.vault.errors import DoesNotOpen, KeyGone, OtherMasterKey, OwnerUnknown

KEY_BITS = 256
KEPT_KEYS = 1024  # opened keys that one process holds at most
KEPT_SECONDS = 30.0  # how long another process may still open what was destroyed here
WRAPPING = "1"  # version of how a key is wrapped; bound into each wrapped key
OWNER = re.compile(r"[a-z]+(:[a-z0-9]+)?")  # house, school:4, person:17

METADATA = MetaData()
DATA_KEY = Table(
    "data_key",
    METADATA,
    Column("owner", String(64), primary_key=True),
    Column("storage_class", String(24), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("made_at", Instant, nullable=False, default=now),
)


class StorageClass(StrEnum):
    """What is destroyed together: each class of one owner has a key of its own."""

    STATUTORY = "statutory record"
    CONTACT = "contact"
    DRAFTS = "drafts"


class OpenedKeys:
    """Unwrapped keys of one process: few, for a short time, oldest use out first. Safe between threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._keys: OrderedDict[tuple[str, StorageClass], tuple[AESGCM, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._keys)

    def get(self, owner: str, storage_class: StorageClass) -> AESGCM | None:
        """The key, if it was opened within the last `KEPT_SECONDS`."""
        entry = (owner, storage_class)
        with self._lock:
            key, until = self._keys.get(entry, (None, 0.0))
            if key is None:
                return None
            if self._clock() >= until:
                del self._keys[entry]
                return None
            self._keys.move_to_end(entry)
            return key

    def put(self, owner: str, storage_class: StorageClass, key: AESGCM) -> None:
        """The key is at hand from now on."""
        with self._lock:
            self._keys[owner, storage_class] = (key, self._clock() + KEPT_SECONDS)
            self._keys.move_to_end((owner, storage_class))
            while len(self._keys) > KEPT_KEYS:
                self._keys.popitem(last=False)

    def drop(self, owner: str, storage_class: StorageClass) -> None:
        """The key is not at hand any more."""
        with self._lock:
            self._keys.pop((owner, storage_class), None)


class KeyStore:
    """256-bit data keys, each wrapped by the master key with AES-256-GCM. Opens nothing until it is asked."""

    def __init__(self, url: str, master_key: bytes, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.engine = engine_of(url)
        self.opened = OpenedKeys(clock)
        self._master = AESGCM(master_key)

    def prepare(self) -> None:
        """The store has its table; a file that is made for it can be read by this account only."""
        if self.engine.dialect.name == "sqlite" and self.engine.url.database:
            file = Path(self.engine.url.database)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
        with self._transaction(writes=True) as connection:
            METADATA.create_all(connection)

    def is_prepared(self) -> bool:
        """Whether the store has its table. Asking makes no file."""
        file = self.engine.url.database
        if self.engine.dialect.name == "sqlite" and file and not Path(file).exists():
            return False
        with self._transaction(writes=False) as connection:
            return inspect(connection).has_table(DATA_KEY.name)

    def of(self, owner: str, storage_class: StorageClass, *, make: bool = False) -> AESGCM:
        """The key of `owner` for this class. With `make`, a missing one is made *and committed* first.

        A key without rows is harmless; a row without its key is lost text.

        Raises:
            KeyGone: there is none, and `make` does not say to make one.
            OtherMasterKey: the stored key was wrapped by another master key.
            OwnerUnknown: `owner` is no name of an owner, such as the one of a row without an id.
        """
        if OWNER.fullmatch(owner) is None:
            raise OwnerUnknown(owner)
        key = self.opened.get(owner, storage_class)
        if key is None:
            wrapped = self._stored(owner, storage_class)
            if wrapped is None and make:
                wrapped = self._make(owner, storage_class)
            if wrapped is None:
                raise KeyGone
            key = self._unwrap(wrapped, owner, storage_class)
            self.opened.put(owner, storage_class, key)
        return key

    def make_for(self, owners: Iterable[str], storage_class: StorageClass) -> int:
        """Each of `owners` has a key of this class; returns how many were made, all in one transaction.

        For whoever is about to seal texts of many: one commit instead of one for each.

        Raises:
            OwnerUnknown: one of them is no name of an owner.
        """
        wanted = set(owners)
        for owner in wanted:
            if OWNER.fullmatch(owner) is None:
                raise OwnerUnknown(owner)
        of_class = select(DATA_KEY.c.owner).where(DATA_KEY.c.storage_class == storage_class.value)
        with self._transaction(writes=True) as connection:
            missing = sorted(wanted - set(connection.scalars(of_class)))
            rows = [
                {
                    "owner": owner,
                    "storage_class": storage_class.value,
                    "wrapped": self._new_key(owner, storage_class),
                }
                for owner in missing
            ]
            if rows:
                connection.execute(insert(DATA_KEY), rows)
        return len(rows)

    def destroy(self, owner: str, storage_class: StorageClass | None = None, *, scrub: bool = True) -> int:
        """How many keys were destroyed, of one class or of all. What they sealed is gone for good.

        Other processes forget a key within `KEPT_SECONDS`. Whoever destroys many says `scrub=False` and calls
        `scrub()` once at the end.
        """
        ask = delete(DATA_KEY).where(DATA_KEY.c.owner == owner)
        if storage_class is not None:
            ask = ask.where(DATA_KEY.c.storage_class == storage_class.value)
        with self._transaction(writes=True) as connection:
            destroyed = connection.execute(ask).rowcount
        for each in StorageClass if storage_class is None else (storage_class,):
            self.opened.drop(owner, each)
        if scrub and destroyed:
            self.scrub()
        return destroyed

    def scrub(self) -> bool:
        """Whether the store's own files are free of destroyed keys now; False: a reader was in the way.

        SQLite keeps them in its write-ahead log, PostgreSQL as dead rows (and in its own log, which the
        database's operator must let expire).
        """
        if self.engine.dialect.name == "sqlite":
            with closing(self.engine.raw_connection()) as raw, closing(raw.cursor()) as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                busy = cursor.fetchone()
            return busy is not None and busy[0] == 0
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM FULL data_key")
        return True

    def count(self) -> int:
        """How many keys the store holds."""
        with self._transaction(writes=False) as connection:
            return connection.scalar(select(func.count()).select_from(DATA_KEY)) or 0

    def _make(self, owner: str, storage_class: StorageClass) -> bytes | None:
        """A new wrapped key, committed; the one of another process where that was first."""
        wrapped = self._new_key(owner, storage_class)
        row = {"owner": owner, "storage_class": storage_class.value, "wrapped": wrapped}
        try:
            with self._transaction(writes=True) as connection:
                connection.execute(insert(DATA_KEY).values(row))
        except IntegrityError:
            return self._stored(owner, storage_class)
        return wrapped

    def _new_key(self, owner: str, storage_class: StorageClass) -> bytes:
        """A random key, wrapped for this owner and class."""
        return close_box(self._master, AESGCM.generate_key(KEY_BITS), place_of(owner, storage_class))

    def _stored(self, owner: str, storage_class: StorageClass) -> bytes | None:
        ask = select(DATA_KEY.c.wrapped).where(
            DATA_KEY.c.owner == owner, DATA_KEY.c.storage_class == storage_class.value
        )
        with self._transaction(writes=False) as connection:
            return connection.scalar(ask)

    def _unwrap(self, wrapped: bytes, owner: str, storage_class: StorageClass) -> AESGCM:
        try:
            return AESGCM(open_box(self._master, wrapped, place_of(owner, storage_class)))
        except DoesNotOpen:
            raise OtherMasterKey from None

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        """A transaction of the store's own: readers never queue for SQLite's write lock, whatever asks."""
        before = WRITES.set(writes)
        try:
            with self.engine.begin() as connection:
                yield connection
        finally:
            WRITES.reset(before)


def place_of(owner: str, storage_class: StorageClass) -> bytes:
    """The associated data of a wrapped key: exchanged between two owners, neither opens."""
    return f"{owner}|{storage_class.value}|{WRAPPING}".encode()


def engine_of(address: str) -> Engine:
    """An engine for the key store alone; no key stands in its error texts."""
    url = make_url(address)
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=url.drivername != "sqlite")
    if engine.dialect.name == "sqlite":
        set_up_sqlite(engine)
        # A key that a power cut takes back is a lost text, so this file is on the disk before the row is.
        listen(engine, "connect", lambda dbapi, _: dbapi.execute("PRAGMA synchronous=FULL"))
    return engine
