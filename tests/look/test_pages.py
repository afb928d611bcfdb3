import re
from html.parser import HTMLParser

import pytest

from tests.look.samples import SAMPLES, sample_app

# Elements that a label must name; buttons and hidden inputs name themselves.
LABELLED = {"input", "select", "textarea"}


class Page(HTMLParser):
    """Every start tag of a page with its attributes, and the words of its title."""

    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.title = ""
        self._in_title = False
        self._depth_of_label = 0
        self.wrapped = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.tags.append((tag, named))
        self._in_title = tag == "title" and not self.title
        self._depth_of_label += tag == "label"
        if self._depth_of_label and tag in LABELLED:
            self.wrapped.append(named)

    def handle_endtag(self, tag):
        self._in_title = False
        self._depth_of_label -= tag == "label"

    def handle_data(self, data):
        if self._in_title:
            self.title += data

    def all(self, tag, **wanted):
        return [
            attrs
            for name, attrs in self.tags
            if name == tag and all(attrs.get(key) == value for key, value in wanted.items())
        ]

    def ids(self):
        return [attrs["id"] for _, attrs in self.tags if "id" in attrs]


@pytest.fixture(scope="module")
def texts():
    client = sample_app().test_client()
    return {name: client.get(f"/{name}").get_data(as_text=True) for name in SAMPLES}


@pytest.fixture(params=SAMPLES)
def page(request, texts):
    return Page(texts[request.param])


class TestEveryPage:
    """Screens 3 and 6: what each page has, whatever it shows."""

    def test_says_its_language(self, page):
        assert page.all("html", lang="en")

    def test_has_one_main_and_one_first_heading(self, page):
        assert len(page.all("main")) == 1
        assert len(page.all("h1")) == 1

    def test_says_where_you_are_in_its_title(self, page):
        assert re.fullmatch(r".{3,} – Sixterms", page.title.strip())

    def test_is_skipped_to_its_content_by_a_link(self, page):
        assert page.all("a", href="#main-content")
        assert page.all("main", id="main-content")

    def test_uses_each_id_once(self, page):
        assert sorted(page.ids()) == sorted(set(page.ids()))

    def test_labels_each_field(self, page):
        named = {attrs.get("for") for attrs in page.all("label")}
        fields = [
            attrs
            for tag, attrs in page.tags
            if tag in LABELLED and attrs.get("type") != "hidden" and attrs not in page.wrapped
        ]
        assert [attrs for attrs in fields if attrs.get("id") not in named] == []

    def test_points_only_at_what_is_there(self, page):
        ids = set(page.ids())
        pointers = [
            target
            for _, attrs in page.tags
            for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls")
            for target in (attrs.get(name) or "").split()
        ]
        assert [target for target in pointers if target not in ids] == []


class TestPolicy:
    """Issue 2, point 5: a content security policy without `unsafe-inline`."""

    def test_no_page_carries_a_style_of_its_own(self, page):
        assert [attrs for _, attrs in page.tags if "style" in attrs] == []
        assert page.all("style") == []

    def test_every_script_is_a_file_of_ours(self, page):
        assert [
            attrs for attrs in page.all("script") if not attrs.get("src", "").startswith("/static/built/")
        ] == []

    def test_no_element_carries_a_handler(self, page):
        assert [attrs for _, attrs in page.tags if any(name.startswith("on") for name in attrs)] == []

    def test_every_form_that_posts_carries_a_token(self, texts):
        for text in texts.values():
            posting = re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL)
            assert [form for form in posting if 'name="csrf_token"' not in form] == []

    def test_nothing_of_gov_uk_or_of_flask_appbuilder_that_is_not_ours_is_served(self, texts):
        for text in texts.values():
            assert not re.search(
                r"crown|gds transport|bootstrap|jquery|select2|font-?awesome|/appbuilder/",
                text,
                re.IGNORECASE,
            )


