import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, inspect, select, update
from sqlalchemy.exc import CompileError, StatementError

from app.vault.errors import DoesNotOpen, KeyGone, OwnerUnknown
from app.vault.keys import StorageClass
from app.vault.sealed import Sealed, sealed_texts
from tests.vault.tables import PLAN, Note, OwnedByItself, Plain, Teacher


def box_of(engine, note_id, column="plan_sealed"):
    with engine.connect() as connection:
        return connection.exec_driver_sql(f"SELECT {column} FROM a_note WHERE id = {note_id}").scalar_one()


def put_box(engine, note_id, box, column="plan_sealed"):
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE a_note SET {column} = ? WHERE id = ?", (box, note_id))


class TestReadingBack:
    """recipes.md 7: a sealed text reads and writes like a column."""

    def test_a_text_reads_the_same_before_and_after_the_flush_and_in_a_new_session(
        self, session, a_session, priya
    ):
        note = Note(teacher_id=17, plan=PLAN)
        session.add(note)
        before = note.plan
        session.flush()
        after = note.plan
        session.commit()

        assert (before, after, note.plan) == (PLAN, PLAN, PLAN)
        assert a_session().get(Note, note.id).plan == PLAN

    def test_none_clears_the_text_and_an_empty_text_is_a_text(self, session, engine, note):
        note.plan, note.telephone = None, ""
        session.commit()

        assert (note.plan, note.telephone) == (None, "")
        assert box_of(engine, note.id) is None
        assert box_of(engine, note.id, "telephone_sealed") is not None

    def test_the_owner_may_be_named_by_a_relationship_and_after_the_text(self, session, priya):
        teacher = Teacher()
        note = Note(plan=PLAN)
        note.teacher = teacher
        session.add(note)
        session.commit()

        assert note.plan == PLAN

    def test_the_file_of_the_main_database_holds_no_byte_of_the_text(self, engine, note, tmp_path):
        bytes_kept = b"".join(path.read_bytes() for path in tmp_path.glob("main.db*"))

        assert b"a_note" in bytes_kept
        assert PLAN.encode() not in bytes_kept
        assert b"960 123" not in bytes_kept

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(text=st.text(st.characters(exclude_categories=["Cs"])))
    def test_every_text_comes_back_as_it_was(self, session, note, text):
        note.plan = text
        session.flush()
        session.expire(note)

        assert note.plan == text

    def test_half_a_character_is_refused_where_it_is_typed(self, note):
        with pytest.raises(UnicodeEncodeError):
            note.plan = "\ud800"
        assert note.plan == PLAN

    def test_only_texts_are_sealed(self, note):
        with pytest.raises(TypeError, match="plan is a text"):
            note.plan = 17


class TestUnchanged:
    """An equal text makes no UPDATE, no new version and no new box."""

    def test_the_same_text_again_is_no_change(self, session, note, statements):
        note.plan, note.telephone = PLAN, "01632 960 123"
        session.flush()

        assert not session.is_modified(note)
        assert [sql for sql in statements if sql.startswith("UPDATE")] == []
        assert note.version == 1

    def test_no_text_again_is_no_change(self, session, priya, statements):
        note = Note(teacher_id=17)
        session.add(note)
        session.commit()

        note.plan = None
        session.flush()

        assert [sql for sql in statements if sql.startswith("UPDATE")] == []

    def test_another_text_is_one_update_of_its_own_column(self, session, note, statements):
        note.plan = "Another plan"
        session.flush()

        updates = [sql for sql in statements if sql.startswith("UPDATE")]
        assert len(updates) == 1
        assert "plan_sealed" in updates[0]
        assert "telephone_sealed" not in updates[0]
        assert note.version == 2

    def test_the_same_text_sealed_twice_gives_two_boxes(self, session, engine, priya):
        twins = [Note(teacher_id=17, plan=PLAN), Note(teacher_id=17, plan=PLAN)]
        session.add_all(twins)
        session.commit()

        assert len({box_of(engine, twin.id) for twin in twins}) == 2


class TestRefusedChange:
    """A refused form is rolled back: what was typed must not stay in the row and be saved later."""

    def test_a_rollback_drops_what_was_typed(self, session, note):
        note.plan = "Refused"
        session.rollback()
        note.title = "Saved afterwards"
        session.commit()

        assert note.plan == PLAN

    def test_a_rollback_after_the_flush_gives_the_old_text(self, session, note):
        note.plan = "Refused"
        session.flush()
        session.rollback()

        assert note.plan == PLAN

    def test_a_refresh_drops_what_was_typed(self, session, note):
        with session.no_autoflush:
            note.plan = "Typed"
            session.refresh(note)

        assert note.plan == PLAN

    def test_the_typed_text_is_in_no_printed_value(self, note):
        note.plan = "Typed and private"

        assert "private" not in repr(inspect(note).dict)


