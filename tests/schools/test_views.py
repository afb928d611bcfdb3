"""Schools on screen: who sees what, the contact that two people change, and the file that comes in by browser."""

import io

import pytest
from sqlalchemy import select, update

from app.access.scope import for_the_house
from app.audit.models import AuditNote
from app.extensions import db
from app.schools import made_up, service
from app.schools.models import GiasImport, ImportState, School, SchoolContact
from tests.browser import fields_of

ALDER, BIRCH = "/schools/900101", "/schools/900102"
TELLS = "Alder St. Mary’s Primary School"


def in_house(app, ask):
    with app.app_context(), for_the_house():
        return ask()


def upload(browser, content: bytes, name: str = "edubasealldata20261125.csv", **changes):
    fields = browser.fields("/schools/import/new") | changes
    return browser.client.post(
        "/schools/import/new",
        data=fields | {"file": (io.BytesIO(content), name)},
        content_type="multipart/form-data",
    )


class TestTheList:
    """Screens 1.1: AB staff see all schools, people of a school "Our school"."""

    @pytest.mark.parametrize("who", ["admin", "officer", "assessor", "director", "finance"])
    def test_the_ab_lists_every_school(self, signed_in, who):
        page = signed_in(who).get("/schools/").text
        assert "3 schools" in page
        assert TELLS in page

    @pytest.mark.parametrize(
        ("who", "sees", "not_"), [("head", "Alder", "Birch"), ("head_b", "Birch", "Alder")]
    )
    def test_people_of_a_school_list_their_own(self, signed_in, who, sees, not_):
        page = signed_in(who).get("/schools/").text
        assert "<h1" in page
        assert f"{sees} " in page
        assert f"{not_} " not in page
        assert "Find a school" not in page

    def test_a_trust_lists_its_schools(self, signed_in):
        page = signed_in("trust").get("/schools/").text
        assert "Alder " in page
        assert "Cedar " in page
        assert "Birch " not in page

    @pytest.mark.parametrize("who", ["mentor", "tutor", "ect", "operator", "dpo", "auditor"])
    def test_a_hat_without_the_right_is_told_so(self, signed_in, who):
        assert signed_in(who).get("/schools/").status_code == 403

    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("saint marys", True),
            ("ALDER", True),
            ("hb4 7qq", True),
            ("900101", True),
            ("harrow", True),
            ("zzz", False),
        ],
    )
    def test_what_is_typed_finds_a_school_and_stands_in_no_address(self, signed_in, typed, found):
        browser = signed_in("officer")
        answer = browser.post("/schools/find", {"find": typed})
        assert answer.status_code == 303
        assert typed.split()[0].lower() not in answer.location.lower()
        page = browser.get(answer.location).text
        assert (TELLS in page) is found
        assert ("No school matches" in page) is not found

    def test_closed_choices_stand_in_the_address(self, signed_in):
        browser = signed_in("officer")
        assert "3 schools" in browser.get("/schools/?status=open").text
        assert "No school matches" in browser.get("/schools/?status=closed&phase=primary").text
        assert browser.get("/schools/?status=asleep").status_code == 400

    def test_pages_lead_forth_and_back_in_both_orders(self, app, signed_in):
        bring_in(app, made_up.content(60))
        browser = signed_in("officer")
        for sort in ("", "?sort=-sort_name"):
            first = browser.get(f"/schools/{sort}").text
            second = browser.get(link_of(first, "next")).text
            assert rows_of(first) != rows_of(second)
            assert rows_of(browser.get(link_of(second, "prev")).text) == rows_of(first)

    def test_the_list_costs_the_same_whatever_the_number_of_schools(self, app, signed_in, statements):
        browser = signed_in("head")
        counted = []
        for number in (0, 300):
            if number:
                bring_in(app, made_up.content(number))
            browser.get("/schools/")
            with statements() as seen:
                browser.get("/schools/")
            counted.append(len(seen))
        assert counted[0] == counted[1] <= 6


