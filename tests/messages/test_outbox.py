"""S5: every mail goes out, once, or a person is told. Against a real mail server."""

import logging
import os
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select, update

from app.access.scope import for_the_house, open_for
from app.extensions import db, now
from app.jobs import jobs
from app.messages import outbox
from app.messages.models import OutgoingMail
from app.messages.rules import LEASE, MailState
from app.vault.extension import vault
from tests.messages.conftest import TEXT, all_mail, in_house, listening, queue_mail, states

KILLS = 10


def queued(app, world, how_many: int = 1) -> None:
    with app.app_context(), for_the_house():
        for number in range(how_many):
            queue_mail(world, number)
        db.session.commit()


class TestQueueing:
    """Design rule 6: a mail stands in the outbox in the transaction of its cause, or not at all."""

    def test_the_same_cause_and_recipient_make_one_mail(self, app, world):
        with app.app_context(), for_the_house():
            first, second = queue_mail(world), queue_mail(world)
            db.session.commit()
            assert first is not None
            assert second is None
            assert len(all_mail()) == 1

    def test_a_cause_that_is_undone_sends_nothing(self, app, world, mail_server):
        with app.app_context(), for_the_house():
            queue_mail(world)
            db.session.rollback()
            db.session.commit()
        assert states(app) == []
        assert mail_server.taken == []

    def test_without_a_way_out_mail_waits(self, app, world):
        queued(app, world)
        assert states(app) == [("queued", 0, "")]

    def test_the_commit_wakes_the_worker_and_a_savepoint_does_not(self, app, world, mail_server):
        with app.app_context(), for_the_house():
            queue_mail(world)
            with db.session.begin_nested():
                pass
            assert mail_server.taken == []
            db.session.commit()
            assert len(mail_server.taken) == 1

    def test_a_dead_queue_spoils_no_commit(self, app, world, mail_server, monkeypatch):
        def broken():
            raise OSError

        with app.app_context():
            monkeypatch.setattr(jobs.queue, "post", broken)
        queued(app, world)
        assert states(app) == [("queued", 0, "")]

    def test_a_school_queues_mail_to_people_whom_it_does_not_see(self, app, world, statements):
        with app.app_context():
            db.session.remove()
            open_for(principal_of_head(world))
            db.session.connection()
            with statements() as seen:
                assert queue_mail(world) is not None
            db.session.commit()
            db.session.remove()
            assert len([each for each in seen if "outgoing_mail" in each]) == 1
            assert len(seen) <= 2  # the wall is told again with each savepoint on PostgreSQL


def principal_of_head(world):
    from app.access.hats import HatKind
    from app.access.principal import Principal

    return Principal(
        name="Head Madeup",
        person_id=world.people["head"],
        hat_id=world.hats["head"][0],
        kind=HatKind.HEADTEACHER,
        school_ids=(world.schools["alder"],),
    )


class TestSending:
    """S5, security 5.4: claim, send, mark; 4xx again, 5xx final."""

    def test_a_mail_goes_out_once_to_one_recipient(self, app, world, mail_server):
        queued(app, world, 3)
        assert [state for state, *_ in states(app)] == ["sent"] * 3
        assert len(mail_server.taken) == 3
        assert mail_server.recipients == [["tutor@made-up.example"]] * 3
        assert len(set(mail_server.message_ids)) == 3
        assert mail_server.taken[0].get_content().replace("\r\n", "\n") == TEXT
        in_house(app, outbox.post)
        assert len(mail_server.taken) == 3

    def test_the_message_id_is_the_one_that_was_fixed_at_insert(self, app, world, mail_server):
        with app.app_context(), for_the_house():
            mail = queue_mail(world)
            fixed = mail.message_id
            db.session.commit()
        assert mail_server.message_ids == [fixed]
        assert fixed.endswith("@harrowbeck.example>")

    def test_a_temporary_refusal_is_tried_again_after_a_minute(self, app, world, mail_server):
        mail_server.answers = ["451 later"]
        queued(app, world)
        assert states(app) == [("delayed", 1, "451 later")]
        in_house(app, outbox.post)
        assert len(mail_server.taken) == 0
        in_house(app, lambda: outbox.post(lambda: now() + timedelta(seconds=61)))
        assert states(app) == [("sent", 2, "")]
        assert len(mail_server.taken) == 1

    def test_a_final_refusal_fails_with_the_reason_and_is_not_tried_again(self, app, world, mail_server):
        mail_server.answers = ["550 <tutor@made-up.example> no such user"]
        queued(app, world)
        assert states(app) == [("failed", 1, "550 <the recipient> no such user")]
        in_house(app, lambda: outbox.post(lambda: now() + timedelta(days=9)))
        assert mail_server.taken == []

    def test_after_three_days_of_refusals_a_person_is_told(self, app, world, mail_server):
        mail_server.answers = ["451 later"] * 99
        queued(app, world)
        for days in range(1, 40):
            in_house(app, lambda days=days: outbox.post(lambda: now() + timedelta(days=days)))
        ((state, tries, problem),) = states(app)
        assert (state, problem) == ("failed", "451 later")
        assert tries == 9

    def test_where_no_server_answers_the_others_wait_their_turn(self, app, world, no_server):
        with app.app_context():
            queued(app, world, 3)
        assert [state for state, *_ in states(app)] == ["delayed", "queued", "queued"]
        assert states(app)[0][2].startswith("No mail server: ")

    def test_one_bad_address_holds_up_nobody(self, app, world, mail_server):
        with app.app_context(), for_the_house():
            queue_mail(world, 1, to_person_id=None, to_address="no address\nat all")
            queue_mail(world, 2)
            db.session.commit()
        assert [state for state, *_ in states(app)] == ["failed", "sent"]
        assert len(mail_server.taken) == 1

    def test_a_recipient_whose_key_is_gone_gets_nothing(self, app, world, configured, mail_server):
        port = app.config["MAIL_PORT"]
        configured(MAIL_SERVER="")
        queued(app, world)
        with app.app_context():
            vault.keys.destroy(f"person:{world.people['tutor']}")
        configured(MAIL_SERVER="127.0.0.1", MAIL_PORT=port)
        in_house(app, outbox.post)
        assert states(app) == [("failed", 1, "The text cannot be opened: KeyGone")]
        assert mail_server.taken == []

    def test_a_fault_of_ours_puts_one_mail_off(self, app, world, mail_server, monkeypatch):
        def broken(self, letter):
            raise ZeroDivisionError

        monkeypatch.setattr(outbox.Server, "send", broken)
        queued(app, world)
        assert states(app) == [("delayed", 1, "A fault here: ZeroDivisionError")]

    def test_two_workers_send_each_mail_once(self, app, world, mail_server, configured):
        port = app.config["MAIL_PORT"]
        configured(MAIL_SERVER="")
        queued(app, world, 24)
        configured(MAIL_SERVER="127.0.0.1", MAIL_PORT=port)
        with ThreadPoolExecutor(4) as workers:
            counts = list(workers.map(lambda _: in_house(app, outbox.post), range(4)))
        assert sum(counts) == 24
        assert len(mail_server.taken) == len(set(mail_server.message_ids)) == 24

    def test_a_lease_that_ran_out_is_another_workers(self, app, world):
        queued(app, world)
        with app.app_context(), for_the_house():
            assert outbox.claim(now()) is not None
            assert outbox.claim(now()) is None
            assert outbox.claim(now() + LEASE + timedelta(seconds=1)) is not None


