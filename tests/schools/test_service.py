"""A GIAS file comes in: stored, read into a preview, applied, and asked for again."""

import io
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.access.hats import HatKind
from app.access.principal import HOUSE, Principal
from app.access.scope import open_for
from app.audit.models import AuditNote
from app.errors import FileRefused, NotYours
from app.extensions import db
from app.schools import made_up, queries, refusals, service
from app.schools.models import GiasImport, GiasImportLine, ImportState, School, SchoolContact, SchoolWord
from app.schools.queries import SchoolSearch
from app.schools.rules import SchoolStatus, Verdict

HEADING = "URN,EstablishmentName,EstablishmentStatus (code),TypeOfEstablishment (name),Town,Postcode\r\n"


def few(*lines: str) -> bytes:
    return (HEADING + "".join(f"{line}\r\n" for line in lines)).encode()


MILL = "900001,Mill Lane School,1,Community school,Mossby,HB7 1AA"
OAK = "900002,Oakwood School,1,Community school,Mossby,HB7 1AB"


def stored() -> list[tuple[object, ...]]:
    """Every column of every school."""
    return [tuple(row) for row in db.session.execute(select(*School.__table__.c).order_by(School.id))]


def words() -> int:
    return db.session.scalars(select(func.count()).select_from(SchoolWord)).one()


def counts(import_: GiasImport) -> dict[str, int]:
    return {kind.value: getattr(import_, kind) for kind in Verdict if getattr(import_, kind)}


def files(house) -> list[Path]:
    return [path for path in Path(house.config["FILES_URL"]).rglob("*") if path.is_file()]


class TestTakingIn:
    """GIAS file, behaviour 4; screens, refusals 30 to 33: nothing is kept of a file that is refused."""

    def test_a_file_is_stored_with_its_hash_and_who_brought_it(self, house):
        content = made_up.content(20)
        taken = service.take_in(io.BytesIO(content), "schools.csv", HOUSE)
        assert (taken.size, len(taken.sha256), taken.actor, taken.state) == (
            len(content),
            64,
            "Sixterms",
            ImportState.UPLOADED,
        )
        assert [path.read_bytes() for path in files(house)] == [content]

    @pytest.mark.parametrize("content", [b"", b"URN,Name\n1,2\n", HEADING.encode("utf-16"), b"PK\x03\x04"])
    def test_a_wrong_file_leaves_neither_file_nor_import(self, house, content):
        with pytest.raises(FileRefused):
            service.take_in(io.BytesIO(content), "schools.csv", HOUSE)
        assert files(house) == []
        assert queries.imports() == []

    def test_a_file_over_the_limit_is_refused_in_megabytes_and_gone(self, house):
        house.config["UPLOAD_LIMIT"] = 1024 * 1024
        with pytest.raises(refusals.FileTooLarge, match="The limit is 1 MB"):
            service.take_in(io.BytesIO(b"x" * 3_000_000), "schools.csv", HOUSE)
        assert files(house) == []


