"""The file that GIAS publishes, whole and in every way broken."""

import io
import struct
import zipfile
from datetime import date

import pytest

from app.errors import FileRefused
from app.schools import made_up, refusals
from app.schools.gias import LINE_LIMIT, GiasFile, RefusedLine, TakenLine
from app.schools.rules import SchoolStatus

pytestmark = pytest.mark.usefixtures("words")

SMALL = (
    '"URN","EstablishmentName","EstablishmentStatus (name)","TypeOfEstablishment (name)","Town"\r\n'
    '900001,"Mill Lane School","Open","Community school","Mossby"\r\n'
    '900002,"Oakwood School","Open","Community school","Mossby"\r\n'
)


def read(content: bytes | str, name: str = "schools.csv") -> list[TakenLine | RefusedLine]:
    raw = content.encode("cp1252") if isinstance(content, str) else content
    return list(GiasFile(io.BytesIO(raw), name).lines())


def zipped(content: bytes, name: str = "edubasealldata.csv", **more: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for other, there in more.items():
            packed.writestr(other, there)
        packed.writestr(name, content)
    return target.getvalue()


def refused(lines: list[TakenLine | RefusedLine]) -> list[tuple[int, str, str]]:
    return [(each.line, each.text, str(each.reason)) for each in lines if isinstance(each, RefusedLine)]


def taken(lines: list[TakenLine | RefusedLine]) -> list[int]:
    return [each.facts.urn for each in lines if isinstance(each, TakenLine)]


class TestTheFileAsPublished:
    """GIAS file, section 2 and behaviour 1: cp1252, CRLF, 135 columns, also inside a zip."""

    def test_every_line_of_a_whole_file_is_taken(self, whole_file):
        lines = read(whole_file)
        assert refused(lines) == []
        assert len(taken(lines)) == len(set(taken(lines))) == whole_file.count(b"\r\n") - 1

    def test_the_same_file_in_a_zip_gives_the_same_lines(self, whole_file):
        assert read(zipped(whole_file), "schools.zip") == read(whole_file)

    def test_a_zip_is_known_by_its_content_whatever_it_is_called(self):
        assert taken(read(zipped(made_up.content(3)), "schools.csv")) == [900000, 900001, 900002]

    def test_curly_quotes_and_accents_of_cp1252_are_read(self):
        names = {each.facts.name for each in read(made_up.content(600)) if isinstance(each, TakenLine)}
        assert any("\u2019" in name for name in names)
        assert any("\u00eb" in name for name in names)

    def test_the_real_links_file_is_the_wrong_file_though_its_bytes_are_cp1252(self, real_file):
        with pytest.raises(FileRefused) as reason:
            read(real_file("gias_links_sample.csv"))
        assert str(reason.value) == 'Column "EstablishmentName" is missing. We found URN, LinkURN and 3 more'

    def test_the_narrow_real_file_gives_what_it_has_and_says_nothing_of_the_rest(self, real_file):
        lines = read(real_file("gias_childrens_centres_sample.csv"))
        assert len(taken(lines)) == 250
        assert not {"telephone", "low_age", "county"} & lines[0].facts.given

    def test_the_made_up_file_is_the_same_each_time(self):
        assert made_up.content(50) == made_up.content(50)
        assert made_up.content(50) != made_up.content(50, seed=2)


class TestValues:
    """GIAS file, section 3: codes, dates and spellings."""

    def one(self, **cells: str):
        row = made_up.school(1, 1) | {name.replace("__", " "): cell for name, cell in cells.items()}
        text = ",".join(f'"{c}"' for c in made_up.COLUMNS) + "\r\n"
        text += ",".join(made_up.quoted(row[c]) for c in made_up.COLUMNS) + "\r\n"
        return read(text)[0]

    def test_numbers_keep_their_zeros_and_telephones_get_theirs_back(self):
        school = self.one(EstablishmentNumber="42", TelephoneNum="1632960123").facts
        assert (school.establishment_number, school.telephone) == ("0042", "01632960123")

    def test_the_old_spelling_of_all_through_is_one_with_the_new(self):
        assert self.one(**{"PhaseOfEducation (name)": "All through"}).facts.phase == "All-through"

    @pytest.mark.parametrize("written", ["01-09-2026", "01/09/2026", "2026-09-01", "1-9-2026"])
    def test_a_date_is_read_in_each_way_it_is_written(self, written):
        assert self.one(OpenDate=written).facts.opened_on == date(2026, 9, 1)

    @pytest.mark.parametrize("written", ["31-02-2026", "soon", "01-09-26", "1-2-3-2026"])
    def test_a_day_that_is_none_refuses_the_line(self, written):
        line = self.one(OpenDate=written)
        assert (line.text, str(line.reason)) == (written, "OpenDate must be a real date, such as 31-08-2026")

    def test_a_status_is_read_by_name_and_by_code(self):
        both = "EstablishmentStatus (name)", "EstablishmentStatus (code)"
        assert (
            self.one(**dict(zip(both, ("", "3"), strict=True))).facts.status is SchoolStatus.PROPOSED_TO_CLOSE
        )
        assert self.one(**dict(zip(both, ("Closed", ""), strict=True))).facts.status is SchoolStatus.CLOSED
        assert self.one(**dict(zip(both, ("Asleep", ""), strict=True))).text == "Asleep"

    def test_control_characters_and_line_breaks_in_a_cell_are_gone(self):
        assert self.one(EstablishmentName="Mill\r\nLane\x07  School ").facts.name == "Mill Lane School"


class TestEncodings:
    """GIAS file, section 3: UTF-8 if it decodes cleanly, else cp1252, latin-1 for the five gaps."""

    ACCENTED = SMALL.replace("Oakwood", "Zoë’s")

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
    def test_each_accepted_encoding_gives_the_same_name(self, encoding):
        assert read(self.ACCENTED.encode(encoding))[1].facts.name == "Zoë’s School"

    def test_the_five_gaps_of_cp1252_are_no_error(self):
        assert taken(read(SMALL.encode("cp1252").replace(b"Oak", b"\x81\x8d\x8f\x90\x9d\xe9"))) == [
            900001,
            900002,
        ]

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
    def test_utf_16_is_refused_by_name_with_a_mark_or_without(self, encoding):
        with pytest.raises(refusals.SavedAs) as reason:
            read(SMALL.encode(encoding))
        assert str(reason.value) == 'This file is saved as UTF-16. Save it as "CSV UTF-8" and choose it again'

    def test_utf_32_is_refused_by_name(self):
        with pytest.raises(refusals.SavedAs, match="UTF-32"):
            read(SMALL.encode("utf-32"))

    def test_a_utf_8_file_cut_in_the_middle_of_a_letter_is_still_utf_8(self):
        cut = (SMALL.replace("Mill", "Zoë") + '900003,"Zoë').encode()[:-1]
        lines = read(cut)
        assert lines[0].facts.name == "Zoë Lane School"
        assert [line for line, _text, _why in refused(lines)] == [4]


class TestWrongFiles:
    """Issue, "Bad input": a clear sentence, never a 500."""

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"", "This file holds no schools"),
            (b"\r\n\r\n", "This file holds no schools"),
            (SMALL.replace("School", "Sch\0ol").encode(), "it holds NUL bytes"),
            (bytes(range(256)) * 20, "it holds NUL bytes"),
            (b"\xd0\xcf\x11\xe0" + b"x" * 3000, "saved as an Excel workbook"),
            (
                SMALL.replace("URN", "Number").encode(),
                'Column "URN" is missing. We found Number, EstablishmentName',
            ),
            (SMALL.replace("Town", "URN").encode(), 'Column "URN" stands twice'),
            (
                b"Dear all, here is the file.\n",
                'Column "URN" is missing. We found Dear all, here is the file.',
            ),
            (b'"URN,Town\n' + b"1,2\n" * 30, "no heading with columns"),
            (b"x" * 3_000_000, "no heading with columns"),
            (b"PK\x03\x04 and no zip", "This zip is damaged"),
            (zipped(SMALL.encode())[:-40], "This zip is damaged"),
            (zipped(b"picture", "school.png"), "This zip holds no .csv file"),
            (zipped(b"", "xl/workbook.xml"), "saved as an Excel workbook"),
            (zipped(b"x" * 30_000_000), "unpacks to"),
        ],
    )
    def test_each_wrong_file_gets_its_sentence(self, content, sentence):
        with pytest.raises(FileRefused) as reason:
            read(content)
        assert sentence in str(reason.value)

    def test_3000_columns_are_refused_with_their_number(self):
        with pytest.raises(refusals.HeadingTooLong) as reason:
            read(",".join(f"Column {n}" for n in range(3000)) + "\n")
        assert "The heading has 3,000 columns" in str(reason.value)

    def test_a_zip_that_says_it_unpacks_to_more_than_200_mb_is_not_unpacked(self):
        packed = bytearray(zipped(SMALL.encode()))
        central = packed.index(b"PK\x01\x02")
        packed[central + 24 : central + 28] = struct.pack("<I", 201 * 1024 * 1024)
        with pytest.raises(refusals.FileTooLarge) as reason:
            read(bytes(packed))
        assert str(reason.value) == "The file is 201 MB. The limit is 200 MB"

    def test_a_zip_that_lies_about_its_size_is_read_no_further_and_refused(self):
        packed = bytearray(zipped(SMALL.encode()))
        central = packed.index(b"PK\x01\x02")
        packed[central + 24 : central + 28] = struct.pack("<I", 10)
        with pytest.raises(refusals.ZipUnreadable):
            read(bytes(packed))

    def test_what_a_mac_adds_to_a_zip_is_not_the_file(self):
        assert taken(read(zipped(SMALL.encode(), **{"__MACOSX/._a.csv": b"\0\0"}))) == [900001, 900002]


