from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier

import pytest

from app.extensions import WRITES
from app.vault.boxes import close_box, open_box
from app.vault.errors import DoesNotOpen, KeyGone, OtherMasterKey, OwnerUnknown, UnreadableMasterKey
from app.vault.extension import vault
from app.vault.keys import DATA_KEY, KEPT_KEYS, KEPT_SECONDS, OpenedKeys, StorageClass, engine_of
from app.vault.master import in_settings, new_master_key

STATUTORY, CONTACT, DRAFTS = StorageClass


def same_key(one, other):
    """Whether two key objects open each other's boxes."""
    try:
        return open_box(other, close_box(one, b"canary", b""), b"") == b"canary"
    except DoesNotOpen:
        return False


def wrapped_keys(store):
    with store.engine.connect() as connection:
        return {(row.owner, row.storage_class): row.wrapped for row in connection.execute(DATA_KEY.select())}


class TestOneKeyForEachOwnerAndClass:
    """Issue 2, item 9: a 256-bit key for each person and storage class."""

    def test_a_key_that_nobody_made_is_gone(self, keys):
        with pytest.raises(KeyGone):
            keys.of("person:17", STATUTORY)
        assert keys.count() == 0

    def test_a_made_key_is_the_same_for_every_process(self, keys, another_process):
        made = keys.of("person:17", STATUTORY, make=True)

        assert same_key(made, another_process().of("person:17", STATUTORY))
        assert same_key(made, another_process().of("person:17", STATUTORY, make=True))
        assert keys.count() == 1

    def test_owners_and_classes_have_different_keys(self, keys):
        one = keys.of("person:17", STATUTORY, make=True)

        assert not same_key(one, keys.of("person:18", STATUTORY, make=True))
        assert not same_key(one, keys.of("person:17", DRAFTS, make=True))

    @pytest.mark.parametrize(
        "owner", ["person:None", "", "person:", "person:1|x", "Person:1", "person:1 ", "person:-1"]
    )
    def test_what_is_no_owner_gets_no_key(self, keys, owner):
        with pytest.raises(OwnerUnknown):
            keys.of(owner, STATUTORY, make=True)

    @pytest.mark.parametrize("owner", ["house", "school:4", "person:17", "person:bcdfghjkmnpq"])
    def test_people_schools_and_the_house_own_keys(self, keys, owner):
        keys.of(owner, STATUTORY, make=True)

        assert keys.count() == 1

    @pytest.mark.own_database
    def test_keys_for_many_are_made_once_and_those_that_are_there_stay(self, keys, another_process):
        kept = close_box(keys.of("person:2", StorageClass.CONTACT, make=True), b"text", b"place")
        assert keys.make_for([f"person:{n}" for n in range(1, 6)], StorageClass.CONTACT) == 4
        assert keys.make_for(["person:1", "person:1"], StorageClass.CONTACT) == 0
        assert open_box(another_process().of("person:2", StorageClass.CONTACT), kept, b"place") == b"text"
        assert keys.count() == 5
        with pytest.raises(OwnerUnknown):
            keys.make_for(["person:9", "nobody in particular"], StorageClass.CONTACT)
        assert keys.count() == 5

    def test_eight_threads_that_make_one_key_at_once_end_with_one(self, keys, another_process):
        stores = [another_process() for _ in range(8)]
        together = Barrier(len(stores))

        def make(store):
            together.wait()
            return store.of("person:17", CONTACT, make=True)

        with ThreadPoolExecutor(len(stores)) as pool:
            made = list(pool.map(make, stores))

        assert keys.count() == 1
        assert all(same_key(made[0], other) for other in made)

    def test_whoever_comes_second_takes_the_key_of_the_first(self, keys, another_process, monkeypatch):
        second = another_process()
        look, first_look = second._stored, count()

        def looks_too_early(owner, storage_class):
            if next(first_look) == 0:
                keys.of(owner, storage_class, make=True)
                return None
            return look(owner, storage_class)

        monkeypatch.setattr(second, "_stored", looks_too_early)

        assert same_key(second.of("person:17", DRAFTS, make=True), keys.of("person:17", DRAFTS))
        assert keys.count() == 1


class TestWrapping:
    """security.md 5.2: wrapped by a master key that is not on the same disk."""

    def test_another_master_key_opens_nothing(self, keys, another_process):
        keys.of("person:17", STATUTORY, make=True)
        stranger = another_process(in_settings(new_master_key()))

        with pytest.raises(OtherMasterKey):
            stranger.of("person:17", STATUTORY)

    def test_a_wrapped_key_given_to_another_owner_opens_nothing(self, keys, another_process):
        keys.of("person:17", STATUTORY, make=True)
        keys.of("person:18", STATUTORY, make=True)
        taken = wrapped_keys(keys)["person:17", STATUTORY]
        with keys.engine.begin() as connection:
            connection.execute(DATA_KEY.update().where(DATA_KEY.c.owner == "person:18").values(wrapped=taken))

        with pytest.raises(OtherMasterKey):
            another_process().of("person:18", STATUTORY)