class TestOneSchool:
    """Promises, table of scope: what the body typed about a school is for the AB and for that school."""

    def test_facts_are_for_everybody_and_the_contact_for_the_own_school(self, signed_in):
        page = signed_in("head").get(ALDER).text
        assert "Contact Of Alder" in page
        page = signed_in("head_b").get(ALDER).text
        assert TELLS in page
        assert "Contact Of Alder" not in page

    def test_finance_reads_no_contact_and_a_director_neither(self, signed_in):
        for who in ("finance", "director"):
            page = signed_in(who).get(ALDER)
            assert page.status_code == 200
            assert "Contact Of Alder" not in page.text

    @pytest.mark.parametrize("urn", ["999999", "0", "abc", "9" * 30, "-1"])
    def test_an_absent_school_is_not_found(self, signed_in, urn):
        assert signed_in("officer").get(f"/schools/{urn}").status_code == 404


class TestTheContact:
    """Issue, items 4 and 10: nothing typed is lost; an import never overwrites it."""

    AT = f"{ALDER}/contact/edit"

    def contact(self, app, urn: int = 900101) -> SchoolContact | None:
        return in_house(
            app, lambda: db.session.scalar(select(SchoolContact).join(School).where(School.urn == urn))
        )

    @pytest.mark.parametrize("who", ["officer", "head", "office", "trust"])
    def test_the_ab_and_the_school_change_it_with_a_note(self, app, signed_in, who):
        answer = signed_in(who).send(self.AT, contact_name="Janet Okoro", area="North")
        assert (answer.status_code, answer.location) == (303, ALDER)
        assert self.contact(app).contact_name == "Janet Okoro"
        noted = in_house(app, lambda: db.session.scalars(select(AuditNote.what)).all())
        assert "school contact changed" in noted

    @pytest.mark.parametrize(("who", "answer"), [("head_b", 404), ("finance", 403), ("mentor", 403)])
    def test_nobody_else_reads_or_changes_it(self, signed_in, who, answer):
        browser = signed_in(who)
        assert browser.get(self.AT).status_code == answer
        assert browser.post(self.AT, {"contact_name": "x"}).status_code == answer

    def test_the_first_contact_of_a_school_is_typed_on_the_same_form(self, app, signed_in):
        bring_in(app, made_up.content(5))
        browser = signed_in("officer")
        answer = browser.send("/schools/900002/contact/edit", contact_email="office@mill.example")
        assert answer.status_code == 303
        assert self.contact(app, 900002).contact_email == "office@mill.example"
        assert "office@mill.example" in browser.get("/schools/900002").text

    def test_two_who_type_the_first_contact_are_both_told(self, app, signed_in):
        bring_in(app, made_up.content(5))
        at, first, second = "/schools/900002/contact/edit", signed_in("officer"), signed_in("admin")
        one, two = first.fields(at), second.fields(at)
        assert first.post(at, one | {"contact_name": "Janet Okoro"}).status_code == 303
        answer = second.post(at, two | {"contact_name": "Sam Reid"})
        assert answer.status_code == 422
        assert "Sam Reid" in answer.text
        assert "Janet Okoro" in answer.text
        assert self.contact(app, 900002).contact_name == "Janet Okoro"

    def test_the_later_of_two_editors_sees_both_values_and_loses_nothing(self, app, signed_in):
        first, second = signed_in("officer"), signed_in("admin")
        one, two = first.fields(self.AT), second.fields(self.AT)
        assert first.post(self.AT, one | {"contact_name": "Janet Okoro"}).status_code == 303
        answer = second.post(self.AT, two | {"contact_name": "Sam Reid"})
        assert answer.status_code == 422
        assert "Two people changed this" in answer.text
        assert "Janet Okoro" in answer.text
        again = fields_of(answer.text, having="submission")
        assert again["contact_name"] == "Sam Reid"
        assert second.post(self.AT, again).status_code == 303
        assert self.contact(app).contact_name == "Sam Reid"

    def test_equal_posts_have_one_effect(self, app, signed_in):
        browser = signed_in("officer")
        fields = browser.fields(self.AT) | {"contact_name": "Janet Okoro"}
        assert [browser.post(self.AT, fields).status_code for _ in range(2)] == [303, 303]
        assert self.contact(app).version == 2

    @pytest.mark.parametrize(
        ("field", "typed", "sentence"),
        [
            ("contact_email", "office at mill", "Email address must have an @ and a domain"),
            ("contact_telephone", "12", "Telephone number must have 10 or 11 digits"),
            ("contact_name", "x" * 201, "must be 200 characters or fewer. It has 201"),
            ("contact_name", "x" * 200_000, "must be 200 characters or fewer. It has 200,000"),
        ],
    )
    def test_what_is_refused_is_shown_again_with_its_reason(self, app, signed_in, field, typed, sentence):
        answer = signed_in("officer").send(self.AT, **{field: typed, "area": "Kept"})
        assert answer.status_code == 422
        assert sentence in answer.text
        assert typed in answer.text
        assert "Kept" in answer.text
        assert self.contact(app).area == ""

    def test_form_and_save_stay_within_their_statements(self, signed_in, statements):
        browser = signed_in("head")
        browser.send(self.AT, area="Once")
        with statements() as seen:
            fields = browser.fields(self.AT)
        assert len(seen) <= 6
        with statements() as seen:
            assert browser.post(self.AT, fields | {"area": "Twice"}).status_code == 303
        assert len(seen) <= 12
        fields = browser.fields(self.AT)
        with statements() as seen:
            assert browser.post(self.AT, fields | {"contact_email": "x"}).status_code == 422
        assert len(seen) <= 12


