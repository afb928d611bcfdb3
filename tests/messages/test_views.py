"""The outbox on screen, the folder of development, and the switch for marketing (P-12)."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.audit.models import AuditNote
from app.extensions import db, now
from app.messages import service
from app.messages.models import MarketingChoice, OutgoingMail
from app.messages.rules import ChosenBy, MailState
from tests.messages.conftest import TEXT, all_mail, in_house, queue_mail

OUTBOX, MINE, FOLDER = "/messages/outbox/", "/me/messages/", "/messages/folder/"


def queued(app, world, how_many: int = 1, **values) -> None:
    def fill():
        for number in range(how_many):
            queue_mail(world, number)
        if values:
            db.session.execute(update(OutgoingMail).values(**values))
        db.session.commit()

    in_house(app, fill)


class TestOutbox:
    """screens.md 1.3: the outbox is for administrator and officer; a failed mail is a person who was not told."""

    @pytest.mark.parametrize("who", ["admin", "officer"])
    def test_it_lists_each_mail_with_its_state_and_without_its_text(self, app, world, signed_in, who):
        queued(app, world, state=MailState.FAILED, problem="550 no such user", tries=1)
        page = signed_in(who).get(OUTBOX).text
        assert "1 email" in page
        assert "A registration has come" in page
        assert "550 no such user" in page
        assert "govuk-tag--red" in page
        assert "Canary" not in page

    @pytest.mark.parametrize("who", ["assessor", "director", "dpo", "head", "tutor", "ect", "operator"])
    def test_nobody_else_opens_it(self, signed_in, who):
        assert signed_in(who).get(OUTBOX).status_code == 403

    def test_states_are_closed_choices(self, app, world, signed_in):
        queued(app, world)
        browser = signed_in("officer")
        assert "1 email" in browser.get(f"{OUTBOX}?state=queued&about=registration_received").text
        assert "Nothing matches" in browser.get(f"{OUTBOX}?state=failed").text
        assert browser.get(f"{OUTBOX}?state=lost").status_code == 400

    def test_the_newest_stand_first(self, app, world, signed_in):
        queued(app, world, 3)

        def older():
            first = all_mail()[0]
            first.made_at = now() - timedelta(days=3)
            first.subject = "The oldest"
            db.session.commit()

        in_house(app, older)
        rows = re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)<', signed_in("officer").get(OUTBOX).text)
        assert rows[-1] == "The oldest"

    def test_a_failed_one_is_sent_again_with_its_message_id(
        self, app, world, signed_in, mail_server, configured
    ):
        port = app.config["MAIL_PORT"]
        configured(MAIL_SERVER="")
        queued(app, world, state=MailState.FAILED, problem="550 no", tries=1)
        configured(MAIL_SERVER="127.0.0.1", MAIL_PORT=port)
        uid, fixed = in_house(app, lambda: (all_mail()[0].uid, all_mail()[0].message_id))
        browser = signed_in("officer")
        page = browser.get(f"{OUTBOX}{uid}").text
        assert "Send again" in page
        assert "550 no" in page
        assert browser.post(f"{OUTBOX}{uid}/again").status_code == 303
        assert mail_server.message_ids == [fixed]
        assert "Send again" not in browser.get(f"{OUTBOX}{uid}").text
        noted = in_house(app, lambda: db.session.scalars(select(AuditNote.what)).all())
        assert "mail sent again" in noted

    def test_a_sent_one_is_not_sent_again(self, app, world, signed_in, mail_server):
        queued(app, world)
        assert len(mail_server.taken) == 1
        uid = in_house(app, lambda: all_mail()[0].uid)
        signed_in("officer").post(f"{OUTBOX}{uid}/again")
        assert len(mail_server.taken) == 1

    def test_the_list_costs_the_same_whatever_the_number(self, app, world, signed_in, statements):
        browser, counted = signed_in("officer"), []
        for number in (1, 300):
            queued(app, world, number)
            browser.get(OUTBOX)
            with statements() as seen:
                browser.get(OUTBOX)
            counted.append(len(seen))
        assert counted[0] == counted[1] <= 6


class TestFolder:
    """Issue, item 4: development mail goes to a folder that a page shows; production has no such page."""

    def test_it_shows_the_mails_and_their_text(self, app, world, signed_in, configured, tmp_path):
        configured(MAIL_FOLDER=str(tmp_path))
        queued(app, world)
        browser = signed_in("officer")
        assert FOLDER in browser.get(OUTBOX).text
        page = browser.get(FOLDER).text
        assert "A registration has come" in page
        link = re.search(r'href="(/messages/folder/[^"]+)"', page.split("<tbody>")[1])[1]
        assert TEXT.splitlines()[0] in browser.get(link).text

    @pytest.mark.parametrize("settings", [{"PRODUCTION": True}, {"MAIL_SERVER": "mail.example"}])
    def test_production_and_a_mail_server_have_none(self, signed_in, configured, tmp_path, settings):
        browser = signed_in("officer")
        configured(MAIL_FOLDER=str(tmp_path), **settings)
        assert browser.get(FOLDER).status_code == 404
        assert browser.get(f"{FOLDER}x").status_code == 404

    @pytest.mark.parametrize("name", ["nothing", "..%2f..%2fkeys", "%00"])
    def test_a_name_leads_nowhere_else(self, signed_in, configured, tmp_path, name):
        configured(MAIL_FOLDER=str(tmp_path / "mail"))
        assert signed_in("officer").get(f"{FOLDER}{name}").status_code == 404

    def test_a_school_does_not_read_other_peoples_mail(self, signed_in, configured, tmp_path):
        configured(MAIL_FOLDER=str(tmp_path))
        assert signed_in("head").get(FOLDER).status_code == 403


class TestMarketing:
    """P-12: every user has the switch, it is off by default, counts at once, and keeps its history."""

    @pytest.mark.parametrize(
        "who", ["ect", "mentor", "head", "officer", "dpo", "operator", "finance", "trust"]
    )
    def test_every_hat_has_it_and_it_is_off(self, app, world, signed_in, who):
        page = signed_in(who).get(MINE)
        assert page.status_code == 200
        assert "Nothing yet: it was off from the start." in page.text
        assert in_house(app, lambda: service.wants_marketing(world.people[who])) is False
        assert in_house(app, lambda: db.session.scalars(select(MarketingChoice)).all()) == []

    def test_it_counts_at_once_and_keeps_when_and_in_which_words(self, app, world, signed_in):
        browser = signed_in("ect")
        for wants in ("yes", "no", "yes", "no"):
            assert browser.send(MINE, wants=wants).status_code == 303
            assert in_house(app, lambda: service.wants_marketing(world.people["ect"])) is (wants == "yes")
        rows = in_house(app, lambda: db.session.scalars(select(MarketingChoice)).all())
        assert [row.wants for row in rows] == [True, False, True, False]
        assert {row.by for row in rows} == {ChosenBy.ACCOUNT}
        assert all(row.wording.startswith("News of courses") for row in rows)
        assert browser.get(MINE).text.count("News of courses") >= 4

    def test_the_same_choice_again_starts_no_new_line(self, app, signed_in):
        browser = signed_in("head")
        browser.send(MINE, wants="no")
        browser.send(MINE, wants="yes")
        browser.send(MINE, wants="yes")
        assert len(in_house(app, lambda: db.session.scalars(select(MarketingChoice)).all())) == 1

    def test_equal_posts_have_one_effect(self, app, signed_in):
        browser = signed_in("head")
        fields = browser.fields(MINE, having="wants") | {"wants": "yes"}
        assert [browser.client.post(MINE, data=fields).status_code for _ in range(3)] == [303] * 3
        assert len(in_house(app, lambda: db.session.scalars(select(MarketingChoice)).all())) == 1

    @pytest.mark.parametrize("odd", ["", "maybe", "\x00"])
    def test_an_odd_answer_is_refused_beside_the_field(self, app, signed_in, odd):
        answer = signed_in("head").send(MINE, wants=odd)
        assert answer.status_code == 422
        assert in_house(app, lambda: db.session.scalars(select(MarketingChoice)).all()) == []

    def test_it_is_the_own_switch_only(self, app, world, signed_in):
        signed_in("head").send(MINE, wants="yes")
        assert in_house(app, lambda: service.wants_marketing(world.people["lead"])) is False
        assert "it was off from the start" in signed_in("lead").get(MINE).text

    def test_the_page_says_what_cannot_be_switched_off_and_why(self, signed_in):
        page = signed_in("ect").get(MINE).text
        assert "What cannot be switched off" in page
        assert "regulation 11(7)" in page
        assert "No marketing email has ever been sent from here." in page

    def test_service_mail_goes_out_whatever_the_switch_says(self, app, world, signed_in, mail_server):
        signed_in("tutor").send(MINE, wants="no")
        queued(app, world)
        assert len(mail_server.taken) == 1

    def test_the_account_page_leads_there(self, signed_in):
        assert MINE in signed_in("ect").get("/me/").text

    def test_a_save_costs_little(self, signed_in, statements):
        browser = signed_in("head")
        browser.send(MINE, wants="yes")
        fields = browser.fields(MINE, having="wants") | {"wants": "no"}
        with statements() as seen:
            browser.client.post(MINE, data=fields)
        assert len(seen) <= 12
