"""Issue, item 11: on 24,000 schools no list and no search reads a whole table."""

from itertools import islice

import pytest
import sqlalchemy as sa

from app.access.scope import for_the_house
from app.extensions import db
from app.schools import made_up, queries, service
from app.schools.columns import facts_in, layout_of
from app.schools.queries import SchoolSearch
from app.schools.rules import SchoolStatus

SCHOOLS = 24_000
SEARCHES = (
    SchoolSearch(),
    SchoolSearch(find="s"),
    SchoolSearch(find="school"),
    SchoolSearch(find="saint marys harrow"),
    SchoolSearch(find="hb4 7qq"),
    SchoolSearch(find="900214"),
    SchoolSearch(statuses=(SchoolStatus.OPEN,)),
    SchoolSearch(find="p", statuses=(SchoolStatus.OPEN, SchoolStatus.CLOSED), phases=("Primary",)),
    SchoolSearch(only=(17,)),
)


def fill() -> None:
    """The country's schools, by the verb that an import uses."""
    layout = layout_of(made_up.COLUMNS)
    rows = made_up.schools(SCHOOLS)
    next(islice(rows, 200, 210), None)  # those that the world already has
    while batch := list(islice(rows, 2000)):
        service.add_schools([facts_in([str(row[c]) for c in made_up.COLUMNS], layout) for row in batch])
        db.session.commit()


def gather_statistics(owner_uri: str) -> None:
    """What autovacuum does after an import; only the owner of a table may."""
    engine = sa.create_engine(owner_uri, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE school, school_word")


def plans_of(search: SchoolSearch) -> list[str]:
    """How PostgreSQL would answer a first page, a later page and the count."""
    asked: list[tuple[str, object]] = []

    def note(_connection, _cursor, sql, told, *_rest) -> None:
        if "FROM school" in sql:  # not who begins the transaction
            asked.append((sql, told))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    for place in (None, ("oakwood school", 5)):
        queries.schools(search, after=place)
    queries.how_many(search)
    sa.event.remove(db.engine, "before_cursor_execute", note)
    explain, free = db.session.connection().exec_driver_sql, {"unscoped": True}
    answers = [explain(f"EXPLAIN {sql}", told, execution_options=free) for sql, told in asked]
    return ["\n".join(row[0] for row in answer) for answer in answers]


@pytest.mark.postgres_only
def test_no_list_and_no_search_of_24000_schools_reads_a_whole_table(app):
    with app.app_context(), for_the_house():
        fill()
        gather_statistics(app.config["OWNER_DATABASE_URI"])
        for search in SEARCHES:
            plans = plans_of(search)
            assert len(plans) == 3
            for plan in plans:
                assert "Index" in plan
                assert "Seq Scan" not in plan, f"{search}\n{plan}"
