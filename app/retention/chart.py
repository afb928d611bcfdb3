"""Columns by month as a drawing: sizes only, for an inline SVG without a style. No query, no request."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

STEPS: Final = (1, 2, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One column: where it stands, how high it is, and its words."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    number: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A column chart in a box of `width` by `height`, with its base line at `base`."""

    width: int
    height: int
    base: float
    bars: Sequence[Bar]
    lines: Sequence[tuple[float, str]]  # height of a rule, and its number


def top_of(most: int) -> tuple[int, int]:
    """The axis from 0: its top, and the distance of its rules (4 or 5 of them, whole and round)."""
    size = 1
    while True:
        for step in STEPS:
            if step * size * 4 >= most:
                return step * size * 4, step * size
        size *= 10


def columns(numbers: Sequence[int], labels: Sequence[str], *, width: int, height: int, share: float) -> Chart:
    """A column for each number, labelled directly; an empty label is left out.

    Args:
        numbers: what is counted, from 0.
        labels: under the columns, one for each.
        width: of the box.
        height: of the box.
        share: of its place that a column fills.
    """
    left, above, below = 34, 16, 34
    base = float(height - below)
    top, step = top_of(max([*numbers, 1]))
    room, place = base - above, (width - left) / max(len(numbers), 1)
    bars = []
    for at, (number, label) in enumerate(zip(numbers, labels, strict=True)):
        tall = room * number / top
        x = left + place * at + place * (1 - share) / 2
        bars.append(
            Bar(
                x=round(x, 1),
                y=round(base - tall, 1),
                width=round(place * share, 1),
                height=round(tall, 1),
                middle=round(left + place * (at + 0.5), 1),
                number=f"{number:,}",
                label=label,
            )
        )
    lines = [(round(base - room * each / top, 1), f"{each:,}") for each in range(0, top + 1, step)]
    return Chart(width=width, height=height, base=base, bars=bars, lines=lines)