class TestPreview:
    """GIAS file, behaviour 2: new, changed, closed and unchanged are counted before anything changes."""

    def test_reading_changes_no_school(self, taken):
        import_ = taken(made_up.content(120))
        assert stored() == []
        assert import_.state is ImportState.READ
        assert import_.rows_read == 120

    def test_every_line_is_counted_once(self, taken, whole_file):
        import_ = taken(whole_file)
        assert sum(counts(import_).values()) == import_.rows_read == whole_file.count(b"\r\n") - 1
        assert (import_.refused, import_.changed, import_.closed) == (0, 0, 0)
        assert import_.skipped > 0

    def test_a_later_edition_shows_what_differs_and_only_that(self, applied, taken):
        applied(few(MILL, OAK))
        later = taken(
            few(MILL.replace("1AA", "1AZ"), OAK.replace(",1,", ",2,"), OAK.replace("900002", "900003"))
        )
        assert counts(later) == {"new": 1, "changed": 1, "closed": 1}
        (changed,) = queries.lines(later.id, Verdict.CHANGED)
        assert (changed.line, changed.urn, changed.changes) == (
            2,
            900001,
            {"postcode": ["HB7 1AA", "HB7 1AZ"]},
        )
        (closed,) = queries.lines(later.id, Verdict.CLOSED)
        assert closed.changes == {"status": ["open", "closed"]}

    def test_refused_lines_keep_their_number_and_reason_and_the_others_are_read(self, taken):
        import_ = taken(few(MILL, OAK.replace("900002", "90O214")))
        assert counts(import_) == {"new": 1, "refused": 1}
        (line,) = queries.lines(import_.id, Verdict.REFUSED)
        assert (line.line, line.text, line.reason) == (3, "90O214", "URN must be 5 or 6 digits")

    def test_beyond_a_thousand_refused_lines_are_only_counted(self, taken):
        import_ = taken(few(*(f"x{n},Mill,1,Community school,Mossby,HB7 1AA" for n in range(1200))))
        assert import_.refused == 1200
        assert len(queries.lines(import_.id, Verdict.REFUSED, size=2000)) == 1000

    def test_reading_stopped_in_the_middle_goes_on_and_counts_the_same(self, house, taken, monkeypatch):
        whole = counts(taken(made_up.content(350)))
        monkeypatch.setattr(service, "READ_ROWS", 100)
        import_ = service.take_in(io.BytesIO(made_up.content(350)), "schools.csv", HOUSE)
        db.session.commit()
        with pytest.raises(KeyboardInterrupt):
            service.read(import_, stop_after(2))
        db.session.rollback()
        assert import_.rows_read == 200
        service.read(import_)
        assert counts(import_) == whole
        lines = select(func.count()).where(
            GiasImportLine.import_id == import_.id, GiasImportLine.urn.is_not(None)
        )
        assert db.session.scalars(lines).one() == whole["new"]


def stop_after(batches: int):
    """A progress that is interrupted when so many batches are done."""
    left = iter(range(batches - 1))

    def progress(_done: int, _of: int) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    return progress


