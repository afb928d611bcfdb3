"""What several people do at one moment, and what a page costs (S7, S8; design.md rule 5)."""

from datetime import date

import pytest
from sqlalchemy import insert

from app.access.scope import for_the_house
from app.audit.models import AuditNote
from app.ects.models import ECTIdentity
from app.extensions import db
from app.induction.models import InductionPeriod
from app.registrations.models import Registration
from app.vault.sealed import new_uid
from tests.builders import at_once, looking_round_the_house, number_of, rows_of
from tests.registrations.conftest import STEPS, TRN, authorise, begin, fill_in, give_back, registered


@pytest.mark.own_database
class TestAtOnce:
    """One effect, and a sentence for everybody else."""

    def test_two_officers_who_authorise_at_once_make_one_record(self, app, signed_in):
        at = registered(signed_in("head"))
        officers = [signed_in(who) for who in ("officer", "admin", "officer")]
        forms = [each.fields(f"{at}/decide") | {"decision": "authorise"} for each in officers]
        answers = at_once(3, lambda n: officers[n].post(f"{at}/decide", forms[n]))

        assert sorted(answer.status_code for answer in answers) == [303, 422, 422]
        refused = next(answer for answer in answers if answer.status_code == 422)
        assert "Look at it again" in refused.text
        assert number_of(app, ECTIdentity, ECTIdentity.trn == TRN) == 1
        assert number_of(app, InductionPeriod) == 1
        assert [n.what for n in rows_of(app, AuditNote)].count("registration authorised") == 1

    def test_one_authorises_and_one_returns_at_once_and_one_of_both_counts(self, app, signed_in, state_of):
        at = registered(signed_in("head"))
        both = (signed_in("officer"), signed_in("admin"))
        verbs = (authorise, give_back)
        answers = at_once(2, lambda n: verbs[n](both[n], at))
        assert sorted(answer.status_code for answer in answers) in ([303, 422], [303, 303])
        assert (number_of(app, InductionPeriod) == 1) is (state_of(at) == "authorised")

    def test_two_schools_whose_registrations_of_one_trn_are_authorised_at_once_make_one_record(
        self, app, signed_in
    ):
        ats = [registered(signed_in("head")), registered(signed_in("head_b"))]
        officers = [signed_in("officer"), signed_in("admin")]
        forms = [
            officer.fields(f"{at}/decide") | {"decision": "authorise"}
            for officer, at in zip(officers, ats, strict=True)
        ]
        answers = at_once(2, lambda n: officers[n].post(f"{ats[n]}/decide", forms[n]))
        assert sorted(answer.status_code for answer in answers) == [303, 422]
        assert number_of(app, ECTIdentity, ECTIdentity.trn == TRN) == 1

    def test_two_who_begin_with_one_trn_at_one_school_make_one(self, app, signed_in):
        people = [signed_in(who) for who in ("head", "lead", "office")]
        forms = [each.fields("/registrations/new") | STEPS["ect"] for each in people]
        answers = at_once(3, lambda n: people[n].post("/registrations/new", forms[n]))
        assert sorted(answer.status_code for answer in answers) == [303, 422, 422]
        assert all("already has this TRN" in each.text for each in answers if each.status_code == 422)
        assert number_of(app, Registration) == 1

    def test_two_who_send_it_at_once_send_it_once(self, app, signed_in, state_of):
        head, lead = signed_in("head"), signed_in("lead")
        at = begin(head)
        fill_in(head, at)
        both = [(each, each.fields(f"{at}/check")) for each in (head, lead)]
        answers = at_once(2, lambda n: both[n][0].post(f"{at}/check", both[n][1]))
        assert sorted(answer.status_code for answer in answers) == [303, 422]
        assert [n.what for n in rows_of(app, AuditNote)].count("registration sent") == 1


def add_many(app, world, number, first):
    with app.app_context(), for_the_house():
        db.session.execute(
            insert(Registration),
            [
                {
                    "uid": new_uid(),
                    "school_id": world.schools["alder" if n % 2 else "birch"],
                    "first_name": f"First{n}",
                    "last_name": f"Last{n:05}",
                    "sort_name": f"last{n:05} first{n}",
                    "trn": f"{8_000_000 + n:07}",
                    "starts_on": date(2026, 9, 1),
                    "state": "draft" if n % 3 else "returned",
                }
                for n in range(first, first + number)
            ],
        )
        db.session.commit()
    with looking_round_the_house(app) as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


class TestBudgets:
    """List at most 6 statements, a form 6, a save 12, a refused save 12, whatever the number of rows."""

    @pytest.mark.parametrize("who", ["head", "officer"])
    def test_lists_cost_the_same_at_100_and_at_10000(self, app, signed_in, statements, world, who):
        browser, counted = signed_in(who), {}
        for number, first in ((100, 0), (9_900, 100)):
            add_many(app, world, number, first)
            found = browser.post("/registrations/find", {"find": "last0000"}).location
            for address in ("/registrations/", "/registrations/?status=returned", found):
                browser.get(address)
                with statements() as seen:
                    assert browser.get(address).status_code == 200
                counted.setdefault(address.partition("found")[0], []).append(len(seen))
        assert {len(set(numbers)) for numbers in counted.values()} == {1}
        assert max(max(numbers) for numbers in counted.values()) <= 6

    @pytest.mark.parametrize("step", list(STEPS))
    def test_a_step_stays_within(self, signed_in, statements, step):
        head = signed_in("head")
        at = begin(head)
        fill_in(head, at)
        head.get(f"{at}/{step}")
        with statements() as seen:
            assert head.get(f"{at}/{step}").status_code == 200
        assert len(seen) <= 6
        fields, token = head.fields(f"{at}/{step}"), head.token()
        with statements() as seen:
            assert head.post(f"{at}/{step}", fields | {"csrf_token": token}).status_code == 303
        assert len(seen) <= 12, "\n".join(each[:100] for each in seen)
        bad = {"first_name": "", "qts_status": "", "fte": "2", "tutor_email": "", "served_before": ""}
        refused = fields | bad | {"suitable_post": "", "submission": "r" * 43, "csrf_token": token}
        with statements() as seen:
            assert head.post(f"{at}/{step}", refused).status_code == 422
        assert len(seen) <= 12

    def test_the_first_step_stays_within(self, signed_in, statements):
        head = signed_in("head")
        fields = head.fields("/registrations/new") | STEPS["ect"]
        with statements() as seen:
            assert head.post("/registrations/new", fields).status_code == 303
        assert len(seen) <= 12, "\n".join(each[:100] for each in seen)
