"""PostgreSQL and Redis for the tests: those that answer, else new ones that vanish afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import redis as redis_client

if TYPE_CHECKING:
    from collections.abc import Iterator

POSTGRES = "postgresql://root@127.0.0.1:5432/postgres"
REDIS = "redis://127.0.0.1:6379/15"
OWNER = "sixterms_owner"
# Nothing is kept, so nothing need reach the disk; two test processes with several databases each.
QUICK = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"


@contextmanager
def postgres() -> Iterator[str]:
    """Address of a PostgreSQL whose user may create databases and roles; empty where there is none."""
    told = os.environ.get("TEST_POSTGRES_URL")
    if told or may_create(POSTGRES):
        yield told or POSTGRES
        return
    programs = newest_postgres()
    if programs is None:
        yield ""
        return
    folder = tempfile.TemporaryDirectory(prefix="sixterms-postgres-")
    with folder as name, own_postgres(programs, Path(name)) as address:
        yield address


def may_create(address: str) -> bool:
    """Whether a PostgreSQL answers at `address` and lets us create databases and roles."""
    asks = "SELECT rolsuper OR (rolcreatedb AND rolcreaterole) FROM pg_roles WHERE rolname = current_user"
    try:
        with psycopg.connect(address, connect_timeout=3) as connection:
            row = connection.execute(asks).fetchone()
    except psycopg.Error:
        return False
    return bool(row and row[0])


def newest_postgres() -> Path | None:
    """Folder of the newest PostgreSQL server's programs on this machine."""
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    found = sorted(debian, key=lambda program: float(program.parts[-3]))
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    return Path(on_path).parent if on_path else None


@contextmanager
def own_postgres(programs: Path, folder: Path) -> Iterator[str]:
    """A new PostgreSQL in `folder`; `initdb` refuses root, so root hands it to the user `postgres`."""
    as_whom: list[str] = []
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        as_whom = ["runuser", "-u", "postgres", "--"]
    port, place = free_port(), folder / "cluster"
    made_with = (
        "-D",
        str(place),
        "-U",
        OWNER,
        "--auth=trust",
        "--no-sync",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
    )
    options = f"-p {port} -k {folder} -h 127.0.0.1 {QUICK}"
    control = [*as_whom, str(programs / "pg_ctl"), "-D", str(place), "-w"]
    quietly([*as_whom, str(programs / "initdb"), *made_with], folder)
    quietly([*control, "-l", str(folder / "log"), "-o", options, "start"], folder)
    try:
        yield f"postgresql://{OWNER}@127.0.0.1:{port}/postgres"
    finally:
        quietly([*control, "-m", "immediate", "stop"], folder)


def quietly(command: list[str], folder: Path) -> None:
    """`command` ran in `folder`, which its user may enter, and said nothing but errors."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)


@contextmanager
def redis() -> Iterator[str]:
    """Address of a Redis; empty where there is none."""
    told = os.environ.get("TEST_REDIS_URL")
    if told or pings(REDIS):
        yield told or REDIS
        return
    program = shutil.which("redis-server")
    if program is None:
        yield ""
        return
    port = free_port()
    address = f"redis://127.0.0.1:{port}/15"
    keeps_nothing = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    server = subprocess.Popen([program, *keeps_nothing], stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 10
        while not pings(address) and time.monotonic() < until:
            time.sleep(0.05)
        yield address
    finally:
        server.terminate()
        server.wait()


def pings(address: str) -> bool:
    """Whether a Redis answers at `address`."""
    with redis_client.Redis.from_url(address, socket_connect_timeout=1) as connection:
        try:
            return bool(connection.ping())
        except redis_client.RedisError:
            return False


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as knock:
        knock.bind(("127.0.0.1", 0))
        return int(knock.getsockname()[1])
