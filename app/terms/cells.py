"""Cells of files that people open in a spreadsheet (S15)."""

from typing import Final

# What a spreadsheet takes for the beginning of a formula, in their wide forms too.
RUNS: Final = frozenset("=+-@\t\r\n＝＋－＠")  # noqa: RUF001 - the wide ones are meant
DASHES: Final = frozenset("-–—")


def harmless(text: str) -> str:
    """`text` so that a spreadsheet shows it and runs nothing: an apostrophe before what would be a formula.

    A cell of dashes alone, which stands for "none", stays as it is.
    """
    bare = text.lstrip(" \u00a0")
    if not bare or bare[0] not in RUNS or set(bare) <= DASHES:
        return text
    return f"'{text}"
