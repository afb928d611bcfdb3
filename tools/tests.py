"""Runs the tests on SQLite and on PostgreSQL: what `make test` runs, in the virtual environment.

`REQUIRE=postgres,redis,chromium` makes a missing one an error; without it a line says what is left out.
Arguments go to pytest: `make test ARGS="tests/schools -k postcode"`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from tools.services import postgres, redis

CHROMIUM = Path("/usr/bin/chromium")
PARALLEL = ("-n", "2")
NO_TESTS = 5  # pytest's exit code


def main(arguments: list[str]) -> int:
    """0 where all tests passed on each database that is there."""
    required = {name.strip() for name in os.environ.get("REQUIRE", "").split(",") if name.strip()}
    with ExitStack() as running:
        there = {
            "chromium": chromium(),
            "postgres": running.enter_context(postgres()),
            "redis": running.enter_context(redis()),
        }
        missing = [name for name, place in there.items() if not place]
        if required.intersection(missing):
            print(f"Required, but not on this machine: {', '.join(sorted(required.intersection(missing)))}")
            return 1
        say_what_is_left_out(missing)
        environ = {**os.environ, "TEST_POSTGRES_URL": there["postgres"], "TEST_REDIS_URL": there["redis"]}
        databases = ["sqlite", "postgresql"] if there["postgres"] else ["sqlite"]
        codes = [run(database, arguments, environ) for database in databases]
    return int(any(codes))


def say_what_is_left_out(missing: list[str]) -> None:
    """A line for each part of the tests that this machine cannot run."""
    tests = {
        "chromium": "tests in a browser (sudo apt install chromium)",
        "postgres": "the second run, on PostgreSQL (sudo apt install postgresql)",
        "redis": "tests of the work queue on Redis (sudo apt install redis-server)",
    }
    for name in missing:
        print(f"Left out: {tests[name]}")
    if not os.environ.get("REFERENCE_DATA"):
        print("Left out: tests on the real files (REFERENCE_DATA names no folder)")


def run(database: str, arguments: list[str], environ: dict[str, str]) -> int:
    """Exit code of one run of pytest on `database`."""
    print(f"\nOn {database}", flush=True)
    command = [sys.executable, "-m", "pytest", *PARALLEL, "--database", database, *arguments]
    code = subprocess.run(command, env=environ, check=False).returncode
    return 1 if code == NO_TESTS else code


def chromium() -> str:
    """Path of Debian's Chromium, installed where we may; empty where there is none."""
    if not CHROMIUM.exists() and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing chromium ...", flush=True)
        install = ["install", "-y", "-qq", "--no-install-recommends", "chromium"]
        for words in (["update", "-qq"], install):
            subprocess.run(["apt-get", *words], check=False, stdout=subprocess.DEVNULL)
    return str(CHROMIUM) if CHROMIUM.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
