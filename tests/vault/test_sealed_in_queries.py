import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import undefer

from app.vault.keys import StorageClass
from app.vault.sealed import NotAsked
from tests.vault.tables import PLAN, Note, Plain


class TestNeverAskedInAQuery:
    """design.md 3, rule 12: never sorted, filtered or searched by."""

    @pytest.mark.parametrize(
        "ask",
        [
            lambda: Note.plan == "x",
            lambda: Note.plan != "x",
            lambda: Note.plan > "x",
            lambda: Note.plan.ilike("%x%"),
            lambda: Note.plan.contains("x"),
            lambda: Note.plan.in_(["x"]),
            lambda: Note.plan.is_(None),
            Note.plan.desc,
            lambda: Note.plan + "x",
            lambda: select(Note).order_by(Note.plan),
            lambda: select(Note).where(Note.plan),
            lambda: select(Note.plan),
            lambda: select(Note).filter_by(plan="x"),
            lambda: update(Note).values({Note.plan: "x"}),
        ],
    )
    def test_a_sealed_text_refuses_every_question(self, ask):
        with pytest.raises(TypeError, match="plan is sealed"):
            ask()

    @pytest.mark.parametrize(
        "ask",
        [
            lambda: Note.plan_sealed == b"x",
            lambda: Note.plan_sealed.like(b"x"),
            lambda: Note.plan_sealed.in_([b"x"]),
            Note.plan_sealed.desc,
            lambda: select(Note).filter_by(plan_sealed=b"x"),
        ],
    )
    def test_its_box_refuses_every_question_but_whether_it_is_there(self, ask):
        with pytest.raises(TypeError, match="never sorted"):
            ask()

    def test_whether_there_is_a_text_may_be_asked(self, session, note):
        session.add(Note(teacher_id=17))

        assert session.scalars(select(Note.id).where(Note.plan_sealed.is_not(None))).all() == [note.id]

    def test_what_is_no_question_is_an_ordinary_missing_attribute(self):
        assert isinstance(Note.plan, NotAsked)
        assert not hasattr(Note.plan, "property")
        assert len({Note.plan}) == 1


class TestLists:
    """recipes.md 7: lists load no box and ask for no key."""

    def test_a_list_of_rows_loads_no_box_and_asks_for_no_key(
        self, session, a_session, priya, statements, asked
    ):
        session.add_all(Note(teacher_id=17, title=f"Note {n}", plan=PLAN) for n in range(5))
        session.commit()
        statements.clear()
        asked.clear()

        titles = [note.title for note in a_session().scalars(select(Note).order_by(Note.id))]

        assert len(titles) == 5
        assert sum(sql.startswith("SELECT") for sql in statements) == 1
        assert not any("sealed" in sql for sql in statements)
        assert asked == []

    def test_an_undeferred_text_is_read_with_its_row(self, a_session, note, statements, asked):
        statements.clear()
        read = a_session().scalars(select(Note).options(undefer(Note.plan_sealed))).one()

        assert read.plan == PLAN
        assert sum(sql.startswith("SELECT") for sql in statements) == 1
        assert asked == [("person:17", StorageClass.STATUTORY)]

    def test_rows_without_sealed_texts_ask_for_no_key(self, session, asked):
        session.add(Plain())
        session.commit()

        assert asked == []
