"""Scope lives in the session: what nobody may see is not there, whichever way it is asked for (design.md 3, rule 1)."""

from datetime import date

import pytest
from flask_appbuilder.security.sqla.models import RegisterUser, Role
from sqlalchemy import delete, func, insert, select, union, update
from sqlalchemy.orm import (
    aliased,
    joinedload,
    lazyload,
    load_only,
    make_transient,
    selectinload,
    subqueryload,
)

from app.access.hats import HatKind
from app.access.models import Hat, KeptSearch, Person, RightsEpoch, StoredSession
from app.access.principal import HOUSE
from app.access.scope import open_for, whole_record
from app.audit.models import AuditNote
from app.ects.models import ECT, Assignment, ECTIdentity, Placement
from app.ects.rules import AssignedAs
from app.errors import NotYours
from app.extensions import db
from app.schools.models import School, SchoolContact
from tests.access.conftest import principal_of

SEEN_BY_HEAD = ["Amara", "Ben", "Dan"]
DAY = date(2026, 10, 1)


def ways_to_ask():
    """One name of a way → a statement that, unscoped, gives the first name of every ECT."""
    inner, other = select(ECT).subquery(), aliased(ECT)
    place = aliased(Placement)
    cte = select(ECT).cte()
    both = union(select(ECT), select(ECT))
    return {
        "columns": select(ECT.first_name),
        "alias": select(other.first_name),
        "subquery": select(inner.c.first_name),
        "cte": select(cte.c.first_name),
        "union of columns": union(select(ECT.first_name), select(ECT.first_name)),
        "union of entities": select(aliased(ECT, both.subquery()).first_name),
        "entity in a subquery": select(aliased(ECT, inner).first_name),
        "join": select(ECT.first_name).join(ECT.placements).join(Placement.school).distinct(),
        "join of an alias": select(ECT.first_name)
        .join(ECT.placements.of_type(place))
        .where(place.id > 0)
        .distinct(),
        "any": select(ECT.first_name).where(ECT.placements.any()),
        "has": select(ECT.first_name).where(ECT.identity.has(ECTIdentity.trn != "")),
        "ids of ids": select(ECT.first_name).where(ECT.id.in_(select(ECT.id))),
    }