class TestKilled:
    """S5: killed between send and mark, nothing is lost and at most one copy a kill goes out, with one Message-ID."""

    DIES = textwrap.dedent("""
        import os, sys
        from app import create_app
        from app.access.scope import for_the_house
        from app.extensions import now
        from app.messages import outbox
        from tests.conftest import settings_in
        from pathlib import Path
        from datetime import timedelta

        folder, uri, port, minutes = sys.argv[1:]
        app = create_app(settings_in(Path(folder), uri, MAIL_SERVER="127.0.0.1", MAIL_PORT=int(port), MAIL_USE_TLS=False))
        if os.environ.get("DIES"):
            outbox.mark = lambda *_, **__: os._exit(9)
        with app.app_context(), for_the_house():
            outbox.post(lambda: now() + timedelta(minutes=int(minutes)))
    """)

    def test_ten_kills_lose_nothing(self, app, world, built_house):
        queued(app, world)
        told = (str(built_house.app.config["INSTANCE_FOLDER"]), built_house.database.uri)
        with listening() as (server, port):
            for kill in range(KILLS + 1):
                dies = {"DIES": "yes"} if kill < KILLS else {}
                ended = subprocess.run(
                    [sys.executable, "-c", self.DIES, *told, str(port), str(kill * 6)],
                    env=os.environ | dies,
                    check=False,
                    capture_output=True,
                    text=True,
                )
                assert ended.returncode == (9 if dies else 0), ended.stderr
            assert len(server.taken) == KILLS + 1  # one copy a kill, and the one that was marked
            assert len(set(server.message_ids)) == 1
        assert [state for state, *_ in states(app)] == ["sent"]


class TestFolder:
    """Issue, item 4: development mail goes to a folder; nothing is half written."""

    def test_each_mail_is_a_file_and_twice_is_one(self, app, world, configured, tmp_path):
        configured(MAIL_FOLDER=str(tmp_path / "mail"))
        queued(app, world, 2)
        with app.app_context(), for_the_house():
            db.session.execute(update(OutgoingMail).values(state=MailState.QUEUED))
            db.session.commit()
        in_house(app, outbox.post)
        files = sorted((tmp_path / "mail").iterdir())
        assert len(files) == 2
        read = message_from_bytes(files[0].read_bytes(), policy=policy.default)
        assert read["To"] == "tutor@made-up.example"
        assert "Amara Herenow" in read.get_content()

    def test_a_folder_that_takes_nothing_puts_mail_off(self, app, world, configured, tmp_path):
        (tmp_path / "file").write_text("")
        configured(MAIL_FOLDER=str(tmp_path / "file" / "mail"))
        queued(app, world)
        assert states(app)[0][0] == "delayed"


class TestNobodyIsNamed:
    """S17: no name, TRN or address in a log, a subject or a key; the text stands sealed."""

    @pytest.mark.parametrize(
        "answer", ["250 taken", "451 <tutor@made-up.example> later", "550 Amara Herenow"]
    )
    def test_logs_say_nothing_of_anybody(self, app, world, mail_server, caplog, answer):
        caplog.set_level(logging.DEBUG)
        mail_server.answers = [answer]
        queued(app, world)
        for canary in ("Canary", "Herenow", "0041001", "tutor@made-up"):
            ours = [each for each in caplog.records if not each.name.startswith("mail.log")]
            assert canary not in " ".join(each.getMessage() for each in ours)

    def test_the_row_holds_no_text(self, app, world):
        queued(app, world)
        with app.app_context(), for_the_house():
            mail = all_mail()[0]
            assert mail.body == TEXT
            box = db.session.scalar(select(OutgoingMail.body_sealed))
            for canary in (b"Canary", b"Herenow", b"0041001"):
                assert canary not in box
            assert not any(canary in mail.subject + mail.key for canary in ("Canary", "Herenow", "0041001"))