class TestDestroying:
    """P-7: permanently deleted, and cannot be retrieved."""

    def test_one_class_goes_and_the_others_stay(self, keys):
        for storage_class in StorageClass:
            keys.of("person:17", storage_class, make=True)
        keys.of("person:18", DRAFTS, make=True)

        assert keys.destroy("person:17", DRAFTS) == 1
        assert set(wrapped_keys(keys)) == {
            ("person:17", STATUTORY),
            ("person:17", CONTACT),
            ("person:18", DRAFTS),
        }

    def test_all_of_one_owner_go_at_once_and_a_second_time_there_is_nothing(self, keys):
        for storage_class in StorageClass:
            keys.of("person:17", storage_class, make=True)

        assert keys.destroy("person:17") == 3
        assert keys.destroy("person:17") == 0
        with pytest.raises(KeyGone):
            keys.of("person:17", STATUTORY)

    def test_the_files_of_the_store_hold_no_byte_of_a_destroyed_key(self, keys, tmp_path):
        keys.of("person:17", STATUTORY, make=True)
        keys.of("person:18", STATUTORY, make=True)
        gone, stays = wrapped_keys(keys)["person:17", STATUTORY], wrapped_keys(keys)["person:18", STATUTORY]

        keys.destroy("person:17")

        bytes_kept = b"".join(path.read_bytes() for path in tmp_path.glob("keys.db*"))
        assert stays in bytes_kept
        assert gone not in bytes_kept

    def test_a_batch_is_scrubbed_once_at_its_end(self, keys, tmp_path):
        keys.of("person:17", STATUTORY, make=True)
        gone = wrapped_keys(keys)["person:17", STATUTORY]

        keys.destroy("person:17", scrub=False)
        before = b"".join(path.read_bytes() for path in tmp_path.glob("keys.db*"))

        assert gone in before
        assert keys.scrub()
        assert gone not in b"".join(path.read_bytes() for path in tmp_path.glob("keys.db*"))

    def test_another_process_forgets_a_destroyed_key_within_its_short_life(self, keys, another_process):
        at = [0.0]
        other = another_process(clock=lambda: at[0])
        other.of("person:17", STATUTORY, make=True)
        keys.destroy("person:17")

        at[0] = KEPT_SECONDS - 0.1
        assert other.of("person:17", STATUTORY) is not None
        at[0] = KEPT_SECONDS
        with pytest.raises(KeyGone):
            other.of("person:17", STATUTORY)


class TestOpenedKeys:
    """A bounded cache with a short life."""

    def test_a_key_is_fetched_once_while_it_is_at_hand(self, keys, monkeypatch):
        keys.of("person:17", STATUTORY, make=True)
        monkeypatch.setattr(keys, "_stored", lambda *_: pytest.fail("asked the database again"))

        assert keys.of("person:17", STATUTORY) is keys.of("person:17", STATUTORY)

    def test_no_more_keys_are_held_than_allowed_and_the_oldest_use_goes_first(self):
        opened = OpenedKeys(clock=lambda: 0.0)
        for n in range(KEPT_KEYS):
            opened.put(f"person:{n}", STATUTORY, object())
        opened.get("person:0", STATUTORY)
        opened.put("person:new", STATUTORY, object())

        assert len(opened) == KEPT_KEYS
        assert opened.get("person:0", STATUTORY) is not None
        assert opened.get("person:1", STATUTORY) is None


class TestTheStoreItself:
    """Issue 2, item 9: in a key store of its own; design.md 3, rule 3: starting writes nothing."""

    def test_a_house_that_starts_opens_no_store(self, a_house, tmp_path):
        assert a_house.extensions["vault"] is None
        assert list(tmp_path.glob("keys.db*")) == []

    def test_asking_whether_there_are_keys_makes_no_store(self, a_house, tmp_path):
        assert not vault.holds_keys
        assert list(tmp_path.glob("keys.db*")) == []

    def test_a_prepared_store_holds_keys_once_one_is_made(self, keys):
        before = vault.holds_keys
        keys.of("house", STATUTORY, make=True)

        assert (before, vault.holds_keys) == (False, True)

    def test_preparing_twice_keeps_what_is_there(self, keys):
        keys.of("house", STATUTORY, make=True)
        keys.prepare()

        assert keys.count() == 1

    def test_the_file_can_be_read_by_this_account_only(self, keys, tmp_path):
        assert (tmp_path / "keys.db").stat().st_mode & 0o077 == 0

    def test_a_house_has_one_store_however_often_it_is_asked(self, keys):
        assert vault.keys is keys

    def test_a_house_with_an_unreadable_master_key_opens_nothing(self, a_house):
        a_house.config["MASTER_KEY"] = "short"

        with pytest.raises(UnreadableMasterKey):
            _ = vault.keys

    def test_a_key_is_on_the_disk_before_its_row_and_a_deleted_one_is_overwritten(self, keys):
        with keys.engine.connect() as connection:
            told = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("synchronous", "journal_mode", "secure_delete")
            ]

        assert told == [2, "wal", 1]

    @pytest.mark.parametrize("writes", [True, False])
    def test_the_store_leaves_the_word_on_writing_as_the_request_said_it(self, keys, writes):
        before = WRITES.set(writes)
        try:
            keys.of("person:17", STATUTORY, make=True)
            assert WRITES.get() is writes
        finally:
            WRITES.reset(before)

    def test_a_get_may_open_a_text_while_another_process_makes_a_key(self, keys, another_process):
        keys.of("person:17", STATUTORY, make=True)
        reader = another_process()
        reader.count()  # its connection is open
        with keys._transaction(writes=True):
            assert reader.of("person:17", STATUTORY) is not None

    def test_a_postgresql_address_gets_the_driver_of_the_house(self):
        engine = engine_of("postgresql://keys@127.0.0.1/keys")

        assert engine.url.drivername == "postgresql+psycopg"
        assert engine.hide_parameters
