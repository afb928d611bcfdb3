"""The file that Get Information About Schools (GIAS) publishes, read as a stream.

Neither the file nor a zip around it is ever whole in memory: a line is, and the URNs seen.
Source: the public daily file `edubasealldata<yyyymmdd>.csv`; layouts differ by year, so columns go by name.
"""

import codecs
import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Final

from app.schools import refusals
from app.schools.columns import Layout, facts_in, layout_of
from app.schools.rules import SchoolFacts

UNPACKED_LIMIT: Final = 200 * 1024 * 1024  # bytes
RATIO_LIMIT: Final = 200  # unpacked to packed; a list of schools has about 15
LINE_LIMIT: Final = 100_000  # characters
JOINED_LINES: Final = 5  # a cell may run over so many lines
CHUNK: Final = 1024 * 1024
MEGABYTE: Final = 1024 * 1024
CP1252: Final = "cp1252"


def _gaps(problem: UnicodeError) -> tuple[str, int]:
    """The five bytes that cp1252 leaves undefined, as latin-1 has them."""
    if not isinstance(problem, UnicodeDecodeError):
        raise problem
    return problem.object[problem.start : problem.end].decode("latin-1"), problem.end


codecs.register_error("cp1252-gaps", _gaps)


@dataclass(frozen=True, slots=True)
class TakenLine:
    """A line that is a school. `line` counts from 1, which is the heading."""

    line: int
    facts: SchoolFacts


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that is left out; `text` is the cell in question, at most 200 characters."""

    line: int
    text: str
    reason: refusals.LineRefused


@dataclass(frozen=True, slots=True)
class _Line:
    """One line as it stands in the file. Of an over-long one only the beginning is kept."""

    number: int
    text: str
    length: int

    @property
    def is_ended(self) -> bool:
        return self.text.endswith("\n")


class GiasFile:
    """A file that turned out to be GIAS's: its columns are known, its lines can be read again and again."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        """Look at the whole content once: is it text, in which encoding, and are the needed columns there.

        Args:
            stream: seekable; stays open while lines are read.
            name: as the user knows the file; an ending `.zip` promises a zip.

        Raises:
            FileRefused: it is not a GIAS file, with the reason.
        """
        self.stream = stream
        self.member = _member(stream, name)
        with self._bytes() as content:
            self.encoding = _encoding(content)
        with self._text() as text:
            heading = next(_records(_Lines(text), None), None)
            if heading is None:
                raise refusals.EmptyFile
            if isinstance(heading, RefusedLine):
                raise refusals.HeadingUnreadable
            self.layout: Layout = layout_of(heading[1])

    def lines(self) -> Iterator[TakenLine | RefusedLine]:
        """Every line after the heading but blank ones, each taken or refused."""
        seen: dict[int, int] = {}
        with self._text() as text:
            records = _records(_Lines(text), self.layout.width)
            next(records)
            for record in records:
                yield record if isinstance(record, RefusedLine) else self._judged(*record, seen)

    def _judged(self, line: int, cells: list[str], seen: dict[int, int]) -> TakenLine | RefusedLine:
        try:
            facts = facts_in(cells, self.layout)
            if facts.urn in seen:
                raise refusals.UrnTwice(str(facts.urn), line=seen[facts.urn])
        except refusals.LineRefused as reason:
            return RefusedLine(line, reason.text[:200], reason)
        seen[facts.urn] = line
        return TakenLine(line, facts)

    @contextmanager
    def _bytes(self) -> Iterator[BinaryIO]:
        """The unpacked content from its beginning."""
        self.stream.seek(0)
        if self.member is None:
            yield self.stream
            return
        try:
            with zipfile.ZipFile(self.stream) as packed, packed.open(self.member) as content:
                yield content  # type: ignore[misc]  # a ZipExtFile reads like any other
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as problem:
            raise refusals.ZipUnreadable from problem

    @contextmanager
    def _text(self) -> Iterator[io.TextIOWrapper]:
        """The content as text, lines ending in one newline."""
        with self._bytes() as content:
            errors = "cp1252-gaps" if self.encoding == CP1252 else "replace"
            text = io.TextIOWrapper(content, encoding=self.encoding, errors=errors)
            try:
                yield text
            finally:
                text.detach()  # the stream stays open, it is not ours


def _member(stream: BinaryIO, name: str) -> zipfile.ZipInfo | None:
    """The first .csv in a zip; None where the file is no zip.

    Raises:
        FileRefused: a zip that holds none, cannot be read, or unpacks to too much.
    """
    stream.seek(0)
    if not (stream.read(4) == b"PK\x03\x04" or name.lower().endswith(".zip")):
        return None
    try:
        with zipfile.ZipFile(stream) as packed:
            inside = packed.infolist()
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError) as problem:
        raise refusals.ZipUnreadable from problem
    if any(each.filename == "xl/workbook.xml" for each in inside):
        raise refusals.SavedAs(kind="an Excel workbook")
    tables = (each for each in inside if each.filename.lower().endswith(".csv"))
    found = next((each for each in tables if not each.filename.startswith("__MACOSX/")), None)
    if found is None:
        raise refusals.NoCsvInZip
    _check_size(found)
    return found


def _check_size(found: zipfile.ZipInfo) -> None:
    """Nothing happens for an honest zip. `zipfile` itself never reads more than the size it states.

    Raises:
        FileRefused: it would unpack to more than 200 MB, or to more than 200 times its size.
    """
    if found.file_size > UNPACKED_LIMIT:
        raise refusals.FileTooLarge(size=found.file_size // MEGABYTE, limit=UNPACKED_LIMIT // MEGABYTE)
    ratio = found.file_size // max(found.compress_size, 1)
    if ratio > RATIO_LIMIT:
        raise refusals.ZipBomb(ratio=ratio)


def _encoding(content: BinaryIO) -> str:
    """`utf-8-sig` where every byte fits UTF-8, else cp1252. Reads all of `content`.

    A character cut off at the very end does not count against UTF-8: the last line is refused by itself.

    Raises:
        FileRefused: it is no text, or UTF-16 or UTF-32.
    """
    decoder, fits, size = codecs.getincrementaldecoder("utf-8")(), True, 0
    while chunk := content.read(CHUNK):
        if size == 0:
            _check_beginning(chunk)
        size += len(chunk)
        if size > UNPACKED_LIMIT:
            raise refusals.FileTooLarge(size=size // MEGABYTE, limit=UNPACKED_LIMIT // MEGABYTE)
        if b"\0" in chunk:
            raise refusals.NotText
        if fits:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                fits = False
    if size == 0:
        raise refusals.EmptyFile
    return "utf-8-sig" if fits else CP1252


def _check_beginning(chunk: bytes) -> None:
    """Nothing happens where the file begins like text of one byte a letter.

    Raises:
        SavedAs: UTF-16 or UTF-32, with a mark in front or without one, or an old workbook.
    """
    if chunk.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise refusals.SavedAs(kind="UTF-32")
    start = chunk[:2000]
    # Latin letters in UTF-16 have every second byte zero.
    zeros = max(start[0::2].count(0), start[1::2].count(0))
    if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or zeros > len(start) * 0.4:
        raise refusals.SavedAs(kind="UTF-16")
    if chunk.startswith(b"\xd0\xcf\x11\xe0"):
        raise refusals.SavedAs(kind="an Excel workbook")


class _Lines:
    """Lines of a text with their numbers, some of which may be given back."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.text, self.number = text, 0
        self.given_back: list[_Line] = []

    def take(self) -> _Line | None:
        if self.given_back:
            return self.given_back.pop()
        piece = begins = self.text.readline(LINE_LIMIT + 1)
        if not piece:
            return None
        self.number += 1
        length = len(piece)
        while piece and not piece.endswith("\n"):
            piece = self.text.readline(LINE_LIMIT)
            length += len(piece)
        return _Line(self.number, begins, length)

    def give_back(self, lines: list[_Line]) -> None:
        self.given_back.extend(reversed(lines))