class TestApplying:
    """GIAS file, behaviours 2 and 3: never delete, idempotent, nothing of the body's overwritten."""

    def test_schools_are_as_the_file_says(self, applied, whole_file):
        import_ = applied(whole_file)
        assert len(stored()) == import_.new == import_.done_rows == import_.to_apply
        assert import_.state is ImportState.APPLIED

    def test_the_same_file_twice_changes_nothing_not_even_a_time(self, applied, whole_file):
        first = applied(whole_file)
        before, found_by = stored(), words()
        again = applied(whole_file)
        assert counts(again) == {"unchanged": first.new, "skipped": first.skipped}
        assert (stored(), words()) == (before, found_by)

    def test_a_later_edition_changes_what_it_says_and_nothing_else(self, applied):
        applied(made_up.content(450))
        before = {row[1]: row for row in stored()}
        import_ = applied(made_up.content(450, edition=2))
        after = {row[1]: row for row in stored()}
        touched = {urn for urn, row in before.items() if after[urn] != row}
        assert len(touched) == import_.changed + import_.closed > 2
        assert len(after) - len(before) == import_.new == 2

    def test_a_closed_school_stays_and_says_when(self, applied):
        applied(made_up.content(20))
        applied(made_up.content(20, edition=2))
        school = queries.school(900011)
        assert (school.status, school.closed_on.isoformat()) == (SchoolStatus.CLOSED, "2026-10-31")

    def test_a_school_that_the_file_no_longer_has_stays(self, applied):
        applied(few(MILL, OAK))
        applied(few(MILL))
        assert len(stored()) == 2

    def test_a_narrow_file_leaves_the_facts_it_does_not_have(self, applied):
        applied(few(MILL))
        applied(b"URN,EstablishmentName,EstablishmentStatus (code),TypeOfEstablishment (name)\n"
                b"900001,Mill Lane Academy,1,Academy converter\n")  # fmt: skip
        school = queries.school(900001)
        assert (school.name, school.town, school.postcode) == ("Mill Lane Academy", "Mossby", "HB7 1AA")
        assert queries.how_many(SchoolSearch(find="mill academy mossby")) == 1

    def test_what_the_body_typed_is_never_touched(self, applied):
        applied(few(MILL))
        typed = SchoolContact(
            school_id=queries.school(900001).id, contact_email="office@mill.example", note="Ring Ms Osei"
        )
        db.session.add(typed)
        db.session.commit()
        applied(few(MILL.replace("Mill Lane", "Mill Street").replace(",1,", ",2,")))
        db.session.refresh(typed)
        assert (typed.contact_email, typed.note, typed.version) == ("office@mill.example", "Ring Ms Osei", 1)
        assert queries.typed_by_the_body() == (1, 1)

    def test_killed_in_the_middle_it_goes_on_and_ends_the_same(self, taken, monkeypatch, sent):
        monkeypatch.setattr(service, "APPLY_ROWS", 50)
        import_ = taken(made_up.content(220))
        service.start_applying(import_)
        with pytest.raises(KeyboardInterrupt):
            service.apply(import_, stop_after(2))
        db.session.rollback()
        assert (import_.done_rows, import_.state, len(stored())) == (100, ImportState.APPLYING, 100)
        seen: list[tuple[int, int]] = []
        service.apply(import_, lambda done, of: seen.append((done, of)))
        assert import_.done_rows == import_.to_apply == len(stored())
        assert [done for done, _of in seen][:2] == [150, 200]
        whole = (stored(), words())
        service.apply(import_)
        assert (stored(), words()) == whole

    def test_statements_grow_with_batches_and_not_with_schools(self, applied, sent):
        applied(made_up.content(50))
        few_rows = len(sent)
        sent.clear()
        applied(made_up.content(450, seed=2))
        assert len(sent) <= few_rows + 3

    def test_a_preview_made_before_another_file_was_applied_is_out_of_date(self, taken, applied):
        earlier = taken(few(MILL))
        applied(few(MILL.replace("Mossby", "Harrowbeck")))
        with pytest.raises(refusals.OutOfDate, match="Choose the file again"):
            service.start_applying(earlier)

    def test_nothing_is_applied_before_somebody_has_said_so(self, taken):
        import_ = taken(few(MILL))
        with pytest.raises(refusals.NotAtThisStep, match="This import is read"):
            service.apply(import_)
        assert stored() == []

    def test_head_teachers_names_are_gone_with_the_file(self, house, applied):
        applied(made_up.content(20))
        assert files(house) == []
        assert (
            db.session.scalars(select(GiasImportLine.facts).where(GiasImportLine.facts.is_not(None))).all()
            == []
        )


class TestDropping:
    """Screens 3.15: Cancel."""

    def test_a_dropped_import_leaves_no_file_and_no_lines_and_cannot_be_applied(self, house, taken):
        import_ = taken(few(MILL))
        service.drop(import_)
        db.session.commit()
        assert files(house) == []
        assert db.session.scalars(select(GiasImportLine)).all() == []
        with pytest.raises(refusals.NotAtThisStep, match="This import is dropped"):
            service.start_applying(import_)

    def test_what_is_being_applied_can_no_longer_be_dropped(self, taken):
        import_ = taken(few(MILL))
        service.start_applying(import_)
        with pytest.raises(refusals.NotAtThisStep):
            service.drop(import_)


class TestAuditNotes:
    """Issue, item 8: who did what, beside the change."""

    def test_each_verb_leaves_a_note(self, applied):
        applied(few(MILL))
        noted = db.session.scalars(select(AuditNote.what).order_by(AuditNote.id)).all()
        assert noted == [
            "schools file uploaded",
            "schools file read",
            "schools import started",
            "schools import applied",
        ]

    def test_a_stored_file_that_is_damaged_fails_with_its_reason(self, house, taken):
        import_ = service.take_in(io.BytesIO(few(MILL)), "schools.csv", HOUSE)
        db.session.commit()
        files(house)[0].write_bytes(few(MILL) + b"\0")
        with pytest.raises(FileRefused):
            service.read(import_)
        assert import_.state is ImportState.FAILED
        assert "NUL bytes" in import_.failure