class TestBoundToItsPlace:
    """security.md 5.2: a ciphertext cannot be moved."""

    def test_a_box_copied_to_another_row_does_not_open(self, session, engine, note):
        other = Note(teacher_id=17, plan="Other")
        session.add(other)
        session.commit()
        put_box(engine, other.id, box_of(engine, note.id))

        with pytest.raises(DoesNotOpen):
            _ = other.plan

    @pytest.mark.parametrize("column", ["target", "telephone"])
    def test_a_box_copied_to_another_column_of_the_same_or_another_class_does_not_open(
        self, session, engine, note, column
    ):
        put_box(engine, note.id, box_of(engine, note.id), f"{column}_sealed")

        with pytest.raises(DoesNotOpen):
            getattr(note, column)

    def test_a_box_given_to_another_person_does_not_open(self, session, engine, keys, note):
        keys.of("person:18", StorageClass.STATUTORY, make=True)
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE a_note SET teacher_id = 18")

        with pytest.raises(DoesNotOpen):
            _ = note.plan

    def test_a_box_with_one_changed_bit_does_not_open(self, engine, note):
        box = bytearray(box_of(engine, note.id))
        box[-1] ^= 1
        put_box(engine, note.id, bytes(box))

        with pytest.raises(DoesNotOpen):
            _ = note.plan

    def test_a_box_of_an_unknown_version_does_not_open(self, engine, note):
        put_box(engine, note.id, b"\x02" + box_of(engine, note.id)[1:])

        with pytest.raises(DoesNotOpen):
            _ = note.plan

    def test_a_row_given_to_another_person_loses_no_text_silently(self, session, keys, note):
        keys.of("person:18", StorageClass.STATUTORY, make=True)
        note.teacher_id = 18

        with pytest.raises(DoesNotOpen):
            session.flush()
        session.rollback()
        assert note.plan == PLAN

    def test_a_row_given_to_another_person_keeps_the_texts_that_are_written_anew(
        self, session, a_session, note
    ):
        plan, telephone = note.plan, note.telephone
        note.teacher_id = 18
        note.plan, note.telephone = plan, telephone
        session.commit()

        kept = a_session().get(Note, note.id)
        assert (kept.key_owner, kept.plan, kept.telephone) == ("person:18", PLAN, "01632 960 123")

    def test_a_text_that_cannot_be_opened_can_be_written_anew(self, session, engine, note):
        put_box(engine, note.id, b"\x01" + bytes(40))
        note.plan = "Written anew"
        session.commit()

        assert note.plan == "Written anew"

    def test_a_row_whose_owner_has_no_number_yet_is_refused_before_anything_is_kept(self, session, keys):
        session.add(OwnedByItself(remark="Too early"))

        with pytest.raises(OwnerUnknown):
            session.flush()
        assert keys.count() == 0

    def test_a_row_that_owns_its_text_is_sealed_once_it_has_a_number(self, session, keys):
        row = OwnedByItself()
        session.add(row)
        session.flush()
        row.remark = "In time"
        session.commit()

        assert row.remark == "In time"


class TestNothingButBoxes:
    """A plain text cannot get into a sealed column, whichever way it comes."""

    @pytest.mark.parametrize("value", [b"a plain text that is long enough", b"\x01short", "text"])
    def test_plain_bytes_are_refused(self, session, note, value):
        with pytest.raises(StatementError, match="sealed"):
            session.execute(update(Note.__table__).values(plan_sealed=value))

    def test_a_bulk_insert_that_passes_no_flush_is_refused(self, session, priya):
        with pytest.raises(StatementError, match="sealed"):
            session.bulk_save_objects([Note(teacher_id=17, plan=PLAN)])

    def test_the_text_is_no_column_to_insert_into(self, session, priya):
        with pytest.raises(CompileError):
            session.execute(insert(Note.__table__).values(teacher_id=17, plan=PLAN))


class TestKeyBeforeRow:
    """recipes.md 7: a key without rows is harmless, the reverse is lost text."""

    def test_the_key_is_kept_though_the_transaction_of_the_row_is_dropped(
        self, session, priya, another_process
    ):
        session.add(Note(teacher_id=17, plan=PLAN))
        session.flush()
        other = another_process()
        while_flushed = other.count()
        session.rollback()

        assert while_flushed == 1
        assert session.scalars(select(Note.id)).all() == []
        assert other.of("person:17", StorageClass.STATUTORY) is not None

    def test_a_key_that_cannot_be_committed_stops_the_row(self, session, keys, priya, monkeypatch):
        def full_disk(*_):
            raise OSError("No space left on device")

        monkeypatch.setattr(keys, "_make", full_disk)
        session.add(Note(teacher_id=17, plan=PLAN))

        with pytest.raises(OSError, match="No space"):
            session.flush()
        session.rollback()
        assert session.scalars(select(Note.id)).all() == []

    def test_each_storage_class_has_its_own_key(self, keys, note):
        keys.destroy("person:17", StorageClass.CONTACT)

        assert note.plan == PLAN
        with pytest.raises(KeyGone):
            _ = note.telephone

    def test_a_destroyed_key_leaves_a_sentence_and_the_rest_of_the_row(self, session, keys, note):
        keys.destroy("person:17")
        session.expire(note)

        assert note.title == ""
        with pytest.raises(KeyGone):
            _ = note.plan
        assert str(KeyGone()) == "This text was destroyed. Nobody can read it any more."


class TestRandomNameOfARow:
    """recipes.md 7: the id is not known before INSERT, so the row has a random name from its making on."""

    def test_a_row_has_its_name_before_it_is_stored(self):
        assert re.fullmatch("[b-df-hj-km-np-tv-xz2-9]{12}", Note().uid)

    def test_two_hundred_rows_have_two_hundred_names(self):
        assert len({Plain().uid for _ in range(200)}) == 200

    def test_a_bulk_insert_gives_names_too(self, session):
        session.execute(insert(Plain), [{}, {}, {}])

        assert len(set(session.scalars(select(Plain.uid)))) == 3

    def test_a_given_name_is_kept(self):
        assert Plain(uid="bcdfghjkmnpq").uid == "bcdfghjkmnpq"


def test_the_sealed_texts_of_a_table_can_be_listed_for_the_data_map():
    listed = {text.name: text.storage_class for text in sealed_texts(Note)}

    assert listed == {
        "plan": StorageClass.STATUTORY,
        "target": StorageClass.STATUTORY,
        "telephone": StorageClass.CONTACT,
    }
    assert all(isinstance(text, Sealed) for text in sealed_texts(Note))
    assert sealed_texts(Plain) == ()
