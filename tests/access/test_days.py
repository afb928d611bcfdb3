"""Hats, placements, assignments and visits are dated (P-11): what opens, and until when."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.access.hats import HatKind
from app.access.models import Caseload, DeclaredInterest
from app.access.scope import for_the_house
from app.ects.models import ECT, Assignment, Placement
from app.ects.rules import AssignedAs
from app.errors import NotYours
from app.extensions import db, today
from tests.access.changes import change_hat, give, move, names
from tests.world import BEGAN


class TestDays:
    """Hats, placements, assignments and visits are dated, first and last day inclusive."""

    @pytest.mark.parametrize(("offset", "opens"), [(-1, False), (0, True)])
    def test_a_hat_opens_until_its_last_day_and_not_a_day_longer(self, offset, opens, app, anybody, world):
        change_hat(app, world, "head", ends_on=today() + timedelta(days=offset))

        answer = anybody().sign_in("head")

        assert (answer.status_code == 303) == opens
        assert opens or "You have no role here at present" in answer.text

    @pytest.mark.parametrize(("offset", "opens"), [(1, False), (0, True)])
    def test_a_hat_opens_from_its_first_day_and_not_a_day_sooner(self, offset, opens, app, anybody, world):
        change_hat(app, world, "head", starts_on=today() + timedelta(days=offset))

        assert (anybody().sign_in("head").status_code == 303) == opens

    def test_a_hat_that_begins_tomorrow_cannot_be_chosen(self, app, signed_in, world):
        uid = give(app, world, "head", HatKind.AB_OFFICER, starts_on=today() + timedelta(days=1))
        browser = signed_in("head")

        assert browser.post("/me/hat", {"hat": uid}).status_code == 404
        assert "Farway" not in browser.get("/ects/").text

    def test_an_ect_who_moves_is_read_at_both_schools_and_written_at_the_new_one(self, app, acting, world):
        with acting("head_b") as session:
            assert session.get(ECT, world.ects["dan"]) is None
        move(app, world, "dan", "birch")

        with acting("head_b") as session:
            session.get_one(ECT, world.ects["dan"]).first_name = "Daniel"
            session.flush()
            places = session.scalars(select(Placement).where(Placement.ect_id == world.ects["dan"])).all()
            assert [place.school_id for place in places] == [world.schools["birch"]]
        with acting("head") as session:
            session.get_one(ECT, world.ects["dan"]).first_name = "Daniel"
            with pytest.raises(NotYours):
                session.flush()

    def test_a_placement_may_be_written_to_on_its_last_day_and_not_on_the_next(self, app, acting, world):
        for last_day, writable in ((today(), True), (today() - timedelta(days=1), False)):
            with app.app_context(), for_the_house():
                placement = db.session.scalars(
                    select(Placement).where(Placement.ect_id == world.ects["amara"])
                ).one()
                placement.ended_on = last_day
                db.session.commit()
            with acting("head") as session:
                session.get_one(ECT, world.ects["amara"]).first_name = f"Written {writable}"
                if writable:
                    session.flush()
                else:
                    with pytest.raises(NotYours):
                        session.flush()

    @pytest.mark.parametrize("who", ["tutor", "mentor"])
    @pytest.mark.parametrize(("first", "last", "seen"), [(-9, 0, True), (-9, -1, False), (1, None, False)])
    def test_an_assignment_opens_the_record_from_its_first_to_its_last_day(
        self, who, first, last, seen, app, acting, world
    ):
        with app.app_context(), for_the_house():
            given = db.session.scalars(
                select(Assignment).where(Assignment.person_id == world.people[who])
            ).one()
            given.started_on = today() + timedelta(days=first)
            given.ended_on = None if last is None else today() + timedelta(days=last)
            db.session.commit()

        with acting(who) as session:
            assert (names(session) == {"Amara"}) == seen

    def test_an_assignment_at_another_school_or_as_something_else_opens_nothing(self, app, acting, world):
        with app.app_context(), for_the_house():
            mine = {"person_id": world.people["tutor"], "started_on": BEGAN}
            db.session.add_all(
                [
                    Assignment(
                        ect_id=world.ects["cora"],
                        school_id=world.schools["birch"],
                        as_=AssignedAs.TUTOR,
                        **mine,
                    ),
                    Assignment(
                        ect_id=world.ects["dan"],
                        school_id=world.schools["alder"],
                        as_=AssignedAs.MENTOR,
                        **mine,
                    ),
                ]
            )
            db.session.commit()

        with acting("tutor") as session:
            assert names(session) == {"Amara"}

    def test_a_tutor_loses_the_record_with_the_ects_last_day_at_the_school(self, app, acting, world):
        move(app, world, "amara", "birch")

        with acting("tutor") as session:
            assert names(session) == set()
        with acting("head") as session:
            assert "Amara" in names(session)

    def test_an_auditor_signs_in_no_more_after_the_last_day(self, app, signed_in, anybody, world):
        browser = signed_in("auditor")
        assert "Farway" in browser.get("/ects/").text
        change_hat(app, world, "auditor", ends_on=today() - timedelta(days=1))

        assert browser.get("/ects/").status_code == 303
        assert anybody().sign_in("auditor").status_code == 422

    def test_a_sample_drawn_for_one_visit_is_not_seen_at_the_next(self, app, acting, world):
        give(app, world, "auditor", HatKind.AUDITOR)

        with acting("auditor", 1) as session:
            assert names(session) == set()
        with acting("auditor", 0) as session:
            assert names(session) == {"Cora"}

    def test_an_assessors_caseload_by_list_ends_where_an_interest_is_declared(self, app, acting, world):
        with app.app_context(), for_the_house():
            me = world.people["assessor"]
            db.session.add(Caseload(person_id=me, ect_id=world.ects["cora"]))
            db.session.add(Caseload(person_id=me, ect_id=world.ects["ben"]))
            db.session.commit()
        with acting("assessor") as session:
            assert names(session) == {"Amara", "Ben", "Cora", "Eve"}

        with app.app_context(), for_the_house():
            db.session.add(DeclaredInterest(person_id=me, school_id=world.schools["birch"]))
            db.session.commit()
        with acting("assessor") as session:
            assert names(session) == {"Amara", "Eve"}