class TestReads:
    """recipes.md 1, "tried with it and right"."""

    @pytest.mark.parametrize("way", list(ways_to_ask()))
    def test_each_way_to_ask_gives_the_same_ects(self, way, acting):
        with acting("head") as session:
            assert sorted(session.scalars(ways_to_ask()[way])) == SEEN_BY_HEAD

    def test_entities_and_counts_are_scoped(self, acting):
        with acting("head") as session:
            assert sorted(ect.first_name for ect in session.scalars(select(ECT))) == SEEN_BY_HEAD
            assert session.scalar(select(func.count()).select_from(ECT)) == len(SEEN_BY_HEAD)
            assert session.scalar(select(func.count(ECT.id))) == len(SEEN_BY_HEAD)
            assert session.query(ECT).count() == len(SEEN_BY_HEAD)
            both = select(ECT).from_statement(union(select(ECT), select(ECT)))
            assert sorted(ect.first_name for ect in session.scalars(both)) == SEEN_BY_HEAD

    def test_one_row_by_its_key_is_there_or_not(self, acting, world):
        with acting("head") as session:
            assert session.get(ECT, world.ects["cora"]) is None
            mine = session.get(ECT, world.ects["amara"])
            assert mine is session.get(ECT, world.ects["amara"])

    @pytest.mark.parametrize("load", [joinedload, selectinload, subqueryload])
    def test_what_is_loaded_along_is_scoped_as_well(self, load, acting, world):
        ask = select(ECT).where(ECT.id == world.ects["ben"]).options(load(ECT.placements))
        with acting("head") as session:
            (ben,) = session.scalars(ask).unique()
            assert [place.school_id for place in ben.placements] == [world.schools["alder"]]
        with acting("officer") as session:
            (ben,) = session.scalars(ask).unique()
            assert len(ben.placements) == 2

    def test_a_question_about_rows_out_of_scope_finds_none(self, acting, world):
        elsewhere = ECT.placements.any(Placement.school_id == world.schools["birch"])
        with acting("head") as session:
            assert session.scalars(select(ECT.id).where(elsewhere)).all() == []
        with acting("mentor") as session:
            assert session.scalars(select(ECT.id).where(ECT.identity.has(ECTIdentity.trn != ""))).all() == []

    @pytest.mark.parametrize("load", [joinedload, selectinload, subqueryload])
    def test_what_is_hidden_from_a_hat_is_not_loaded_along(self, load, acting, world):
        ask = select(ECT).where(ECT.id == world.ects["amara"]).options(load(ECT.identity))
        for who, hidden in (("mentor", True), ("tutor", False)):
            with acting(who) as session:
                assert (session.scalars(ask).unique().one().identity is None) == hidden, who

    def test_a_relationship_that_is_loaded_later_is_scoped(self, acting, world):
        ask = select(ECT).where(ECT.id == world.ects["ben"]).options(lazyload(ECT.placements))
        with acting("head") as session:
            (ben,) = session.scalars(ask)
            assert [place.school_id for place in ben.placements] == [world.schools["alder"]]

    def test_a_row_made_in_this_session_does_not_bring_everybodys(self, acting, world):
        with acting("head") as session:
            made = Assignment(
                ect_id=world.ects["amara"],
                school_id=world.schools["alder"],
                person_id=world.people["tutor"],
                as_=AssignedAs.TUTOR,
                started_on=DAY,
            )
            session.add(made)
            session.flush()
            session.refresh(made, ["person"])
            assert made.person is None
            session.rollback()

    def test_a_criterion_stands_once_in_a_statement_however_it_was_loaded(self, acting, world, statements):
        with acting("head") as session, statements() as seen:
            session.scalars(select(ECT).options(selectinload(ECT.placements))).all()
        assert [sql.count("placement.school_id IN") for sql in seen if "FROM" in sql] == [1, 2]

    def test_books_and_roles_are_read_by_those_who_keep_them_alone(self, acting):
        for who, reads in (("head", False), ("ect", False), ("finance", False), ("operator", True)):
            with acting(who) as session:
                for book in (AuditNote, RightsEpoch, Role):
                    assert bool(session.scalars(select(book)).all()) == reads, (who, book)
                assert session.scalars(select(RegisterUser)).all() == []

    def test_a_school_reads_its_own_contact_and_no_other(self, acting, world):
        with acting("head") as session:
            assert session.scalars(select(SchoolContact.school_id)).all() == [world.schools["alder"]]
        with acting("trust") as session:
            assert len(session.scalars(select(SchoolContact.school_id)).all()) == 2
        with acting("ect") as session:
            assert session.scalars(select(SchoolContact.school_id)).all() == []

    def test_schools_are_public_to_whoever_is_signed_in(self, acting):
        with acting("mentor") as session:
            assert len(session.scalars(select(School.id)).all()) == 3


class TestNobody:
    """Default closed: a session without a principal shows nothing and writes nothing."""

    @pytest.mark.parametrize("table", [ECT, Placement, Person, Hat, SchoolContact, AuditNote, StoredSession])
    def test_a_session_that_is_nobodys_reads_no_row_of_anybody(self, table, app):
        with app.app_context(), pytest.raises(NotYours):
            db.session.scalars(select(table)).all()

    @pytest.mark.parametrize("way", list(ways_to_ask()))
    def test_it_is_refused_whichever_way_it_asks(self, way, app):
        with app.app_context(), pytest.raises(NotYours):
            db.session.scalars(ways_to_ask()[way]).all()

    def test_a_session_that_is_nobodys_writes_nothing(self, app, world):
        rows = (
            lambda: Placement(ect_id=world.ects["amara"], school_id=world.schools["alder"], started_on=DAY),
            lambda: SchoolContact(school_id=world.schools["alder"]),
            lambda: Person(sort_name="somebody"),
            lambda: AuditNote(what="nothing"),
            lambda: ECT(person_id=1, first_name="No", last_name="Body", sort_name="body no"),
        )
        for row in rows:
            with app.app_context():
                db.session.add(row())
                with pytest.raises(NotYours):
                    db.session.flush()

    def test_a_request_without_a_sign_in_is_nobodys(self, anybody):
        assert anybody().get("/ects/").status_code == 303


