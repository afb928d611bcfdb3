"""A made-up GIAS file of any size, in the real layout: for the demonstration, tests and measurements.

No school, town or local authority in it exists. URNs run from 900000; telephone numbers are those kept for
drama (01632 960xxx); websites end in .example. One seed gives the same bytes each time.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import BinaryIO, Final

from app.schools.rules import folded

COLUMNS: Final = tuple((Path(__file__).parent / "gias_columns.txt").read_text(encoding="ascii").splitlines())
FIRST_URN: Final = 900_000
MOST: Final = 100_000

Row = dict[str, str | int]

# Town, county, postcode area, LA code and name, region.
TOWNS: Final = (
    ("Harrowbeck", "Larkshire", "HB4", "990", "Larkshire", "North East"),
    ("Mossby", "Larkshire", "HB7", "990", "Larkshire", "North East"),
    ("Upper Thornley", "Larkshire", "HB12", "990", "Larkshire", "North East"),
    ("Saint Osyn", "Penmarrow", "QX1", "991", "Penmarrow", "South West"),
    ("Combe Wyll", "Penmarrow", "QX3", "991", "Penmarrow", "South West"),
    ("Quillford", "", "JZ2", "992", "Quillford", "West Midlands"),
    ("Brennick-on-Sea", "Easterness", "VZ5", "993", "Easterness", "East of England"),
    ("Tolland", "Easterness", "VZ9", "993", "Easterness", "East of England"),
    ("Wexcastle", "", "JQ1", "994", "Wexcastle", "Yorkshire and the Humber"),
    ("King's Hadley", "Oakshire", "ZX8", "995", "Oakshire", "South East"),
    ("Fennick", "Oakshire", "ZX2", "995", "Oakshire", "South East"),
    ("Ashmoor", "Northmarch", "QJ6", "996", "Northmarch", "North West"),
    ("Dunsop Vale", "Northmarch", "QJ11", "996", "Northmarch", "North West"),
    ("Easter Quay", "", "VQ1", "997", "Easter Quay", "London"),
    ("Marlow Hythe", "", "VQ4", "997", "Easter Quay", "London"),
)
PLACES: Final = (
    *(
        "Bramley Road",
        "Oakwood",
        "Larkfield",
        "Mill Lane",
        "The Meadows",
        "Riverside",
        "Hollybank",
        "Beech Hill",
    ),
    *(
        "Castle View",
        "Northgate",
        "Highfield",
        "Orchard",
        "Fairfield",
        "Station Road",
        "Elm Grove",
        "Westbrook",
    ),
    *(
        "Chestnut Walk",
        "Abbey",
        "Broadmead",
        "Millbrook",
        "Quarry Bank",
        "Sandhill",
        "Kestrel Rise",
        "Winterbourne",
    ),
)
SAINTS: Final = (
    "St Mary's",
    "St. John's",
    "Saint Anne's",
    "St Cuthbert\u2019s",
    "All Saints\u2019",
    "St Zoë's",
)
STREETS: Final = ("Bramley Road", "Church Lane", "School Hill", "Mill Lane", "Station Road", "Queen's Drive")
# Phase with code, ages, and the last words of the name.
PHASES: Final = (
    ("2", "Primary", 4, 11, "Primary School"),
    ("2", "Primary", 3, 11, "Infant and Junior School"),
    ("2", "Primary", 5, 11, "C of E Primary School"),
    ("4", "Secondary", 11, 16, "High School"),
    ("4", "Secondary", 11, 18, "School"),
    ("1", "Nursery", 2, 5, "Nursery School"),
    ("7", "All-through", 3, 18, "School"),
    ("0", "Not applicable", 5, 16, "School for Girls, Boys and Others"),
)
# Type with code, and its group with code.
TYPES: Final = (
    ("01", "Community school", "4", "Local authority maintained schools"),
    ("02", "Voluntary aided school", "4", "Local authority maintained schools"),
    ("05", "Foundation school", "4", "Local authority maintained schools"),
    ("34", "Academy converter", "10", "Academies"),
    ("28", "Academy sponsor led", "10", "Academies"),
    ("35", "Free schools", "11", "Free Schools"),
    ("11", "Other independent school", "3", "Independent schools"),
    ("07", "Community special school", "5", "Special schools"),
)
TRUSTS: Final = (
    ("19001", "Larkshire Learning Trust"),
    ("19002", "The King's Hadley Partnership"),
    ("19003", "Trust of St. Osyn, Penmarrow"),
    ("19004", "Northmarch Schools\u2019 Trust"),
)
# Schools that the demonstration and the drawn pages speak of, by place in the file.
KNOWN: Final[dict[int, Row]] = {
    214: {
        "EstablishmentName": "Bramley Road Primary School",
        "Postcode": "HB4 7QQ",
        "PhaseOfEducation (code)": "2",
        "PhaseOfEducation (name)": "Primary",
        "StatutoryLowAge": 4,
        "StatutoryHighAge": 11,
    },
    101: {
        "EstablishmentName": "Larkfield Academy",
        "Postcode": "HB7 2LF",
        "PhaseOfEducation (code)": "4",
        "PhaseOfEducation (name)": "Secondary",
        "StatutoryLowAge": 11,
        "StatutoryHighAge": 18,
        "TypeOfEstablishment (code)": "34",
        "TypeOfEstablishment (name)": "Academy converter",
        "EstablishmentTypeGroup (code)": "10",
        "EstablishmentTypeGroup (name)": "Academies",
        "Trusts (code)": "19001",
        "Trusts (name)": "Larkshire Learning Trust",
    },
}
AT_HARROWBECK: Final[Row] = {
    "Town": "Harrowbeck",
    "County (name)": "Larkshire",
    "LA (code)": "990",
    "LA (name)": "Larkshire",
    "DistrictAdministrative (name)": "Larkshire",
    "GOR (name)": "North East",
}


def schools(count: int, *, seed: int = 1, edition: int = 1) -> Iterator[Row]:
    """`count` schools by URN, each a cell a column.

    A later `edition` is the same file some days on: a few schools closed, some moved, a few are new.

    Raises:
        ValueError: more than the URNs that are kept for made-up schools.
    """
    new = (edition - 1) * (count // 400 + 1)
    if count + new > MOST:
        raise ValueError(f"at most {MOST} made-up schools")
    for place in range(count + new):
        yield later(school(place, seed), place, edition)


def school(place: int, seed: int) -> Row:
    """The school at `place` of the file, counted from 0."""
    draw = Random(f"{seed}/{place}")  # noqa: S311 - nothing secret: the same file each time
    town, county, area, la_code, la_name, region = draw.choice(TOWNS)
    phase_code, phase, low, high, ending = draw.choice(PHASES)
    name = f"{draw.choice(SAINTS if place % 4 == 3 else PLACES)} {ending}"
    inward = f"{draw.randrange(1, 10)}{draw.choice('ABDEFGHJLN')}{draw.choice('PQRSTUWXYZ')}"
    row: Row = dict.fromkeys(COLUMNS, "")
    row |= {
        "URN": FIRST_URN + place,
        "LA (code)": la_code,
        "LA (name)": la_name,
        "EstablishmentNumber": f"{1000 + place % 9000:04}",
        "EstablishmentName": name,
        "EstablishmentStatus (code)": "1",
        "EstablishmentStatus (name)": "Open",
        "OpenDate": f"01-09-{draw.randrange(1950, 2020)}" if place % 3 else "",
        "PhaseOfEducation (code)": phase_code,
        # The old spelling still turns up beside the new one.
        "PhaseOfEducation (name)": "All through" if phase == "All-through" and place % 5 == 0 else phase,
        "StatutoryLowAge": low,
        "StatutoryHighAge": high,
        "Gender (code)": "3",
        "Gender (name)": "Mixed",
        "SchoolCapacity": draw.randrange(60, 1800),
        "UKPRN": 10_900_000 + place,
        "LastChangedDate": "01-11-2026",
        "Street": f"{draw.randrange(1, 90)} {draw.choice(STREETS)}" if place % 131 else "",
        "Town": town if place % 173 else "",
        "County (name)": county,
        "Postcode": f"{area} {inward}" if place % 97 != 3 else "",
        "SchoolWebsite": f"www.{folded(name).replace(' ', '')}{place}.example",
        "TelephoneNum": f"01632960{place % 1000:03}",
        "Section41Approved (name)": "Not applicable",
        "GOR (name)": region,
        "DistrictAdministrative (name)": la_name,
        "Country (name)": "",
    }
    known = AT_HARROWBECK | KNOWN[place] if place in KNOWN else {}
    return row | kind(draw) | end(place) | known


def kind(draw: Random) -> Row:
    """Type, group and trust of a school."""
    code, name, group_code, group = draw.choice(TYPES)
    trust_code, trust = draw.choice(TRUSTS) if group in ("Academies", "Free Schools") else ("", "")
    return {
        "TypeOfEstablishment (code)": code,
        "TypeOfEstablishment (name)": name,
        "EstablishmentTypeGroup (code)": group_code,
        "EstablishmentTypeGroup (name)": group,
        "Trusts (code)": trust_code,
        "Trusts (name)": trust,
    }


def end(place: int) -> Row:
    """One school in 60 is closed, long ago or lately; one in 40 is about to."""
    if place % 60 == 13:
        return closed("31-08-2012" if place % 120 == 13 else "31-08-2024")
    if place % 40 == 21:
        return {
            "EstablishmentStatus (code)": "3",
            "EstablishmentStatus (name)": "Open, but proposed to close",
        }
    return {}


def closed(day: str) -> Row:
    """The cells of a school that closed on `day` (DD-MM-YYYY)."""
    return {"EstablishmentStatus (code)": "2", "EstablishmentStatus (name)": "Closed", "CloseDate": day}


def later(row: Row, place: int, edition: int) -> Row:
    """The same school in a later edition of the file."""
    if edition == 1:
        return row
    if place % 400 == 11:
        return row | closed("31-10-2026")
    if place % 120 == 94:
        return row | {"Postcode": str(row["Postcode"])[:-1] + "P", "TelephoneNum": "01632960999"}
    return row


def write_file(target: BinaryIO, count: int, *, seed: int = 1, edition: int = 1) -> None:
    """The file as GIAS publishes it: cp1252, CRLF, texts in quotation marks, whole numbers bare."""
    text = io.TextIOWrapper(target, encoding="cp1252", newline="", write_through=False)
    text.write(",".join(quoted(column) for column in COLUMNS) + "\r\n")
    for row in schools(count, seed=seed, edition=edition):
        text.write(",".join(quoted(row[column]) for column in COLUMNS) + "\r\n")
    text.detach()


def quoted(cell: str | int) -> str:
    """One cell as GIAS writes it."""
    return str(cell) if isinstance(cell, int) else '"' + cell.replace('"', '""') + '"'


def content(count: int, *, seed: int = 1, edition: int = 1) -> bytes:
    """The whole file, for tests."""
    target = io.BytesIO()
    write_file(target, count, seed=seed, edition=edition)
    return target.getvalue()
