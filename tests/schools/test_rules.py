"""What schools are compared, sorted and found by."""

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.schools.rules import (
    FACTS,
    IN_WORDS,
    SchoolFacts,
    SchoolStatus,
    Verdict,
    after_all_words_with,
    difference,
    folded,
    from_plain,
    in_england,
    judged,
    marks_of,
    normal_postcode,
    plain,
    search_terms,
    web_address,
    words_of,
)


def facts(**told) -> SchoolFacts:
    given = frozenset(told) | {"name", "status"}
    told = {"name": "Bramley Road Primary School", "status": SchoolStatus.OPEN} | told
    return SchoolFacts(urn=900214, given=given, **told)


class TestFolding:
    """GIAS file, behaviour 5: search ignores accents, apostrophes and "St"/"St."/"Saint"."""

    @pytest.mark.parametrize(
        "spelling",
        [
            "St Mary's School",
            "St. Mary’s School",
            "SAINT MARYS SCHOOL",
            "Saint Mary`s, School",
            "St.Marys-School",
        ],
    )
    def test_every_spelling_of_st_marys_is_one(self, spelling):
        assert folded(spelling) == "st marys school"

    @pytest.mark.parametrize(
        ("text", "plain_text"),
        [
            ("Zoë Côte", "zoe cote"),
            ("C.E. Primary", "ce primary"),
            ("Mary & John", "mary and john"),
            ("Straße", "strasse"),
            ("Øvre Łódź", "ovre lodz"),
            ("  ", ""),
            ("…!", ""),
            ("Stanley", "stanley"),
        ],
    )
    def test_accents_and_punctuation_are_gone(self, text, plain_text):
        assert folded(text) == plain_text

    @given(st.text())
    def test_folding_twice_changes_nothing(self, text):
        assert folded(folded(text)) == folded(text)

    @given(st.text())
    def test_what_is_folded_has_no_capitals_no_edges_and_single_spaces(self, text):
        once = folded(text)
        assert once == " ".join(once.split())
        assert all(sign.isalnum() or sign == " " for sign in once)

    @given(st.text(string.ascii_letters + " ", min_size=1), st.sampled_from("'’‘`\u00b4"))
    def test_an_apostrophe_anywhere_makes_no_difference(self, text, apostrophe):
        assert folded(text[:1] + apostrophe + text[1:]) == folded(text)


class TestSearchTerms:
    """GIAS file, behaviour 5: search by name, URN, postcode."""

    @pytest.mark.parametrize(
        ("typed", "terms"),
        [
            ("900214", ("900214",)),
            ("20001", ("20001",)),
            ("hb4 7qq", ("hb47qq",)),
            ("HB47QQ", ("hb47qq",)),
            ("HB4", ("hb4",)),
            ("bramley hb4 7", ("bramley", "hb47")),
            ("990/1214", ("9901214",)),
            ("Saint Mary's", ("st", "marys")),
            ("st st", ("st",)),
            ("!?", ()),
        ],
    )
    def test_what_is_typed_becomes_the_beginnings_of_words(self, typed, terms):
        assert search_terms(typed) == terms

    @given(st.text(string.ascii_letters + "'-. é", min_size=1))
    def test_a_school_is_found_by_its_own_name(self, name):
        words = words_of(facts(name=name))
        assert all(any(word.startswith(term) for word in words) for term in search_terms(name))

    @given(st.text(), st.text())
    def test_words_that_begin_alike_lie_between_the_beginning_and_what_follows_it(self, beginning, rest):
        for term in search_terms(beginning):
            assert term <= term + rest < after_all_words_with(term)

    @pytest.mark.parametrize("typed", ["s", "sa", "sai", "sain", "saint", "st", "st."])
    def test_saint_is_found_while_it_is_being_typed(self, typed):
        words = words_of(facts(name="St Osyn's School"))
        assert any(word.startswith(search_terms(typed)[0]) for word in words)

    def test_town_postcode_and_number_find_a_school_and_no_word_looks_like_a_mark(self):
        school = facts(town="Harrowbeck", postcode="HB4 7QQ", la_code="990", establishment_number="1214")
        assert {"harrowbeck", "hb47qq", "900214", "9901214"} <= words_of(school)
        assert all(mark.startswith("=") for mark in marks_of(school))
        assert not any(word.startswith("=") for word in words_of(school))


