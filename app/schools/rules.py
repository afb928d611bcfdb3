"""What a school's facts are, how two sets of them differ, and how people find a school.

Pure: no database, request or clock.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from flask_babel import lazy_gettext as _

WORD_LENGTH: Final = 60  # characters of a word that count in a search
TERMS: Final = 10  # words of a search that count
SORT_LENGTH: Final = 200
# DfE's own register of early career teachers leaves out whatever closed before this day.
CLOSURES_FROM: Final = date(2020, 1, 1)

NOT_IN_ENGLAND_CODES: Final = frozenset({"25", "26", "30", "37"})
NOT_IN_ENGLAND: Final = frozenset(
    {"british schools overseas", "offshore schools", "service childrens education", "welsh establishment"}
)


class SchoolStatus(StrEnum):
    """Status of an establishment in GIAS, by its four published codes."""

    OPEN = "open"
    CLOSED = "closed"
    PROPOSED_TO_CLOSE = "proposed_to_close"
    PROPOSED_TO_OPEN = "proposed_to_open"


STATUS_IN_WORDS: Final = MappingProxyType(
    {
        SchoolStatus.OPEN: _("Open"),
        SchoolStatus.CLOSED: _("Closed"),
        SchoolStatus.PROPOSED_TO_CLOSE: _("Proposed to close"),
        SchoolStatus.PROPOSED_TO_OPEN: _("Proposed to open"),
    }
)


class Verdict(StrEnum):
    """What a line of the file would do to the schools held here."""

    NEW = "new"
    CHANGED = "changed"
    CLOSED = "closed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    REFUSED = "refused"


FactValue = str | int | date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolFacts:
    """What GIAS publishes about one establishment. A blank cell is an empty text or None.

    `given` names the facts whose column the file has: a narrow file says nothing about the others.
    """

    urn: int
    name: str
    status: SchoolStatus
    type_code: str = ""
    type_name: str = ""
    type_group: str = ""
    phase: str = ""
    la_code: str = ""
    la_name: str = ""
    establishment_number: str = ""
    street: str = ""
    locality: str = ""
    address3: str = ""
    town: str = ""
    county: str = ""
    postcode: str = ""
    telephone: str = ""
    website: str = ""
    opened_on: date | None = None
    closed_on: date | None = None
    low_age: int | None = None
    high_age: int | None = None
    gender: str = ""
    trust_code: str = ""
    trust_name: str = ""
    ukprn: str = ""
    district: str = ""
    region: str = ""
    section_41: str = ""
    given: frozenset[str] = field(default=frozenset())

    @property
    def values(self) -> dict[str, FactValue]:
        """The given facts by name, without the URN."""
        return {name: getattr(self, name) for name in FACTS if name in self.given}


FACTS: Final = tuple(each.name for each in fields(SchoolFacts) if each.name not in ("urn", "given"))
DATES: Final = frozenset({"opened_on", "closed_on"})

IN_WORDS: Final = MappingProxyType(
    {
        "name": _("Name"),
        "status": _("Status"),
        "type_code": _("Type (code)"),
        "type_name": _("Type"),
        "type_group": _("Group of types"),
        "phase": _("Phase"),
        "la_code": _("Local authority (code)"),
        "la_name": _("Local authority"),
        "establishment_number": _("Establishment number"),
        "street": _("Street"),
        "locality": _("Locality"),
        "address3": _("Third address line"),
        "town": _("Town"),
        "county": _("County"),
        "postcode": _("Postcode"),
        "telephone": _("Telephone"),
        "website": _("Website"),
        "opened_on": _("Opened"),
        "closed_on": _("Closed"),
        "low_age": _("Lowest age"),
        "high_age": _("Highest age"),
        "gender": _("Gender of pupils"),
        "trust_code": _("Trust (code)"),
        "trust_name": _("Trust"),
        "ukprn": _("UKPRN"),
        "district": _("District"),
        "region": _("Region"),
        "section_41": _("Section 41 approval"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One fact that differs: `was` is held here, `now` stands in the file."""

    fact: str
    was: FactValue
    now: FactValue


def difference(known: Mapping[str, FactValue], facts: SchoolFacts) -> tuple[Change, ...]:
    """The given facts in which `facts` differs from what is held, in the order of the record."""
    return tuple(
        Change(fact=name, was=known[name], now=now)
        for name, now in facts.values.items()
        if known[name] != now
    )


def judged(known: Mapping[str, FactValue] | None, facts: SchoolFacts) -> Verdict:
    """What applying `facts` would do; `known` is None where the URN is not held.

    A school that closed before 2020 is skipped unless it is held already: then it is told of its closing.
    """
    if known is None:
        long_closed = (
            facts.status is SchoolStatus.CLOSED
            and facts.closed_on is not None
            and facts.closed_on < CLOSURES_FROM
        )
        return Verdict.SKIPPED if long_closed else Verdict.NEW
    changed = {change.fact for change in difference(known, facts)}
    if not changed:
        return Verdict.UNCHANGED
    return Verdict.CLOSED if "status" in changed and facts.status is SchoolStatus.CLOSED else Verdict.CHANGED


