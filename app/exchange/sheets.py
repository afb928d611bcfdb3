"""The eight fields as a file: CSV or an Excel sheet, written row by row. The same rows make the same bytes."""

import csv
import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from app.exchange.rules import HEADER, EightFields, FileKind, harmless

Progress = Callable[[int], None]
TELL_EVERY: Final = 1000
MIME: Final[Mapping[FileKind, str]] = {
    FileKind.CSV: "text/csv",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Texts stay texts: no formula, no link, no number that loses the zeros of a TRN.
AS_TYPED: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
WIDTHS: Final = (12, 24, 24, 12, 14, 14, 10, 10)


def write(
    kind: FileKind, file: Path, rows: Iterable[EightFields], made_at: datetime, tell: Progress | None = None
) -> int:
    """The file holds the header and the rows; returns how many rows.

    Args:
        kind: CSV or Excel.
        file: written over.
        rows: what it holds.
        made_at: stands inside a sheet, so that the same release makes the same bytes.
        tell: told the number of rows so far.
    """
    told = counting(rows, tell)
    return (write_csv if kind is FileKind.CSV else write_sheet)(file, told, made_at)


def counting(rows: Iterable[EightFields], tell: Progress | None) -> Iterable[EightFields]:
    """The rows, with a word every thousand."""
    for number, row in enumerate(rows, 1):
        if tell is not None and number % TELL_EVERY == 0:
            tell(number)
        yield row


def write_csv(file: Path, rows: Iterable[EightFields], made_at: datetime) -> int:
    """UTF-8 without a mark in front, LF at each end; cells that a spreadsheet would run are made harmless."""
    number = 0
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(HEADER)
        for row in rows:
            writer.writerow([harmless(cell) for cell in row.cells()])
            number += 1
    return number


def write_sheet(file: Path, rows: Iterable[EightFields], made_at: datetime) -> int:
    """One sheet, every cell a text."""
    book: Any = xlsxwriter.Workbook(str(file), AS_TYPED)
    book.set_properties({"created": made_at.replace(tzinfo=None, microsecond=0)})
    sheet = book.add_worksheet("TRA")
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    for column, name in enumerate(HEADER):
        sheet.write_string(0, column, name, bold)
    number = 0
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row.cells()):
            sheet.write_string(number, column, cell, text)
    book.close()
    return number


def fingerprint(file: Path) -> tuple[str, int]:
    """SHA-256 and size in bytes of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest(), file.stat().st_size