class TestSearch:
    """Issue, item 10: search by name, URN, town, postcode, ignoring accents, apostrophes and "St"/"Saint"."""

    @pytest.fixture
    def held(self, applied) -> None:
        applied(
            few(
                "900001,St. Mary's School,1,Community school,Mossby,HB7 1AA",
                "900002,Saint Marys School,1,Community school,Harrowbeck,HB4 7QQ",
                "900003,Zoë Mill School,3,Community school,Mossby,HB7 1AB",
                "90004,Abbey Centre,2,Community school,Saint Osyn,QX1 2AB",
                "900005,Abbey School,1,Community school,Mossby,",
            )
        )

    def urns(self, find: str, **more) -> list[int]:
        return [school.urn for school in queries.schools(SchoolSearch(find=find, **more))]

    @pytest.mark.parametrize(
        ("find", "urns"),
        [
            ("st marys", [900001, 900002]),
            ("SAINT MARY’S mossby", [900001]),
            ("zoe", [900003]),
            ("hb4 7qq", [900002]),
            ("HB47QQ", [900002]),
            ("hb7", [900001, 900003]),
            ("900003", [900003]),
            ("90004", [90004]),
            ("sain", [90004, 900001, 900002]),
            ("abb sch", [900005]),
            ("nowhere", []),
            ("%", []),
            ("?!", []),
            ("", [90004, 900005, 900001, 900002, 900003]),
            ("x" * 200_000, []),
        ],
    )
    def test_what_is_typed_finds_the_schools_in_the_order_of_their_names(self, held, find, urns):
        assert self.urns(find) == urns
        assert queries.how_many(SchoolSearch(find=find)) == len(urns)

    def test_closed_choices_narrow_a_search_and_within_one_kind_any_will_do(self, held):
        assert self.urns("", statuses=(SchoolStatus.CLOSED, SchoolStatus.PROPOSED_TO_CLOSE)) == [
            90004,
            900003,
        ]
        assert self.urns("abbey", statuses=(SchoolStatus.OPEN,)) == [900005]
        assert self.urns("", statuses=(SchoolStatus.OPEN,), phases=("Primary",)) == []

    @pytest.mark.parametrize("search", [SchoolSearch(), SchoolSearch(find="s")])
    def test_pages_forth_and_back_show_every_school_once(self, applied, search):
        applied(made_up.content(130))
        everything = [school.urn for school in queries.schools(search, size=1000)]
        forth, place = [], None
        while len(page := queries.schools(search, after=place, size=25)) > 25:
            forth += page[:25]
            place = (page[24].sort_name, page[24].id)
        forth += page
        assert [school.urn for school in forth] == everything
        back = queries.schools(search, before=(forth[50].sort_name, forth[50].id), size=25)
        assert [school.urn for school in back][1:] == everything[25:50]

    def test_each_search_is_one_statement_and_reads_no_whole_table(self, applied, sent):
        applied(made_up.content(600))
        with db.engine.connect().execution_options(unscoped=True) as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
            for search in SEARCHES:
                sent.clear()
                queries.schools(search)
                queries.how_many(search)
                assert len(sent) == 2
                db.session.rollback()
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {literal(search)}").all()
                connection.rollback()
                steps = [row[3] for row in plan]
                assert any(step.startswith(("SEARCH", "SCAN school USING")) for step in steps)
                assert [step for step in steps if step.startswith("SCAN") and "INDEX" not in step] == []


SEARCHES = (
    SchoolSearch(),
    SchoolSearch(find="school"),
    SchoolSearch(find="st mary harrow"),
    SchoolSearch(statuses=(SchoolStatus.OPEN,)),
    SchoolSearch(find="s", statuses=(SchoolStatus.OPEN, SchoolStatus.CLOSED), phases=("Primary",)),
)


def literal(search: SchoolSearch) -> str:
    ask = queries.places_found(search)
    ordered = ask.order_by(*ask.selected_columns).limit(26)
    return str(ordered.compile(db.engine, compile_kwargs={"literal_binds": True}))


def test_a_person_reads_schools_and_does_not_write_them(applied):
    applied(few(MILL))
    db.session.remove()
    open_for(Principal(name="Ruth Lane", person_id=1, kind=HatKind.AB_ADMINISTRATOR))
    school = queries.school(900001)
    school.name = "Renamed"
    with pytest.raises(NotYours):
        db.session.flush()
