"""An audit note beside each change: kept with it or dropped with it, sealed under whom it is about (S11)."""

import json
from datetime import date

import pytest
from sqlalchemy import select

from app.access import service as access
from app.access.hats import HatKind
from app.access.models import Hat, Person, User
from app.access.principal import Principal
from app.access.scope import open_for
from app.audit import service as audit
from app.audit.models import AuditNote
from app.ects.models import ECT, ECTIdentity, Placement
from app.errors import NotYours
from app.extensions import db
from app.schools.models import SchoolContact
from app.vault.errors import KeyGone
from app.vault.extension import vault
from tests.builders import number_of, rows_of
from tests.world import username

DAY = date(2026, 10, 1)


def newest(app):
    """The newest note, as the database keeps it."""
    return rows_of(app, AuditNote)[-1]


class TestOneTransaction:
    """design.md: a note beside every change, both or neither."""

    def test_a_commit_keeps_both(self, app, acting, world):
        with acting("officer") as session:
            change_name(session, world)
            session.commit()
        note = newest(app)

        assert note.what == "name corrected"
        assert rows_of(app, ECT, ECT.id == world.ects["amara"])[0].first_name == "Amarachi"

    def test_a_rollback_drops_both(self, app, acting, world):
        before = number_of(app, AuditNote)
        with acting("officer") as session:
            change_name(session, world)
            session.flush()
            session.rollback()

        assert number_of(app, AuditNote) == before
        assert rows_of(app, ECT, ECT.id == world.ects["amara"])[0].first_name == "Amara"

    def test_a_refused_change_leaves_no_note(self, app, acting, world):
        before = number_of(app, AuditNote)
        with acting("director") as session:
            change_name(session, world)
            with pytest.raises(NotYours):
                session.commit()

        assert number_of(app, AuditNote) == before

    def test_a_refused_form_leaves_no_note_and_no_change(self, app, signed_in, world):
        before = number_of(app, AuditNote)
        browser = signed_in("admin")
        answer = browser.send(
            "/settings/users/new",
            having="username",
            username=username("head"),
            first_name="Miriam",
            last_name="Osei",
            email="miriam@made-up.example",
        )

        assert answer.status_code == 422
        assert number_of(app, AuditNote) == before


class TestWhoAndWhat:
    """Who, in which hat, what, on whose record."""

    def test_a_note_names_person_hat_and_record(self, app, acting, world):
        with acting("two_hats", 0) as session:
            row = session.get_one(ECT, world.ects["cora"])
            row.first_name = "Coralie"
            audit.record("name corrected", row)
            session.commit()
        note = newest(app)

        assert (note.person_id, note.hat) == (world.people["two_hats"], "ab_officer")
        assert (note.about_table, note.about_id, note.ect_id) == (
            "ect",
            world.ects["cora"],
            world.ects["cora"],
        )
        assert note.by == ""

    def test_a_row_of_an_ect_at_a_school_names_both(self, app, acting, world):
        with acting("officer") as session:
            row = session.scalars(select(Placement).where(Placement.ect_id == world.ects["amara"])).one()
            row.ended_on = DAY
            audit.record("placement ended", row)
            session.commit()
        note = newest(app)

        assert (note.ect_id, note.school_id) == (world.ects["amara"], world.schools["alder"])

    def test_a_new_row_has_its_number_in_the_note(self, app, acting, world):
        with acting("officer") as session:
            row = Placement(ect_id=world.ects["amara"], school_id=world.schools["birch"], started_on=DAY)
            audit.record("placement added", row)
            session.commit()
            assert row.id is not None
            number = row.id

        assert newest(app).about_id == number

    @pytest.mark.parametrize("person", [None, "officer"])
    def test_the_console_acts_as_somebody_or_under_its_own_name(self, person, app, world):
        who = Principal(
            name="operator at the console",
            is_house=True,
            person_id=world.people[person] if person else None,
            kind=HatKind.AB_OFFICER if person else None,
        )
        with app.app_context():
            db.session.remove()
            open_for(who)
            audit.record("something done")
            db.session.commit()
            db.session.remove()
        note = newest(app)

        assert note.person_id == (world.people[person] if person else None)
        assert note.hat == ("ab_officer" if person else "")
        assert note.by == ("" if person else "operator at the console")