class TestPostcodes:
    """Screens, refusal 19, and the files: capitals and one space."""

    @pytest.mark.parametrize("typed", ["hb47qq", "HB4  7QQ", " h b47 qq"])
    def test_a_whole_postcode_gets_its_one_space(self, typed):
        assert normal_postcode(typed) == "HB4 7QQ"

    def test_what_is_no_postcode_stays(self):
        assert normal_postcode("po box  7") == "PO BOX 7"


class TestDifference:
    """GIAS file, behaviour 2 and 3: what differs is shown, and nothing else is changed."""

    def test_equal_facts_do_not_differ(self):
        school = facts(town="Mossby")
        assert difference(school.values, school) == ()

    def test_a_column_that_the_file_does_not_have_says_nothing(self):
        held = facts(town="Mossby", postcode="HB7 1AA").values
        assert difference(held, facts()) == ()

    def test_a_blank_cell_says_that_there_is_nothing(self):
        held = facts(town="Mossby").values
        assert [(each.fact, each.was, each.now) for each in difference(held, facts(town=""))] == [
            ("town", "Mossby", "")
        ]

    @given(st.dates(), st.sampled_from(SchoolStatus))
    def test_dates_and_statuses_come_back_from_json_as_they_went(self, day, status):
        assert from_plain("opened_on", plain(day)) == day
        assert from_plain("status", plain(status)) is status

    def test_every_fact_has_a_name_on_screen(self):
        assert set(IN_WORDS) == set(FACTS)


class TestVerdicts:
    """GIAS file, section 3: closed before 2020 is skipped; behaviour 2: new, changed, closed, unchanged."""

    CLOSED_LATELY = {"status": SchoolStatus.CLOSED, "closed_on": date(2020, 1, 1)}
    CLOSED_LONG_AGO = {"status": SchoolStatus.CLOSED, "closed_on": date(2019, 12, 31)}

    @pytest.mark.parametrize(
        ("told", "verdict"),
        [
            ({}, Verdict.NEW),
            (CLOSED_LATELY, Verdict.NEW),
            (CLOSED_LONG_AGO, Verdict.SKIPPED),
            ({"status": SchoolStatus.CLOSED, "closed_on": None}, Verdict.NEW),
        ],
    )
    def test_a_school_that_is_not_held_is_new_unless_it_closed_before_2020(self, told, verdict):
        assert judged(None, facts(**told)) is verdict

    @pytest.mark.parametrize(
        ("told", "verdict"),
        [
            ({}, Verdict.UNCHANGED),
            ({"name": "Bramley Road School"}, Verdict.CHANGED),
            (CLOSED_LATELY, Verdict.CLOSED),
            (CLOSED_LONG_AGO, Verdict.CLOSED),
        ],
    )
    def test_a_school_that_is_held_is_told_of_its_closing_whenever_that_was(self, told, verdict):
        assert judged(facts(closed_on=None).values, facts(**told)) is verdict


@pytest.mark.parametrize(
    ("code", "name", "lies_in_england"),
    [
        ("37", "British schools overseas", False),
        ("26", "Service children's education", False),
        ("30", "", False),
        ("01", "Community school", True),
        ("01", "", True),
    ],
)
def test_overseas_and_welsh_types_are_not_in_england(code, name, lies_in_england):
    assert in_england(code, name) is lies_in_england


@pytest.mark.parametrize(
    ("published", "linked"),
    [
        ("www.bramley.example", "https://www.bramley.example"),
        ("http://bramley.example/a?b", "http://bramley.example/a?b"),
        ("javascript:alert(1)", ""),
        ("javascript://x.example/%0aalert(1)", ""),
        ("https://me@bank.example", ""),
        ("not known", ""),
        ("", ""),
    ],
)
def test_only_http_addresses_are_linked(published, linked):
    assert web_address(published) == linked