class TestRefusedForm:
    """Screens 6: errors at fields, and a summary on top that leads to them."""

    FIELDS = ("contact_name", "contact_email", "note", "school_words", "area")

    @pytest.fixture
    def page(self, texts):
        return Page(texts["form-refused"])

    def test_says_so_first_in_the_title(self, page):
        assert page.title.startswith("Error: ")

    @pytest.mark.parametrize("name", FIELDS)
    def test_ties_the_message_to_its_field(self, page, name):
        (field,) = [attrs for tag, attrs in page.tags if tag in LABELLED and attrs.get("id") == name]
        assert f"{name.removesuffix('_words')}-error" in field["aria-describedby"].split()
        assert field["aria-invalid"] == "true"

    def test_ties_the_message_to_a_group_of_boxes(self, page):
        described = [attrs.get("aria-describedby") or "" for attrs in page.all("fieldset")]
        assert any("starts_on-error" in words for words in described)
        assert any("way-error" in words for words in described)

    def test_leads_from_the_summary_to_each_field(self, texts, page):
        summary = re.search(r'govuk-error-summary__list">(.*?)</ul>', texts["form-refused"], re.DOTALL)
        targets = re.findall(r'href="#([^"]+)"', summary[1])
        assert targets == [
            "school_words",
            "contact_name",
            "contact_email",
            "starts_on-day",
            "area",
            "way",
            "agreed",
            "note",
        ]
        assert set(targets) <= set(page.ids())

    def test_keeps_what_was_typed(self, texts):
        assert "Rings back after 3pm" in texts["form-refused"]

    def test_sends_the_hidden_fields_before_the_others(self, texts):
        form = texts["form-refused"].split('class="app-fields"')[1]
        assert form.index('name="csrf_token"') < form.index('name="school_words"')
        assert form.index('name="version"') < form.index('name="school_words"')
        assert form.index('name="submission"') < form.index('name="school_words"')


class TestTwoEditors:
    """Screens 4, refusal 37: both values are shown."""

    def test_both_values_stand_side_by_side(self, texts):
        clash = re.search(r'id="clash".*?</section>', texts["form-clash"], re.DOTALL)[0]
        assert "Paul Hart" in clash
        assert "Janet Okoro" in clash

    def test_the_form_holds_what_was_typed(self, texts):
        (field,) = Page(texts["form-clash"]).all("input", id="contact_name")
        assert field["value"] == "Janet Okoro"


class TestRemoteSelect:
    """Screens 4: a box of words and a Search button, radios of what was found."""

    def test_without_results_the_chosen_value_goes_with_the_form(self, texts):
        (field,) = Page(texts["form"]).all("input", name="school")
        assert (field["type"], field["value"]) == ("hidden", "7")

    def test_results_are_radios_with_the_chosen_one_checked(self, texts):
        radios = Page(texts["form-refused"]).all("input", name="school")
        assert [(field["type"], field["value"], "checked" in field) for field in radios] == [
            ("radio", "7", True),
            ("radio", "9", False),
        ]

    def test_a_choice_among_the_radios_says_which_words_it_answers(self, texts):
        (found,) = Page(texts["form-refused"]).all("input", name="school_found")
        assert found["value"] == "lark"
        assert Page(texts["form"]).all("input", name="school_found") == []

    def test_search_posts_the_form_unchecked_by_the_browser(self, texts):
        (button,) = Page(texts["form"]).all("button", name="_look_up")
        assert button["value"] == "school"
        assert "formnovalidate" in button

    def test_enter_in_a_box_saves_and_does_not_search(self, texts):
        form = texts["form"].split('class="app-fields"')[1]
        first = re.search(r'<button type="submit"[^>]*>', form)[0]
        assert "_look_up" not in first


class TestWeight:
    """Design 5: a page of 25 rows is at most 25 KiB before compression."""

    def test_a_list_of_25_rows_fits(self, texts):
        assert texts["list"].count("<tr>") == 26
        assert len(texts["list"].encode()) <= 25 * 1024


class TestFormTooOld:
    """Screens 3.17: your text is kept."""

    def test_what_was_typed_is_sent_again_with_a_fresh_token(self, texts):
        form = texts["too-old"].split('action="/schools/900214/contact"')[1]
        assert 'value="Says &#34;hello&#34; &amp; &lt;more&gt;"' in form
        assert 'value="old"' not in form


class TestLongWork:
    """Screens 4: a bar and words, which come again without script too."""

    def test_a_running_import_shows_its_bar_and_refreshes(self, texts):
        (bar,) = Page(texts["import-applying"]).all("progress")
        assert (bar["value"], bar["max"]) == ("361", "452")
        assert "361 of 452" in texts["import-applying"]
        assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in texts["import-applying"]

    def test_a_finished_import_does_neither(self, texts):
        assert "<progress" not in texts["import-done"]
        assert "http-equiv" not in texts["import-done"]
