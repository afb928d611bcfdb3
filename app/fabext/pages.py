"""What a page is made of: plain values that the templates draw. No query, no request.

Views fill these; `templates/appbuilder/general/model/*.html` and `templates/parts/*.html` draw them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_wtf import FlaskForm
from markupsafe import Markup

Words = str | Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Words that lead somewhere."""

    label: Words
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A status as GOV.UK draws it, in one of its colours: grey, green, teal, blue, purple, red, orange, yellow."""

    label: Words
    colour: str = "grey"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a list. `sorted` is `ascending`, `descending` or empty; no `sort_href`, no link."""

    label: Words
    sort_href: str = ""
    sorted: str = ""
    numeric: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What stands under a column in one row: words, a smaller line under them, or a tag."""

    text: Words = ""
    sub: Words = ""
    tag: Tag | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record of a list. The first column is the heading and carries the link."""

    heading: Words
    href: str
    sub: Words = ""
    cells: Sequence[Cell] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One checkbox of a filter."""

    value: str
    label: Words
    checked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterGroup:
    """A closed set to filter by; `name` stands in the address (`?status=open&status=closed`)."""

    name: str
    legend: Words
    choices: Sequence[Choice]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindBox:
    """Free text to find rows by: posted, never in the address."""

    action: str
    label: Words
    hint: Words = ""
    term: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """What to say where nothing is: why, and the one thing to do."""

    heading: Words
    text: Words
    link: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """A list with filters, find box and pages. `how_many` is in words: 27 schools, 10,000+ schools.

    `keep` holds the closed choices now in the address, for hidden inputs of the find form and the sort.
    """

    title: Words
    caption: Words
    how_many: Words
    columns: Sequence[Column]
    rows: Sequence[Row]
    empty: Empty
    crumbs: Sequence[Link] = ()
    primary: Link | None = None
    links: Sequence[Link] = ()
    filters: Sequence[FilterGroup] = ()
    find: FindBox | None = None
    chips: Sequence[Link] = ()
    clear_href: str = ""
    keep: Sequence[tuple[str, str]] = ()
    showing: Words = ""
    previous_href: str = ""
    next_href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A named value of a record. `change` leads to where it can be changed."""

    label: Words
    text: Words
    change: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A change that is posted from a record page: `POST action` with the form's token and nothing else."""

    label: Words
    action: str
    warning: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A summary list under its own heading, or a table where `rows` are given."""

    heading: Words
    facts: Sequence[Fact] = ()
    columns: Sequence[Column] = ()
    rows: Sequence[Row] = ()
    empty: Words = ""
    links: Sequence[Link] = ()
    note: Words = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """One record: the band with name, tags and facts, then groups; `side` are the panels on the right."""

    title: Words
    crumbs: Sequence[Link] = ()
    tags: Sequence[Tag] = ()
    facts: Sequence[Fact] = ()
    primary: Link | None = None
    more: Sequence[Link] = ()
    buttons: Sequence[Button] = ()
    sections: Sequence[tuple[Link, bool]] = ()
    groups: Sequence[Group] = ()
    side: Sequence[Group] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A field that two people changed: what stands there now, and what was typed."""

    label: Words
    theirs: Words
    yours: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldGroup:
    """Fields of a form under one legend; no legend, no fieldset."""

    fields: Sequence[str]
    legend: Words = ""
    intro: Words = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """A form. On a refusal it is shown again with the input kept.

    `clashes` is filled when somebody else saved first: both values are shown, `who_saved` says who and when.
    `problems` are sentences that belong to no field.
    """

    title: Words
    form: FlaskForm
    submit: Words
    cancel_href: str
    groups: Sequence[FieldGroup]
    caption: Words = ""
    intro: Words = ""
    crumbs: Sequence[Link] = ()
    problems: Sequence[Words] = ()
    clashes: Sequence[Clash] = ()
    who_saved: Words = ""
    multipart: bool = False
    warning: bool = False
    facts: Sequence[Fact] = field(default=())
