"""What an attacker and a stranger found once, each closed: other values are no equal post, and so on."""

from tests.browser import fields_of

CONTACT = "/schools/900101/contact/edit"


class TestOtherValuesAreNoEqualPost:
    """S8 asks one effect for equal posts; a correction sent with the same form is none."""

    def test_a_corrected_second_post_of_one_form_is_not_called_saved(self, signed_in):
        browser = signed_in("head")
        fields = browser.fields(CONTACT)
        assert browser.post(CONTACT, fields | {"contact_name": "First Typed"}).status_code == 303

        answer = browser.post(CONTACT, fields | {"contact_name": "Then Corrected"})

        assert answer.status_code == 422
        assert "First Typed" in answer.text
        assert "Then Corrected" in answer.text

    def test_and_can_be_saved_on_top(self, signed_in):
        browser = signed_in("head")
        fields = browser.fields(CONTACT)
        browser.post(CONTACT, fields | {"contact_name": "First Typed"})
        shown = browser.post(CONTACT, fields | {"contact_name": "Then Corrected"})

        assert browser.post(CONTACT, fields_of(shown.text, having="submission")).status_code == 303
        assert "Then Corrected" in browser.get("/schools/900101").text

    def test_a_new_record_is_not_made_twice_by_a_correction(self, signed_in):
        browser = signed_in("admin")
        fields = browser.fields("/settings/users/new") | {
            "first_name": "Nia",
            "last_name": "Poe",
            "email": "nia@made-up.example",
            "username": "nia.poe",
            "new": "kelp otter heron 77",
        }
        assert browser.post("/settings/users/new", fields).status_code == 303

        answer = browser.post(
            "/settings/users/new", fields | {"username": "nia.po", "email": "n@made-up.example"}
        )

        assert "sent before, with other values" in answer.text


class TestTwoEditorsOfDifferentFields:
    """S7: what somebody left alone is not put back by the one who saves later."""

    def test_the_later_keeps_the_others_change_of_a_field_that_they_left_alone(self, signed_in):
        head, lead = signed_in("head"), signed_in("lead")
        of_head, of_lead = head.fields(CONTACT), lead.fields(CONTACT)
        head.post(CONTACT, of_head | {"area": "North"})

        shown = lead.post(CONTACT, of_lead | {"contact_name": "Somebody Else"})
        assert shown.status_code == 422
        lead.post(CONTACT, fields_of(shown.text, having="submission"))

        kept = lead.fields(CONTACT)
        assert (kept["area"], kept["contact_name"]) == ("North", "Somebody Else")

    def test_no_number_of_a_version_is_shown(self, signed_in):
        head, lead = signed_in("head"), signed_in("lead")
        of_head, of_lead = head.fields(CONTACT), lead.fields(CONTACT)
        head.post(CONTACT, of_head | {"area": "North"})

        assert "Version" not in lead.post(CONTACT, of_lead | {"area": "South"}).text


class TestTheLastAdministrator:
    """An appropriate body always has an administrator who can sign in."""

    def test_is_not_switched_off_by_the_operator(self, signed_in, world):
        operator = signed_in("operator")
        uid = world.person_uids["admin"]
        page = operator.get(f"/settings/users/{uid}").text
        path = f"/settings/users/{uid}/switch?to=off"

        answer = operator.post(path if "to=off" in page else path.partition("?")[0])

        assert "only AB administrator" in operator.follow(answer.headers["Location"]).text
        assert signed_in("admin").get("/").status_code == 200


class TestNames:
    def test_a_username_that_is_somebodys_address_is_refused(self, signed_in):
        answer = signed_in("admin").send(
            "/settings/users/new",
            first_name="Nia",
            last_name="Poe",
            email="nia@made-up.example",
            username="head@made-up.example",
            new="kelp otter heron 77",
        )
        assert answer.status_code == 422

    def test_a_username_in_another_script_is_refused(self, signed_in):
        answer = signed_in("admin").send(
            "/settings/users/new",
            first_name="Nia",
            last_name="Poe",
            email="nia@made-up.example",
            username="pаul.hart",  # noqa: RUF001 - a Cyrillic letter
            new="kelp otter heron 77",
        )
        assert "letters a to z" in answer.text

    def test_a_name_of_signs_that_nobody_sees_is_refused(self, signed_in):
        answer = signed_in("admin").send("/settings/users/new", first_name="\u200b", last_name="Poe")
        assert answer.status_code == 422


class TestForeignPosts:
    def test_a_form_of_another_site_replaces_no_session(self, anybody):
        answer = anybody().client.post(
            "/language/", data={"language": "cy"}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert answer.status_code == 400
        assert "Set-Cookie" not in answer.headers

    def test_no_password_stands_on_the_page_of_a_form_that_was_open_too_long(self, anybody):
        answer = anybody().client.post("/login/", data={"username": "x", "password": "kelp otter heron 77"})
        assert answer.status_code == 400
        assert "kelp otter" not in answer.text


def test_a_note_has_a_limit(signed_in):
    answer = signed_in("head").send(CONTACT, note="a" * 4001)
    assert "4,000 characters or fewer" in answer.text