class TestValues:
    """Before and after, sealed under the key of whom they are about; muted when that key is gone."""

    def test_before_and_after_are_read_by_who_reads_the_books(self, app, acting, world):
        with acting("officer") as session:
            change_name(session, world)
            session.commit()
        with acting("dpo") as session:
            note = session.scalars(select(AuditNote).order_by(AuditNote.id.desc()).limit(1)).one()
            assert json.loads(note.changes) == {"first_name": ["Amara", "Amarachi"]}

    def test_the_table_holds_no_value_in_clear(self, app, acting, world):
        with acting("officer") as session:
            change_name(session, world)
            session.commit()

        assert "Amarachi" not in repr(newest(app))
        assert b"Amarachi" not in bytes(newest(app).changes_sealed)

    def test_the_key_is_the_ects_own_for_each_row_of_the_ect(self, acting, world):
        with acting("officer") as session:
            ect = session.get_one(ECT, world.ects["amara"])
            for row in (
                ect,
                session.scalars(select(ECTIdentity).where(ECTIdentity.ect_id == ect.id)).one(),
                session.scalars(select(Placement).where(Placement.ect_id == ect.id)).one(),
            ):
                assert audit.record("looked at", row, changes={}).owner == f"person:{ect.person_id}", row

    def test_the_key_is_the_persons_for_hats_and_sign_ins_and_the_schools_for_contacts(self, acting, world):
        with acting("admin") as session:
            person = session.get_one(Person, world.people["head"])
            user = session.get_one(User, person.user_id)
            hat = session.get_one(Hat, world.hats["head"][0])
            for row in (person, user, hat):
                assert audit.record("looked at", row, changes={}).owner == f"person:{person.id}", row
            contact = session.scalars(
                select(SchoolContact).where(SchoolContact.school_id == world.schools["alder"])
            ).one()
            owner = audit.record("looked at", contact, changes={}).owner
            assert owner == f"school:{world.schools['alder']}"
            assert audit.record("looked at").owner == "house"

    def test_when_the_key_is_destroyed_the_note_still_says_that_something_happened(self, app, acting, world):
        with acting("officer") as session:
            person_id = session.get_one(ECT, world.ects["amara"]).person_id
            change_name(session, world)
            session.commit()
        with app.app_context():
            assert vault.keys.destroy(f"person:{person_id}") == 1
        with acting("dpo") as session:
            note = session.scalars(select(AuditNote).order_by(AuditNote.id.desc()).limit(1)).one()
            assert note.what == "name corrected"
            assert note.ect_id == world.ects["amara"]
            with pytest.raises(KeyGone):
                note.changes  # noqa: B018 - reading is what is tried

    def test_neither_boxes_nor_versions_nor_passwords_are_taken_as_changes(self, acting):
        with acting("admin") as session:
            user = session.scalars(select(User).where(User.username == username("head"))).one()
            user.password, user.first_name = access.hashed("walrus candle 77 ferry"), "Another"
            found = audit.changes_of(user)
            session.rollback()

        assert found == {"first_name": ("Head", "Another")}

    @pytest.mark.parametrize(
        ("value", "kept"),
        [(DAY, "2026-10-01"), (HatKind.ECT, "ect"), (None, None), (True, True), (7, 7), (b"x", "b'x'")],
    )
    def test_values_are_kept_as_json_has_them(self, value, kept):
        assert audit.plain(value) == kept


def change_name(session, world):
    """A change with its note."""
    ect = session.get_one(ECT, world.ects["amara"])
    ect.first_name = "Amarachi"
    audit.record("name corrected", ect)
