"""A database for each test: a copy of one that was released and filled once. Commits are real, threads too."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://root@127.0.0.1:5432/postgres")


def url(address: str, **changes: object) -> sa.URL:
    return sa.make_url(address).set(drivername="postgresql+psycopg", **changes)


class Sqlite:
    """A file, copied from a template."""

    name = "sqlite"

    def __init__(self, folder: Path, worker: str) -> None:
        self.file, self.template = folder / "test.db", folder / "template.db"
        self.uri = f"sqlite:///{self.file}"
        self.owner_uri = self.uri

    def make_empty(self) -> None:
        self.drop()

    def keep_as_template(self) -> None:
        with sa.create_engine(self.uri).connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(self.file, self.template)

    def reset(self) -> None:
        self.drop()
        shutil.copyfile(self.template, self.file)

    def drop(self) -> None:
        for end in ("", "-wal", "-shm"):
            Path(f"{self.file}{end}").unlink(missing_ok=True)


class Postgresql:
    """A database, copied from a template; served as the role `web`, which sees nothing by itself."""

    name = "postgresql"

    def __init__(self, folder: Path, worker: str) -> None:
        run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:8]
        self.database, self.template = f"sixterms_{run}_{worker}", f"sixterms_{run}_{worker}_template"
        owner = url(POSTGRES, database=self.database)
        self.owner_uri = owner.render_as_string(hide_password=False)
        self.uri = owner.set(username="web", password=None).render_as_string(hide_password=False)

    def run(self, *statements: str) -> None:
        engine = sa.create_engine(url(POSTGRES), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def make_empty(self) -> None:
        self.run(
            "DO $$ BEGIN CREATE ROLE web LOGIN NOINHERIT; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$",
        )
        self.drop()
        self.run(f"CREATE DATABASE {self.database}")

    def keep_as_template(self) -> None:
        self.run(
            f"DROP DATABASE IF EXISTS {self.template} WITH (FORCE)",
            f"CREATE DATABASE {self.template} TEMPLATE {self.database}",
        )

    def reset(self) -> None:
        self.run(
            f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)",
            f"CREATE DATABASE {self.database} TEMPLATE {self.template} STRATEGY file_copy",
        )

    def drop(self) -> None:
        self.run(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")

    def forget(self) -> None:
        self.drop()
        self.run(f"DROP DATABASE IF EXISTS {self.template} WITH (FORCE)")


KINDS: dict[str, Callable[[Path, str], Sqlite | Postgresql]] = {"sqlite": Sqlite, "postgresql": Postgresql}
