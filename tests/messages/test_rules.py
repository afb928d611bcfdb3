"""When a mail is tried again, and what its key and its problem say."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.messages.rules import LEASE, PAUSES, Purpose, key_of, pause_after, problem_in_words


class TestTryingAgain:
    """Security 5.4: 4xx and time-outs back off 1, 5, 15, 60 minutes, then slower; in the end a person is told."""

    @pytest.mark.parametrize(("tries", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60)])
    def test_pauses_grow(self, tries, minutes):
        assert pause_after(tries) == timedelta(minutes=minutes)

    def test_it_ends_after_about_three_days(self):
        assert pause_after(len(PAUSES) + 1) is None
        assert timedelta(days=2) < sum(PAUSES, timedelta()) < timedelta(days=4)

    def test_a_lease_outlasts_the_time_outs_of_one_sending(self):
        assert timedelta(seconds=8 * 30) < LEASE


class TestKey:
    """S17: no name or address stands in a key; one cause and one recipient make one mail."""

    @given(st.emails())
    def test_no_address_stands_in_the_key(self, address):
        key = key_of(Purpose.REGISTRATION_RECEIVED, "registration:b7k2m9x4c3dz", None, address)
        assert address.casefold() not in key.casefold()
        assert len(key) <= 120

    def test_case_of_an_address_makes_no_second_mail(self):
        keys = {key_of(Purpose.END_DATE_ASKED, "x", None, each) for each in ("A@b.example", "a@B.example")}
        assert len(keys) == 1

    def test_two_people_get_two_mails(self):
        keys = {key_of(Purpose.END_DATE_ASKED, "x", person, "a@b.example") for person in (1, 2)}
        assert len(keys) == 2


class TestProblem:
    """S17: what a mail server answers is kept on one line and without the address."""

    def test_the_address_is_left_out(self):
        said = problem_in_words("550 5.1.1 <ewa@school.example>:\r\n no such user\x00", "ewa@school.example")
        assert said == "550 5.1.1 <the recipient>: no such user"

    @given(st.text(), st.emails())
    def test_it_fits_and_has_no_control_signs(self, reply, address):
        said = problem_in_words(reply, address)
        assert len(said) <= 200
        assert said.isprintable()
