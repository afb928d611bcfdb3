"""Made-up values of every kind of page, and the forms that stand on them."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from flask import flash
from flask_wtf import FlaskForm
from wtforms import Form

from app.fabext import pages
from tests.look.forms import FileForm, SampleForm, SignInForm

SCHOOLS = (
    "Ashby Lane Primary School|Bramley Road Primary School|Larkfield Academy|Meadowbank College|"
    "St Oswin’s CofE Primary School|Stonecross High School"
).split("|")


def link(label: str, href: str = "/somewhere") -> pages.Link:
    return pages.Link(label=label, href=href)


def school_row(number: int) -> pages.Row:
    name = SCHOOLS[number % len(SCHOOLS)]
    return pages.Row(
        heading=f"{name} {number + 1}",
        href=f"/schools/{900200 + number}",
        sub=f"URN {900200 + number}",
        cells=(
            pages.Cell(text="Harrowbeck", sub=f"HB4 {number % 9 + 1}QQ"),
            pages.Cell(text="Academy converter", sub="ages 3 to 11"),
            pages.Cell(text="" if number % 4 else "Shazia Qureshi"),
            pages.Cell(
                tag=pages.Tag(label="Open", colour="green")
                if number % 5
                else pages.Tag(label="Closed", colour="orange")
            ),
        ),
    )


def columns() -> tuple[pages.Column, ...]:
    return (
        pages.Column(label="Name", sort_href="?sort=-name", sorted="ascending"),
        pages.Column(label="Town", sort_href="?sort=town"),
        pages.Column(label="Kind"),
        pages.Column(label="Contact"),
        pages.Column(label="Status"),
    )


def list_page(rows: int = 25) -> dict[str, Any]:
    groups = (
        pages.FilterGroup(
            name="status",
            legend="Status",
            choices=(
                pages.Choice(value="open", label="Open", checked=True),
                pages.Choice(value="closing", label="Open, but proposed to close"),
                pages.Choice(value="closed", label="Closed"),
            ),
        ),
        pages.FilterGroup(
            name="phase",
            legend="Phase",
            choices=(
                pages.Choice(value="p", label="Primary"),
                pages.Choice(value="s", label="Secondary", checked=True),
            ),
        ),
    )
    return {
        "page": pages.ListPage(
            title="Schools",
            caption="Schools that match the filters",
            how_many="4,299 schools" if rows else "0 schools",
            columns=columns(),
            rows=[school_row(number) for number in range(rows)],
            empty=pages.Empty(
                heading="No school matches these 2 filters",
                text="Take a filter away, or look for part of the name.",
                link=link("Clear all"),
            ),
            primary=link("Import schools", "/schools/import"),
            links=(link("CSV"), link("Excel")),
            filters=groups,
            find=pages.FindBox(
                action="/schools/find",
                label="Find a school",
                hint="Name, town, postcode or URN",
                term="larkfield",
            ),
            chips=(link("Open", "?phase=s"), link("Secondary", "?status=open")),
            clear_href="?",
            keep=(("status", "open"), ("phase", "s"), ("sort", "name")),
            showing="Showing 26 to 50 of 4,299",
            previous_href="?after=b",
            next_href="?after=a",
        )
    }


def record_page() -> dict[str, Any]:
    facts = [
        pages.Fact(label="Address", text="4 Bramley Road, Harrowbeck, HB4 7QQ"),
        pages.Fact(label="Telephone", text="01632 960 112"),
        pages.Fact(label="Headteacher", text="Shazia Qureshi"),
        pages.Fact(
            label="Website", text="www.bramleyroad.harrowbeck.example/a/long/address/that/has/no/space/in/it"
        ),
    ]
    contact = [
        pages.Fact(label="Contact", text="Janet Okoro", change=link("Change", "/schools/900214/contact")),
        pages.Fact(label="Note", text="", change=link("Add", "/schools/900214/contact")),
    ]
    return {
        "page": pages.RecordPage(
            title="Bramley Road Primary School",
            crumbs=(link("Schools", "/schools/"),),
            tags=(pages.Tag(label="Open", colour="green"),),
            facts=(
                pages.Fact(label="URN", text="900214"),
                pages.Fact(label="Kind", text="Community school"),
                pages.Fact(label="Town", text="Harrowbeck"),
            ),
            primary=link("Change contact", "/schools/900214/contact"),
            more=(link("See its history"), link("Download as PDF")),
            buttons=(
                pages.Button(label="Mark as seen", action="/schools/900214/seen"),
                pages.Button(
                    label="Delete the contact", action="/schools/900214/contact/delete", warning=True
                ),
            ),
            sections=(
                (link("Overview", "#"), True),
                (link("People", "#"), False),
                (link("History", "#"), False),
            ),
            groups=(
                pages.Group(
                    heading="What the Department for Education publishes",
                    facts=facts,
                    note="Read on 30 November 2026",
                ),
                pages.Group(heading="What we hold", facts=contact, links=(link("Change all"),)),
                pages.Group(
                    heading="Schools of the same trust",
                    columns=columns(),
                    rows=[school_row(1), school_row(2)],
                ),
                pages.Group(
                    heading="Agreement", empty="No agreement yet. It is made when the first ECT starts."
                ),
            ),
            side=(
                pages.Group(heading="People", facts=facts[2:3], links=(link("Invite someone"),)),
                pages.Group(heading="Next", empty="Nothing is due."),
            ),
        )
    }


def sample_form(*, filled: bool = True) -> SampleForm:
    form = SampleForm(
        data={
            "contact_name": "Janet Okoro" if filled else "",
            "starts_on": date(2026, 9, 1),
            "way": "e",
            "note": "Rings back after 3pm",
        }
    )
    form.school.remote = {
        "results": [],
        "chosen": ("7", "Bramley Road Primary School, Harrowbeck"),
        "look_up": "/look-up",
        "words": "Bramley Road Primary School, Harrowbeck",
        "searched": False,
    }
    return form


def refused(form: Form, **messages: str) -> Any:
    for name, message in messages.items():
        form[name].errors = [message]
    return form


def form_page(form: FlaskForm, **more: Any) -> dict[str, Any]:
    facts = [pages.Fact(label="URN", text="900214"), pages.Fact(label="Headteacher", text="Shazia Qureshi")]
    given = {
        "title": "Change the contact",
        "caption": "Bramley Road Primary School",
        "intro": "The people at the school see this.",
        "form": form,
        "submit": "Save",
        "cancel_href": "/schools/900214",
        "groups": (
            pages.FieldGroup(fields=("school",)),
            pages.FieldGroup(
                legend="Contact",
                intro="Who answers for induction.",
                fields=("contact_name", "contact_email", "starts_on"),
            ),
            pages.FieldGroup(fields=("area", "way", "agreed", "note")),
        ),
        "crumbs": (link("Schools", "/schools/"), link("Bramley Road Primary School")),
        "facts": facts,
    }
    return {"page": pages.FormPage(**(given | more))}


def plain_form() -> dict[str, Any]:
    return form_page(sample_form())


def refused_form() -> dict[str, Any]:
    form = refused(
        sample_form(filled=False),
        school="Choose a school",
        contact_name="Enter the name of the contact",
        contact_email="Email address must have an @ and a domain, such as name@school.example",
        starts_on="First day must be a real date. April has 30 days",
        area="Choose an area",
        way="Say how to reach them",
        agreed="Say that the headteacher knows",
        note="Note must be 4,000 characters or fewer. It has 4,312",
    )
    form.school.remote["words"] = "lark"
    form.school.remote["results"] = [
        ("7", "Larkfield Academy, Harrowbeck"),
        ("9", "Larkfield Infants, Ashby"),
    ]
    return form_page(form, problems=("This school closed on 31 August 2026",))


def clashing_form() -> dict[str, Any]:
    clashes = (
        pages.Clash(label="Name of the contact", theirs="Paul Hart", yours="Janet Okoro"),
        pages.Clash(label="Note", theirs="", yours="Rings back after 3pm"),
    )
    return form_page(
        sample_form(),
        clashes=clashes,
        who_saved="Ruth Lane saved this at 9:14am, after you opened it. Choose which values to keep",
    )


def today_page() -> dict[str, Any]:
    panels = (
        pages.Group(
            heading="Latest imports", columns=columns(), rows=[school_row(3)], links=(link("All imports"),)
        ),
        pages.Group(heading="Coming up", facts=(pages.Fact(label="Fri 18 Dec", text="Term ends"),)),
        pages.Group(heading="Since Friday 20 November", empty="Nothing has happened."),
    )
    tiles = [
        ("4,299", "schools", "/schools/", "3 are new since Friday", False),
        ("9", "schools closed", "/schools/?status=closed", "2 with open inductions", True),
        ("0", "people invited", "/people/", "", False),
    ]
    page = {
        "title": "Today",
        "day": "Wednesday 25 November 2026, autumn term",
        "tiles": tiles,
        "panels": panels,
        "intro": "",
    }
    return {"page": SimpleNamespace(**page)}


def error_page() -> dict[str, Any]:
    return {
        "code": 404,
        "heading": "We cannot find this page",
        "paragraphs": ["Check the address, or look for the school by name."],
        "links": [link("Today", "/")],
    }


def too_old_page() -> dict[str, Any]:
    return {
        "code": 400,
        "heading": "This page was open for too long",
        "paragraphs": ["Your text is kept. Continue, and it is sent."],
        "links": [],
        "action": "/schools/900214/contact",
        "fields": [("note", 'Says "hello" & <more>'), ("csrf_token", "old")],
    }


def me_page() -> dict[str, Any]:
    hats = [
        ("1", "AB officer, Harrowbeck Teaching School Hub", True),
        ("2", "Induction tutor, Larkfield Academy", False),
    ]
    return {"hats": hats, "password_href": "/me/password"}


def sign_in_page() -> dict[str, Any]:
    return {"form": SignInForm()}


def sign_in_refused() -> dict[str, Any]:
    flash("Made-up words for a refusal.", "warning")
    return {"form": refused(SignInForm(), username="Username or password is not right")}


def import_new() -> dict[str, Any]:
    form = refused(FileForm(), file="Choose a file")
    return form_page(
        form,
        title="Import schools",
        caption="",
        intro="Choose the file that the Department for Education publishes.",
        groups=(pages.FieldGroup(fields=("file",)),),
        submit="Read the file",
        multipart=True,
        facts=(),
    )


def import_page(state: str) -> dict[str, Any]:
    shown = state in {"read", "done"}
    page = {
        "title": "edubasealldata20261130.csv",
        "crumbs": (link("Schools", "/schools/"), link("Import schools", "/schools/import")),
        "state": state,
        "read_words": "51,204 rows read in 14 s",
        "here": "/schools/import/ab12cd34",
        "counts": [
            ("12", "new", "#new", ""),
            ("431", "changed", "#changed", ""),
            ("9", "closed", "#closed", "of these 2 with open inductions"),
            ("50,748", "unchanged", "", ""),
            ("4", "refused", "#refused", ""),
        ]
        if shown
        else [],
        "changed": [
            (
                link("900214 Bramley Road Primary School"),
                [("Postcode", "HB4 7QQ", "HB4 7QP"), ("Telephone", "", "01632 960 112")],
            )
        ]
        if shown
        else [],
        "changed_more": "and 430 more",
        "listed": [pages.Group(heading="New", columns=columns(), rows=[school_row(5)])] if shown else [],
        "refused": [
            ("3,118", "90O214", "URN must be 5 or 6 digits"),
            ("4,001", "", "The line has 12 cells, not 135"),
        ]
        if shown
        else [],
        "refused_more": "",
        "kept": "Kept as typed by you: 61 contacts, 14 notes" if shown else "",
        "apply_words": "Apply 452 changes",
        "apply_action": "/schools/import/ab12cd34/apply",
        "drop_action": "/schools/import/ab12cd34/drop",
        "done": 361,
        "total": 452,
        "progress_words": "361 of 452",
        "finished": "452 changes at 9:42am by Ruth Lane, AB officer.",
        "failure": "This file is saved as UTF-16. Save it as “CSV UTF-8” and choose it again",
    }
    return {"page": SimpleNamespace(**page)}
