"""A database for each test: as it was when it had been released and filled. Commits are real, threads too."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
        self.database = f"sixterms_{run}_{worker}"
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
        """A copy of each table's rows, in a schema beside them: a new database a test would wait for checkpoints."""
        with self.owned() as connection:
            connection.exec_driver_sql("CREATE SCHEMA kept")
            for table in tables_of(connection):
                connection.exec_driver_sql(f'CREATE TABLE kept."{table}" AS TABLE public."{table}"')
            connection.exec_driver_sql(
                "CREATE TABLE kept.sequences AS SELECT sequencename AS name, last_value AS value"
                " FROM pg_sequences WHERE schemaname = 'public'"
            )

    def reset(self) -> None:
        """The rows as they were kept; whoever is still connected is put out first."""
        self.put_out()
        with self.owned() as connection:
            names = [f'"{table}"' for table in tables_of(connection)]
            connection.exec_driver_sql(
                "SET session_replication_role = replica; SET synchronous_commit = off;"
                + "".join(f"DELETE FROM public.{name};" for name in names)
                + "".join(f"INSERT INTO public.{name} SELECT * FROM kept.{name};" for name in names)
                + "SELECT setval(('public.' || quote_ident(name))::regclass, coalesce(value, 1), value IS NOT NULL)"
                " FROM kept.sequences"
            )

    def put_out(self) -> None:
        self.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE datname = '{self.database}' AND pid <> pg_backend_pid()"
        )

    @contextmanager
    def owned(self) -> Iterator[sa.Connection]:
        """A transaction of the owner, who passes the walls."""
        engine = sa.create_engine(url(self.owner_uri), poolclass=sa.NullPool)
        with engine.begin() as connection:
            yield connection

    def drop(self) -> None:
        self.run(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")


def tables_of(connection: sa.Connection) -> list[str]:
    """The tables of the application."""
    return list(
        connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").scalars()
    )


KINDS: dict[str, Callable[[Path, str], Sqlite | Postgresql]] = {"sqlite": Sqlite, "postgresql": Postgresql}