class TestWrites:
    """Rows out of scope are refused, and so are rows moved there or away from there."""

    def placement(self, world, key, school="alder"):
        return Placement(ect_id=world.ects[key], school_id=world.schools[school], started_on=DAY)

    def refused(self, session):
        with pytest.raises(NotYours):
            session.flush()
        session.rollback()

    def test_a_school_adds_to_its_own_ect_and_to_no_other(self, acting, world):
        with acting("head") as session:
            session.add(self.placement(world, "amara"))
            session.flush()
            session.rollback()
            for key in ("cora", "ben"):  # foreign, former
                session.add(self.placement(world, key))
                self.refused(session)

    def test_a_school_gives_no_ect_to_another_school(self, acting, world):
        with acting("head") as session:
            session.add(self.placement(world, "amara", "birch"))
            self.refused(session)
            mine = session.scalars(select(Placement).where(Placement.ect_id == world.ects["amara"])).one()
            mine.school_id = world.schools["birch"]
            self.refused(session)

    @pytest.mark.parametrize("loaded", ["loaded", "expired", "key only"])
    def test_a_row_is_neither_moved_in_nor_away(self, loaded, acting, world):
        for source, target in (("ben", "amara"), ("amara", "ben"), ("amara", "cora")):
            with acting("head") as session:
                ask = select(Placement).where(Placement.ect_id == world.ects[source])
                if loaded == "key only":
                    ask = ask.options(load_only(Placement.id))
                row = session.scalars(ask).one()
                if loaded == "expired":
                    session.expire(row)
                row.ect_id = world.ects[target]
                self.refused(session)

    def test_a_row_is_not_moved_by_its_relationship_either(self, acting, world):
        with acting("head") as session:
            row = session.scalars(
                select(Placement)
                .where(Placement.ect_id == world.ects["ben"])
                .options(joinedload(Placement.ect))
            ).one()
            row.ect = session.get_one(ECT, world.ects["amara"])
            self.refused(session)
            ben = session.get_one(ECT, world.ects["ben"])
            session.add(Placement(ect=ben, school_id=world.schools["alder"], started_on=DAY))
            self.refused(session)

    def test_a_row_out_of_scope_cannot_be_deleted_under_its_key(self, acting, world):
        with acting("officer") as session:
            theirs = session.scalars(select(Placement).where(Placement.ect_id == world.ects["cora"])).one()
            key = theirs.id
        with acting("head") as session:
            assert session.get(Placement, key) is None
            former = session.scalars(select(Placement).where(Placement.ect_id == world.ects["ben"])).one()
            session.delete(former)
            self.refused(session)

    @pytest.mark.parametrize("who", ["director", "auditor", "head", "mentor", "ect", "officer", "operator"])
    def test_bulk_statements_pass_no_flush_and_are_refused(self, who, acting, world):
        row = {"ect_id": world.ects["amara"], "school_id": world.schools["alder"], "started_on": DAY}
        statements = (
            update(ECT).values(first_name="X"),
            update(Placement).values(ect_id=world.ects["amara"]),
            delete(Assignment),
            update(Person).values(sort_name="x"),
            delete(Hat),
        )
        with acting(who) as session:
            for statement in statements:
                with pytest.raises(NotYours):
                    session.execute(statement)
                session.rollback()
            with pytest.raises(NotYours):
                session.execute(insert(Placement), [row])
            session.rollback()
            with pytest.raises(NotYours):
                session.bulk_insert_mappings(Placement.__mapper__, [row])
            session.rollback()

    @pytest.mark.parametrize("who", ["director", "auditor", "contact", "dpo", "finance", "operator"])
    def test_hats_that_decide_nothing_write_nothing_of_an_ect(self, who, acting, world):
        new = (
            lambda: ECT(person_id=world.people[who], first_name="A", last_name="B", sort_name="b a"),
            lambda: self.placement(world, "amara"),
            lambda: ECTIdentity(ect_id=world.ects["amara"], trn="7654321"),
        )
        with acting(who) as session:
            for row in new:
                session.add(row())
                self.refused(session)
            for ect in session.scalars(select(ECT)).all():
                ect.first_name = "Changed"
                self.refused(session)

    def test_what_is_hidden_from_a_hat_is_not_written_by_it(self, acting, world):
        with acting("mentor") as session:
            session.add(ECTIdentity(ect_id=world.ects["amara"], trn="7654321"))
            self.refused(session)

    def test_public_facts_come_in_through_the_house_alone(self, acting, world):
        for who in ("admin", "head", "operator"):
            with acting(who) as session:
                session.get_one(School, world.schools["alder"]).name = "Another"
                self.refused(session)

    def test_nobody_but_those_who_look_after_people_writes_hats(self, acting, world):
        hat = {"kind": HatKind.AB_ADMINISTRATOR, "starts_on": DAY}
        for who in ("officer", "head", "director", "ect"):
            with acting(who) as session:
                session.add(Hat(person_id=world.people[who], **hat))
                self.refused(session)
                session.get_one(Hat, world.hats[who][0]).ends_on = date(2099, 1, 1)
                self.refused(session)

    def test_a_person_writes_the_own_searches_and_nobody_elses(self, acting, world):
        with acting("head") as session:
            session.add(KeptSearch(person_id=world.people["head"]))
            session.flush()
            session.add(KeptSearch(person_id=world.people["lead"]))
            self.refused(session)

    def test_a_user_is_not_taken_for_a_person_of_the_same_number(self, acting, world):
        with acting("head") as session:
            stray = Person(id=principal_of(world, "head").user_id, sort_name="x")
            session.add(stray)
            self.refused(session)