Record = tuple[int, list[str]]


def _records(lines: _Lines, width: int | None) -> Iterator[Record | RefusedLine]:
    """Line number and cells of each record, blank ones left out; `width` is what the heading has.

    A cell may hold line breaks. Where that makes no sense (a stray quotation mark), only the first line is
    refused, and reading goes on with the next.
    """
    while (first := lines.take()) is not None:
        if first.length > LINE_LIMIT:
            yield RefusedLine(
                first.number,
                first.text[:60],
                refusals.LineTooLong(length=first.length, limit=LINE_LIMIT),
            )
            continue
        joined = _joined(first, lines)
        cells = _cells(joined)
        if cells is not None and (not any(cells) or width in (None, len(cells))):
            if any(cells):
                yield first.number, cells
            continue
        lines.give_back(joined[1:])
        yield RefusedLine(first.number, first.text[:60].strip(), _why(joined, cells, width))


def _joined(first: _Line, lines: _Lines) -> list[_Line]:
    """`first` and the lines over which its open cell runs, five at most."""
    joined, marks = [first], first.text.count('"')
    while marks % 2 and len(joined) < JOINED_LINES:
        following = lines.take()
        if following is None:
            break
        joined.append(following)
        if following.length > LINE_LIMIT:
            break
        marks += following.text.count('"')
    return joined


def _cells(joined: list[_Line]) -> list[str] | None:
    """The cells of one record; None where a quotation mark is left open or nothing can be made of it."""
    if sum(line.text.count('"') for line in joined) % 2:
        return None
    try:
        return next(csv.reader([line.text for line in joined]), [])
    except csv.Error:
        return None


def _why(joined: list[_Line], cells: list[str] | None, width: int | None) -> refusals.LineRefused:
    """The reason why a record is refused."""
    if not joined[-1].is_ended and joined[-1].length <= LINE_LIMIT and len(joined) == 1:
        return refusals.CutOff()
    if cells is None:
        return refusals.QuoteOpen()
    return refusals.WrongCount(cells=len(cells), columns=width)