class TestTheImport:
    """Screens 3.15; issue, item 10: the same by upload in the browser."""

    def test_a_file_is_read_looked_at_and_applied(self, app, signed_in):
        browser = signed_in("officer")
        answer = upload(browser, made_up.content(30))
        assert answer.status_code == 303
        page = browser.get(answer.location).text
        assert "Nothing has changed yet." in page
        assert "30 rows read" in page
        assert in_house(app, schools_held) == 3
        done = browser.post(f"{answer.location}/apply")
        assert done.status_code == 303
        assert "The changes are made." in browser.get(answer.location).text
        assert in_house(app, schools_held) == 32
        assert browser.get("/schools/900002").status_code == 200

    def test_differences_and_refused_lines_stand_on_the_page(self, app, signed_in):
        bring_in(app, made_up.content(30))
        browser = signed_in("officer")
        changed = made_up.content(30, edition=2).replace(b"900003,", b"90O003,").replace(b"Mossby", b"Mosby")
        page = browser.get(upload(browser, changed).location).text
        assert "URN must be 5 or 6 digits" in page
        assert "90O003" in page
        assert "<del>Mossby</del>" in page
        assert "<ins>Mosby</ins>" in page
        assert "Kept as typed by you: 3 contacts and 0 notes." in page

    def test_who_uploaded_and_who_applied_stands_in_the_books(self, app, signed_in, world):
        browser = signed_in("officer")
        at = upload(browser, made_up.content(5)).location
        browser.post(f"{at}/apply")
        ask = select(AuditNote.what, AuditNote.person_id).where(AuditNote.what.startswith("schools "))
        noted = in_house(app, lambda: dict(db.session.execute(ask).all()))
        assert noted["schools file uploaded"] == noted["schools import started"] == world.people["officer"]
        assert noted["schools import applied"] is None

    def test_a_file_that_is_put_aside_changes_nothing(self, app, signed_in):
        browser = signed_in("officer")
        at = upload(browser, made_up.content(5)).location
        assert browser.post(f"{at}/drop").status_code == 303
        assert "This file was put aside." in browser.get(at).text
        browser.post(f"{at}/apply")
        assert in_house(app, schools_held) == 3

    def test_apply_pressed_twice_applies_once(self, app, signed_in):
        browser = signed_in("officer")
        at = upload(browser, made_up.content(5)).location
        assert [browser.post(f"{at}/apply").status_code for _ in range(2)] == [303, 303]
        ask = select(AuditNote.what).where(AuditNote.what == "schools import started")
        assert len(in_house(app, lambda: db.session.scalars(ask).all())) == 1

    def test_an_equal_upload_makes_one_import(self, app, signed_in):
        browser = signed_in("officer")
        fields = browser.fields("/schools/import/new")
        for _ in range(2):
            answer = browser.client.post(
                "/schools/import/new", data=fields | {"file": (io.BytesIO(made_up.content(3)), "schools.csv")}
            )
            assert answer.status_code == 303
        assert len(in_house(app, lambda: db.session.scalars(select(GiasImport.id)).all())) == 1

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"URN,Name\n1,2\n", "Column &#34;EstablishmentName&#34; is missing. We found URN, Name"),
            (made_up.content(3).decode("cp1252").encode("utf-16"), "This file is saved as UTF-16"),
            (b"", "This file holds no schools"),
            (b"a\0b", "it holds NUL bytes"),
            (b"PK\x03\x04", "This zip is damaged"),
            (",".join(map(str, range(3000))).encode(), "The heading has 3,000 columns"),
        ],
    )
    def test_a_wrong_file_is_refused_beside_the_field_and_not_kept(self, app, signed_in, content, sentence):
        answer = upload(signed_in("officer"), content)
        assert answer.status_code == 422
        assert sentence in answer.text
        assert in_house(app, lambda: db.session.scalars(select(GiasImport.id)).all()) == []

    def test_no_file_is_said_so(self, signed_in):
        answer = signed_in("officer").send("/schools/import/new", file="")
        assert answer.status_code == 422
        assert "Choose a file" in answer.text

    @pytest.mark.parametrize("who", ["head", "assessor", "finance", "operator", "ect"])
    def test_only_administrators_and_officers_import(self, app, signed_in, who):
        at = upload(signed_in("officer"), made_up.content(3)).location
        browser = signed_in(who)
        for path in ("/schools/import/", "/schools/import/new", at):
            assert browser.get(path).status_code == 403
        for path in (f"{at}/apply", f"{at}/drop"):
            assert browser.post(path).status_code == 403
        assert in_house(app, lambda: db.session.scalar(select(GiasImport.state))) is ImportState.READ

    @pytest.mark.parametrize("state", list(ImportState))
    def test_every_state_has_its_page_and_stands_in_the_list(self, app, signed_in, state):
        browser = signed_in("officer")
        at = upload(browser, made_up.content(3)).location
        in_house(
            app, lambda: (db.session.execute(update(GiasImport).values(state=state)), db.session.commit())
        )
        assert browser.get(at).status_code == 200
        assert "edubasealldata20261125.csv" in browser.get("/schools/import/").text

    def test_an_unknown_import_is_not_found(self, signed_in):
        assert signed_in("officer").get("/schools/import/zzzzzzzz").status_code == 404


def test_a_remote_select_gets_schools_for_what_is_typed(signed_in):
    browser = signed_in("officer")
    found = browser.post("/schools/look-up", {"q": "birch"}).get_json()
    assert found == {"results": [{"value": "900102", "label": "Birch Lane Academy, Mossby (900102)"}]}
    assert browser.post("/schools/look-up", {"q": " "}).get_json() == {"results": []}


def schools_held() -> int:
    return len(db.session.scalars(select(School.id)).all())


def bring_in(app, content: bytes) -> None:
    """A file is applied by the house itself."""
    from app.access.principal import HOUSE

    def apply() -> None:
        taken = service.take_in(io.BytesIO(content), "schools.csv", HOUSE)
        db.session.commit()
        service.read(taken)
        service.start_applying(taken)
        db.session.commit()
        service.apply(taken)

    in_house(app, apply)


def link_of(page: str, rel: str) -> str:
    import html
    import re

    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    assert found, f"no link {rel}"
    return html.unescape(found[1])


def rows_of(page: str) -> list[str]:
    import re

    return re.findall(r"URN \d+", page)