class TestWholeRecord:
    """recipes.md 2: a rule sees the whole record, whoever asks; nothing of it is shown."""

    def test_a_rule_asked_by_each_hat_gives_one_verdict(self, acting, world):
        verdicts = set()
        for who in ("head", "head_b", "mentor", "ect", "officer", "auditor", "dpo"):
            with acting(who) as session, whole_record(session()) as everything:
                asked = select(func.count()).where(Placement.ect_id == world.ects["ben"])
                verdicts.add(everything.scalar(asked))
        assert verdicts == {2}

    def test_it_sees_what_is_not_yet_committed(self, acting, world):
        with acting("head") as session:
            session.add(TestWrites().placement(world, "amara"))
            with whole_record(session()) as everything:
                ask = select(Placement).where(Placement.ect_id == world.ects["amara"])
                assert len(everything.scalars(ask).all()) == 2
            session.rollback()

    def test_afterwards_the_session_sees_what_it_saw_before(self, acting, world):
        with acting("head") as session:
            with whole_record(session()) as everything:
                seen = everything.get_one(ECT, world.ects["cora"])
                assert seen not in session()
            assert session.get(ECT, world.ects["cora"]) is None
            assert sorted(session.scalars(select(ECT.first_name))) == SEEN_BY_HEAD

    def test_its_rows_cannot_be_added_to_the_session_of_somebody(self, acting, world):
        with acting("head") as session:
            with whole_record(session()) as everything:
                seen = everything.get_one(ECT, world.ects["cora"])
            with pytest.raises(NotYours):
                session.add(seen)
            make_transient(seen)
            with pytest.raises(NotYours):
                session.add(seen)

    @pytest.mark.parametrize("refused", [False, True])
    def test_on_postgresql_the_role_is_taken_back_even_after_a_refusal(
        self, refused, acting, world, on_postgresql
    ):
        with acting("head") as session:
            try:
                with whole_record(session()) as everything:
                    if on_postgresql:
                        assert role_in(everything) == "web_system"
                    if refused:
                        raise NotYours
            except NotYours:
                assert refused
            if on_postgresql:
                assert role_in(session()) == "web_school"
            assert session.get(ECT, world.ects["cora"]) is None


class TestOnePrincipal:
    """One principal a request or job, for the session's whole life."""

    def test_a_session_of_one_person_is_not_given_to_another(self, acting, world):
        with acting("head"):
            with pytest.raises(RuntimeError):
                open_for(principal_of(world, "officer"))
            with pytest.raises(RuntimeError):
                open_for(HOUSE)
            open_for(principal_of(world, "head"))

    def test_a_person_in_another_hat_is_another_principal(self, acting, world):
        with acting("two_hats", 0), pytest.raises(RuntimeError):
            open_for(principal_of(world, "two_hats", 1))


def role_in(session):
    """The database role of this moment."""
    ask = select(func.current_user())
    return session.connection().execute(ask, execution_options={"unscoped": True}).scalar()