class TestRefusedLines:
    """GIAS file, behaviour 4: refuse politely, with line numbers; the other lines are taken."""

    @pytest.mark.parametrize("urn", ["90O214", "1234", "1234567", "", "-90021", "٩٠٠٢١٤"])
    def test_a_urn_must_be_5_or_6_digits(self, urn):
        lines = read(SMALL.replace("900001", f'"{urn}"').encode())
        assert refused(lines) == [(2, urn, "URN must be 5 or 6 digits")]
        assert taken(lines) == [900002]

    def test_a_wrong_number_of_values_is_named(self):
        lines = read(SMALL.replace('"Oakwood School",', ""))
        assert [(line, why) for line, _text, why in refused(lines)] == [
            (3, "This line has 4 values, the heading has 5")
        ]

    def test_a_urn_in_two_lines_counts_once_and_the_second_is_refused(self):
        lines = read(SMALL.replace("900002", "900001"))
        assert refused(lines) == [(3, "900001", "This URN already stands in line 2")]

    def test_a_name_of_200_000_characters_refuses_its_line_and_no_other(self):
        lines = read(SMALL.replace("Mill Lane", "x" * 200_000))
        ((line, text, why),) = refused(lines)
        assert (line, len(text) <= 200, why.startswith("This line has 200,0")) == (2, True, True)
        assert taken(lines) == [900002]

    def test_a_name_of_201_characters_is_refused_and_one_of_200_is_taken(self):
        assert taken(read(SMALL.replace("Mill Lane School", "x" * 200))) == [900001, 900002]
        ((_line, _text, why),) = refused(read(SMALL.replace("Mill Lane School", "x" * 201)))
        assert why == "EstablishmentName must be 200 characters or fewer. It has 201"

    def test_an_empty_name_is_refused(self):
        assert refused(read(SMALL.replace("Mill Lane School", " "))) == [
            (2, "900001", "EstablishmentName is empty")
        ]

    def test_a_file_that_ends_in_the_middle_of_a_line_says_so_and_keeps_the_rest(self):
        lines = read(SMALL.encode()[:-30])
        ((line, _text, why),) = refused(lines)
        assert (line, why) == (3, "The file ends in the middle of this line. Download it again")
        assert taken(lines) == [900001]

    def test_a_missing_newline_at_the_end_is_no_fault(self):
        assert taken(read(SMALL.rstrip())) == [900001, 900002]

    def test_a_stray_quotation_mark_costs_its_line_and_no_other(self):
        more = "".join(f'{900003 + n},"School {n}","Open","Community school",""\r\n' for n in range(20))
        lines = read(SMALL.replace('"Mill', '"5" Mill') + more)
        assert [line for line, _text, _why in refused(lines)] == [2]
        assert len(taken(lines)) == 21

    def test_a_cell_may_run_over_two_lines(self):
        lines = read(SMALL.replace("Mill Lane", "Mill\r\nLane"))
        assert [each.facts.name for each in lines] == ["Mill Lane School", "Oakwood School"]
        assert [each.line for each in lines] == [2, 4]

    def test_blank_lines_are_passed_over(self):
        assert taken(read(SMALL.replace("\r\n", "\r\n\r\n,,,,\r\n"))) == [900001, 900002]


class TestMemory:
    """GIAS file, behaviour 1: a file is never whole in memory."""

    def test_no_read_asks_for_more_than_a_megabyte(self):
        class Watched(io.BytesIO):
            most = 0

            def read(self, size: int | None = -1, /) -> bytes:
                assert size is not None
                assert size >= 0
                got = super().read(size)
                Watched.most = max(Watched.most, len(got))
                return got

            def read1(self, size: int | None = -1, /) -> bytes:
                return self.read(size if size and size > 0 else 8192)

        stream = Watched(made_up.content(3000))
        assert sum(1 for _line in GiasFile(stream, "x.csv").lines()) == 3000
        assert 0 < Watched.most <= 1024 * 1024 < len(stream.getvalue())

    def test_an_endless_line_is_kept_only_as_far_as_a_line_may_be(self):
        heading = SMALL.splitlines(keepends=True)[0]
        lines = read(heading + "9" * (3 * LINE_LIMIT) + "\r\n")
        assert [(each.line, each.reason.values["length"]) for each in lines] == [(2, 3 * LINE_LIMIT + 1)]
