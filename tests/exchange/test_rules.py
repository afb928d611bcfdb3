"""P-3: exactly eight fields, in their order, whatever happens."""

import csv
import dataclasses
import io
import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exchange.rules import HEADER, EightFields, Event, as_told, harmless

NOTICE = (  # as the privacy notice names them; kept apart from the code on purpose
    "Teacher Reference Number,Surname,First Name,Date of Birth,Induction Period Start Date,"
    "Induction Period End Date,Induction Outcome,Induction Period Number of Terms"
)
MIRIAM = EightFields(
    trn="0041802",
    surname="Osei",
    first_name="Miriam",
    born_on=date(1999, 2, 28),
    started_on=date(2024, 9, 1),
    ended_on=date(2026, 7, 17),
    outcome="pass",
    terms=Decimal(6),
)


class TestP3EightFields:
    """Promises, P-3: exactly these eight fields, never a ninth."""

    def test_the_header_is_the_one_of_the_notice_in_its_order(self):
        assert ",".join(HEADER) == NOTICE

    def test_a_row_is_made_of_eight_values_and_takes_no_ninth(self):
        assert len(dataclasses.fields(EightFields)) == len(HEADER) == len(MIRIAM.cells()) == 8
        with pytest.raises(TypeError):
            EightFields(**dataclasses.asdict(MIRIAM), email="miriam@larkfield.example")
        with pytest.raises((AttributeError, TypeError)):
            MIRIAM.email = "miriam@larkfield.example"

    def test_dates_are_iso_terms_have_one_decimal_and_a_trn_keeps_its_zeros(self):
        assert MIRIAM.cells() == (
            "0041802", "Osei", "Miriam", "1999-02-28", "2024-09-01", "2026-07-17", "pass", "6.0",
        )  # fmt: skip

    def test_a_start_has_no_end_outcome_or_terms(self):
        assert as_told(Event.START, MIRIAM).cells()[4:] == ("2024-09-01", "", "", "")

    def test_a_leaving_has_no_outcome(self):
        assert as_told(Event.LEAVING, MIRIAM).cells()[4:] == ("2024-09-01", "2026-07-17", "", "6.0")

    def test_an_outcome_has_all_of_them(self):
        assert as_told(Event.OUTCOME, MIRIAM) == MIRIAM


BREAK = re.compile("[\t\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class TestS15LiveCells:
    """security.md S15; OWASP, CSV injection: a spreadsheet runs no cell of ours."""

    @pytest.mark.parametrize("start", STARTS)
    @pytest.mark.parametrize("before", ["", " ", "\u00a0"])
    def test_a_cell_that_would_run_gets_an_apostrophe(self, start, before):
        text = f"{before}{start}cmd|' /C calc'!A0"
        assert harmless(text) == f"'{BREAK.sub(' ', text)}"

    @pytest.mark.parametrize(
        "name", ["-", "+", "O’Neil", "Lee-Jones", "Öz", "0041802", "2026-07-17", "", "d'Arcy", "@"]
    )
    def test_a_name_that_runs_nothing_stays_as_it_is(self, name):
        assert harmless(name) == name

    @given(st.text(max_size=20))
    def test_nothing_is_lost_but_breaks_of_lines(self, text):
        one_line = BREAK.sub(" ", text)
        assert harmless(text) in (one_line, f"'{one_line}")

    @given(st.lists(st.text(max_size=8), min_size=8, max_size=8))
    def test_a_row_of_any_texts_is_one_line_of_eight_cells(self, texts):
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\n").writerow([harmless(text) for text in texts])

        assert len(stream.getvalue().splitlines()) == 1
        assert len(next(csv.reader(io.StringIO(stream.getvalue())))) == 8
