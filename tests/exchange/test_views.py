"""The screens of the exchange and the ledger."""

import hashlib

import pytest

from app.exchange.models import TraFile, TraFileRow
from tests.builders import add_ects, everything

TRA = "/exchange/tra"


def release(browser, path=TRA, **changes):
    return browser.send(path, having="kind", kind="csv", **changes)


class TestTheTraFile:
    """Screens 1.3, `/exchange/tra`: preview, withheld with reasons, release by a named person."""

    def test_the_preview_shows_what_would_go_and_changes_nothing(self, app, ready, signed_in):
        officer = signed_in("officer")
        before = everything(app)
        page = officer.get(TRA).text

        for words in ("Herenow, Amara", "0041001", "Farway, Cora", "2.5", "Release 5 rows", "Officer Madeup"):
            assert words in page
        assert everything(app) == before

    def test_released_it_stands_in_the_ledger_and_is_downloaded_with_its_hash(self, ready, signed_in):
        officer = signed_in("officer")
        answer = release(officer)
        assert answer.status_code == 303, answer.text
        page = officer.get(answer.location).text
        (file,) = ready.rows(TraFile)
        assert file.sha256 in page
        assert "Officer Madeup" in page

        sent = officer.get(f"/exchange/tra/{file.uid}")
        assert hashlib.sha256(sent.data).hexdigest() == file.sha256
        assert sent.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert sent.headers["Content-Disposition"] == f"attachment; filename={file.number}.csv"
        assert sent.headers["Content-Length"] == str(file.size)
        assert "Every start, leaving and outcome that may go has gone." in officer.get(TRA).text

    def test_equal_posts_release_once(self, ready, signed_in):
        officer = signed_in("officer")
        fields = officer.fields(TRA, having="kind") | {"kind": "csv"}
        first, second = officer.post(TRA, fields), officer.post(TRA, fields)

        assert (first.status_code, second.status_code) == (303, 303)
        assert len(ready.rows(TraFile)) == 1

    def test_sent_before_goes_again_only_where_it_is_asked_for(self, ready, signed_in):
        officer = signed_in("officer")
        release(officer)
        fields = officer.fields(f"{TRA}?again=y", having="kind") | {"kind": "xlsx"}
        assert officer.post(f"{TRA}?again=y", fields).status_code == 303

        assert [file.again for file in ready.rows(TraFile)] == [False, True]
        assert len(ready.rows(TraFileRow)) == 10

    def test_a_release_of_nobody_says_so_beside_the_form(self, course, signed_in):
        officer = signed_in("officer")
        fields = officer.fields("/me/password/") | {"kind": "csv"}
        answer = officer.post(TRA, fields)

        assert answer.status_code == 422
        assert "There is nothing to send: no start, leaving or outcome is ready." in answer.text

    @pytest.mark.parametrize("since", [("31", "2", "2026"), ("x", "y", "z"), ("1", "", "2026")])
    def test_an_odd_day_is_told_and_nothing_lost(self, since, ready, signed_in):
        answer = signed_in("officer").get(f"{TRA}?since={since[0]}&since={since[1]}&since={since[2]}")

        assert answer.status_code == 422
        assert "There is a problem" in answer.text

    def test_a_kind_that_there_is_not_is_refused(self, ready, signed_in):
        officer = signed_in("officer")
        answer = officer.post(TRA, officer.fields(TRA, having="kind") | {"kind": "exe"})

        assert answer.status_code == 422
        assert "Choose the kind of file" in answer.text
        assert ready.rows(TraFile) == []

    def test_preview_and_ledger_cost_the_same_whatever_the_number_of_ects(
        self, app, ready, world, signed_in, statements
    ):
        officer = signed_in("officer")
        release(officer)
        (file,) = ready.rows(TraFile)
        ready.leave("eve", who="admin")
        counted = []
        for number in (0, 200):
            if number:
                add_ects(app, [("Many", f"Person{n}") for n in range(number)], [world.schools["cedar"]])
            seen_of = {}
            for address in (
                TRA,
                "/exchange/",
                "/ledger/",
                f"/ledger/{file.uid}",
                f"/ledger/{file.uid}/people",
            ):
                officer.get(address)
                with statements() as seen:
                    assert officer.get(address).status_code == 200
                seen_of[address] = len(seen)
            counted.append(seen_of)
        assert counted[0] == counted[1]
        assert max(counted[0].values()) <= 6


class TestTheLedger:
    """P-5; P-11: the ledger is for the AB and the DPO; a name is for who sees the record."""

    def test_the_dpo_sees_the_file_and_nobody_in_it(self, ready, signed_in):
        release(signed_in("officer"))
        (file,) = ready.rows(TraFile)
        dpo = signed_in("dpo")
        for address in ("/ledger/", f"/ledger/{file.uid}"):
            page = dpo.get(address)
            assert page.status_code == 200
            assert file.number in page.text
            assert not any(word in page.text for word in ("Herenow", "0041001", "Farway"))
        for address in (f"/ledger/{file.uid}/people", TRA, f"{TRA}/{file.uid}", "/ects/"):
            assert dpo.get(address).status_code == 403

    def test_officers_see_its_people_as_they_were_told(self, ready, signed_in):
        officer = signed_in("officer")
        release(officer)
        (file,) = ready.rows(TraFile)
        page = officer.get(f"/ledger/{file.uid}/people").text

        for words in ("Herenow, Amara", "0041003", "5 rows", "2.5"):
            assert words in page

    def test_whoever_works_at_a_school_sees_nobody_of_it_there_nor_gets_the_file(self, ready, signed_in_as):
        release(signed_in_as("officer"))
        (file,) = ready.rows(TraFile)
        conflicted = signed_in_as("two_hats", 0)

        assert "Herenow" not in conflicted.get(f"/ledger/{file.uid}/people").text
        answer = conflicted.get(f"{TRA}/{file.uid}")
        assert (answer.status_code, answer.location) == (303, f"/ledger/{file.uid}")
        assert "This file holds somebody of your own school" in conflicted.get(answer.location).text

    @pytest.mark.parametrize("who", ["head", "lead", "tutor", "ect", "assessor", "director", "finance"])
    def test_nobody_else_comes_in(self, who, ready, signed_in):
        release(signed_in("officer"))
        (file,) = ready.rows(TraFile)
        browser = signed_in(who)
        for address in (TRA, f"{TRA}/{file.uid}", "/exchange/", "/ledger/", f"/ledger/{file.uid}"):
            assert browser.get(address).status_code == 403

    def test_a_file_that_there_is_not_is_not_found(self, signed_in):
        officer = signed_in("officer")
        for address in ("/ledger/zzzzzzzzzzzz", "/exchange/tra/zzzzzzzzzzzz", "/ledger/zzzzzzzzzzzz/people"):
            assert officer.get(address).status_code == 404