def plain(value: FactValue) -> str | int | None:
    """`value` as JSON keeps it: dates in ISO 8601, a status by its value."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def from_plain(name: str, value: str | int | None) -> FactValue:
    """The fact `name` out of what `plain` made."""
    if name in DATES and isinstance(value, str):
        return date.fromisoformat(value)
    return SchoolStatus(str(value)) if name == "status" else value


def in_england(type_code: str, type_name: str) -> bool:
    """Whether schools of this type lie in England. The name decides; the code where there is no name."""
    if type_name:
        return folded(type_name) not in NOT_IN_ENGLAND
    return type_code not in NOT_IN_ENGLAND_CODES


# --- Finding a school ---

APOSTROPHES = re.compile("['\u2018\u2019\u201b\u02bc\u02b9\u02bb\u2032\u00b4`\uff07]")
INITIALS = re.compile(r"(?<=\b[^\W\d_])\.(?=[^\W\d_]\b)")  # C.E. is CE
ALONE = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"}
)
ALIKE: Final = MappingProxyType({"saint": "st", "saints": "sts"})


def unaccented(text: str) -> str:
    """`text` in small letters without accents."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).translate(ALONE)


def folded(text: str) -> str:
    """`text` as it is compared and sorted: small letters, digits and single spaces.

    Accents, apostrophes and punctuation are gone; "Saint" and "St." read "st", "&" reads "and".
    """
    small = unaccented(APOSTROPHES.sub("", text)).replace("&", " and ")
    kept = "".join(sign if sign.isalnum() else " " for sign in INITIALS.sub("", small))
    return " ".join(ALIKE.get(word, word) for word in kept.split())


def sort_name(name: str) -> str:
    """What a school is sorted by; never None, at most 200 characters."""
    return folded(name)[:SORT_LENGTH]


POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?) ?([0-9][A-Z]{2})")
OUTWARD = re.compile(r"[a-z]{1,2}[0-9][a-z0-9]?")
INWARD = re.compile(r"[0-9][a-z]{0,2}")
DFE_NUMBER = re.compile(r"(?<!\d)(\d{3})\s*/\s*(\d{4})(?!\d)")


def normal_postcode(text: str) -> str:
    """`text` in capitals with the one space of a postcode: `hb47qq` is `HB4 7QQ`. Others stay as they are."""
    tight = re.sub(r"\s+", "", text).upper()
    whole = POSTCODE.fullmatch(tight)
    return f"{whole[1]} {whole[2]}" if whole else " ".join(text.upper().split())


def words_of(school: SchoolFacts) -> frozenset[str]:
    """The words under which a search finds `school`: of name, town and LA, postcode, URN, DfE number."""
    words = set(folded(f"{school.name} {school.town} {school.la_name}").split())
    # Somebody who has typed "Sain" so far must not lose the St's.
    words |= {full for full, short in ALIKE.items() if short in words}
    words |= {str(school.urn), folded(school.postcode).replace(" ", "")}
    if school.la_code and school.establishment_number:
        words.add(school.la_code + school.establishment_number)
    return frozenset(word[:WORD_LENGTH] for word in words if word)


def search_terms(text: str) -> tuple[str, ...]:
    """The words that must each begin a word of a school, as typed into a find box.

    A URN or a DfE number (LA number / establishment number) is one term, so is a postcode or its first part.
    """
    terms: list[str] = []
    for word in folded(DFE_NUMBER.sub(r"\1\2", text)).split():
        if terms and OUTWARD.fullmatch(terms[-1]) and INWARD.fullmatch(word):
            terms[-1] += word
        else:
            terms.append(word)
    return tuple(dict.fromkeys(term[:WORD_LENGTH] for term in terms))[:TERMS]


def after_all_words_with(beginning: str) -> str:
    """The least text that is greater than every word that begins with `beginning`, by code points."""
    return beginning[:-1] + chr(ord(beginning[-1]) + 1)


def mark(kind: str, value: str) -> str:
    """A closed choice as it stands among the words of a school; no typed word can begin so."""
    return f"={kind}:{value}"[:WORD_LENGTH]


def marks_of(school: SchoolFacts) -> frozenset[str]:
    """The closed choices that `school` answers to, beside its words."""
    return frozenset(
        {
            mark("status", school.status),
            mark("phase", folded(school.phase)),
            mark("la", school.la_code),
            mark("type", folded(school.type_group)),
            mark("region", folded(school.region)),
        }
    )


def web_address(text: str) -> str:
    """`text` as an address that may be linked to; empty where it is none of http or https."""
    bare = text.strip()
    if not bare or re.search(r"\s", bare):
        return ""
    whole = bare if "://" in bare else f"https://{bare}"
    return whole if re.fullmatch(r"https?://[^/@:]+\.[^/@:]+(:\d+)?(/.*)?", whole, re.IGNORECASE) else ""
