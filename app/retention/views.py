"""The retention report on screen: who falls due for deletion, when, under which rule. It lists; it deletes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from flask import current_app, stream_with_context
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.access.principal import Principal
from app.access.scope import open_for
from app.access.sessions import principal
from app.ects.models import ECT
from app.extensions import now, today
from app.fabext.doors import expose, permitted
from app.fabext.lists import Asked, ClosedFilter, Cut, asked, counted, cut
from app.fabext.pages import Cell, Column, Empty, Row, Tag
from app.fabext.views import Answer, BaseView
from app.induction.models import InductionPeriod
from app.retention import queries, service
from app.retention.chart import Chart, columns
from app.retention.queries import Figures, Person
from app.retention.rules import STATUS_IN_WORDS, Month, Status, months_ahead
from app.retention.table import in_csv, rule_in_words, trigger_in_words
from app.terms.on_screen import LONDON, MONTHS, WEEKDAYS, clock, on_screen

PAGE = "retention/report.html"
# screens.md 1.5, row "Retention".
COLOURS: Final = MappingProxyType(
    {
        Status.OVERDUE: "red",
        Status.DUE: "blue",
        Status.SOON: "yellow",
        Status.UNKNOWN: "orange",
        Status.NOT_DUE: "grey",
    }
)
FIGURES: Final = MappingProxyType(
    {
        Status.OVERDUE: lazy_gettext("overdue"),
        Status.DUE: lazy_gettext("due now"),
        Status.SOON: lazy_gettext("due in 90 days"),
        Status.UNKNOWN: lazy_gettext("trigger unknown"),
        Status.NOT_DUE: lazy_gettext("not due yet"),
    }
)
HEADINGS: Final = MappingProxyType(
    {
        Status.OVERDUE: lazy_gettext("Overdue"),
        Status.DUE: lazy_gettext("Due now"),
        Status.SOON: lazy_gettext("Due in 90 days"),
        Status.UNKNOWN: lazy_gettext("Trigger unknown"),
        Status.NOT_DUE: lazy_gettext("Not due yet"),
    }
)
# The criteria stand in `queries`: here are only the choices that an address may hold.
CHOICES: Final = {
    "status": ClosedFilter(
        legend=lazy_gettext("Status"),
        choices={each.value: (STATUS_IN_WORDS[each], ECT.id.is_not(None)) for each in Status},
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number across the top, a link to the people whom it counts."""

    number: str
    label: str
    href: str
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    """What the template draws."""

    title: str
    position: str
    figures: Sequence[Figure]
    chart_says: str
    wide: Chart
    tall: Chart
    months: Sequence[tuple[str, str]]
    heading: str
    order: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    empty: Empty
    showing: str
    previous_href: str
    next_href: str
    crumbs: Sequence[Any] = ()


class Numbers:
    """The figures of one request: kept for 30 seconds for this principal, worked out once where they are not."""

    def __init__(self, day: date) -> None:
        self.day = day

    @cached_property
    def fresh(self) -> Figures:
        """As the database has them now."""
        with service.reading() as session:
            return queries.figures(session, self.day)

    @cached_property
    def of(self) -> Mapping[Status, int]:
        """People of each status."""
        return {each: self.kept(each, lambda each=each: self.fresh.number[each]) for each in Status}

    @cached_property
    def months(self) -> list[tuple[Month, int]]:
        """People who fall due in each month to come."""
        months = months_ahead(self.day)
        return [
            (month, self.kept(at, lambda at=at: self.fresh.months[at][1])) for at, month in enumerate(months)
        ]

    def kept(self, what: object, count: Any) -> int:
        """One number."""
        return counted(count, ("retention", self.day, what))


class RetentionView(BaseView):
    """The report, and the report as a file."""

    route_base = "/retention"
    default_view = "list"
    base_permissions: Any = ["can_list", "can_csv"]

    @expose("/")
    @permitted
    def list(self) -> Answer:
        """Figures, what is to come, and the people of one status; pages by keyset."""
        return self.draw(PAGE, page=self.page())

    @expose("/report.csv", methods=["POST"])
    @permitted
    def csv(self) -> Response:
        """The whole report. A note is kept before its first line leaves; nothing is held whole."""
        day = today()
        service.note_that_it_was_taken(Numbers(day).fresh, "CSV")
        name = f"retention-report-{day:%Y%m%d}.csv"
        lines = stream_with_context(lines_of(day, principal()))
        return Response(
            lines,
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def page(self) -> ReportPage:
        """The values that the template draws."""
        day, numbers = today(), Numbers(today())
        question = asked(("ended_on", "sort_name"), "ended_on", CHOICES)
        status = status_of(question, numbers.of)
        found = people(question, status, day)
        number = numbers.of[status]
        here = Asked(
            sort="ended_on", descending=False, chosen=(("status", status.value),), rows=question.rows
        )
        moment = now().astimezone(LONDON)
        return ReportPage(
            title=_("Retention report"),
            position=_(
                "Position at %(time)s on %(weekday)s %(day)s.",
                time=clock(moment),
                weekday=_(WEEKDAYS[day.weekday()]),
                day=on_screen(day),
            ),
            figures=[figure(each, numbers.of[each], here=each is status) for each in Status],
            **drawn(numbers.months),
            heading=f"{HEADINGS[status]}: {how_many(number)}",
            order=_("Sorted by name.") if status is Status.UNKNOWN else _("Sorted by due date."),
            columns=columns_of(status),
            rows=[row(person, day) for person in found.rows],
            empty=Empty(heading=_("Nobody here"), text=EMPTY[status]),
            showing=showing(found, number),
            previous_href=found.previous
            and here.address("/retention/", before=found.previous, default_sort="ended_on"),
            next_href=found.next and here.address("/retention/", after=found.next, default_sort="ended_on"),
        )


EMPTY: Final = MappingProxyType(
    {
        Status.OVERDUE: lazy_gettext("No record has been due for more than 30 days."),
        Status.DUE: lazy_gettext("No record is due for deletion today."),
        Status.SOON: lazy_gettext("No record falls due in the next 90 days."),
        Status.UNKNOWN: lazy_gettext("Everybody whose induction has ended has a date to count from."),
        Status.NOT_DUE: lazy_gettext("Nobody has completed or left yet whose six years still run."),
    }
)


def lines_of(day: date, who: Principal) -> Iterator[str]:
    """The report as CSV, as `who` sees it. The request's session has ended when the first line is asked for."""
    open_for(who)
    with service.without_a_write_lock(), service.reading() as session:
        yield from in_csv(queries.everybody(session, day))


def status_of(question: Asked, numbers: Mapping[Status, int]) -> Status:
    """The status that was asked for; else the first that has anybody in it, the gravest first."""
    if question.chosen:
        return Status(question.chosen[0][1])
    return next((each for each in Status if numbers[each]), Status.DUE)


def people(question: Asked, status: Status, day: date) -> Cut:
    """One page of the people of a status."""
    unknown = status is Status.UNKNOWN
    order = Asked(
        sort="sort_name" if unknown else "ended_on",
        descending=False,
        chosen=(("status", status.value),),
        after=question.after,
        before=question.before,
        rows=question.rows,
    )

    def fetch(at: queries.Place, backwards: bool, limit: int) -> Sequence[Person]:
        with service.reading() as session:
            return queries.page(session, status, day, at, backwards=backwards, limit=limit)

    return cut(fetch, ECT if unknown else InductionPeriod, order, of=("retention", status))


def figure(status: Status, number: int, *, here: bool) -> Figure:
    """One number across the top."""
    label = str(FIGURES[status])
    return Figure(number=f"{number:,}", label=label, href=f"/retention/?status={status.value}", here=here)


def drawn(months: Sequence[tuple[Month, int]]) -> dict[str, Any]:
    """The chart in its two shapes, the sentence that says what to see, and the same as a table."""
    numbers = [number for _month, number in months]
    short = [_(MONTHS[month.month - 1])[:3] for month, _number in months]
    long = [f"{name} {month.year}" for name, (month, _number) in zip(short, months, strict=True)]
    fewer = [name if at % 2 == 0 else "" for at, name in enumerate(short)]
    return {
        "chart_says": what_to_see(months),
        "wide": columns(numbers, long, width=1120, height=230, share=0.64),
        "tall": columns(numbers, fewer, width=345, height=220, share=0.64),
        "months": [(name, f"{number:,}") for name, number in zip(long, numbers, strict=True)],
    }


def what_to_see(months: Sequence[tuple[Month, int]]) -> str:
    """The sentence under the heading of the chart."""
    month, most = max(months, key=lambda each: each[1])
    if not most:
        return _("Nobody falls due in the next twelve months.")
    when = f"{_(MONTHS[month.month - 1])} {month.year}"
    return _("Most fall due in %(month)s: %(people)s.", month=when, people=how_many(most))


def how_many(number: int) -> str:
    """14 people."""
    return ngettext("%(num)s person", "%(num)s people", number) % {"num": f"{number:,}"}


def columns_of(status: Status) -> list[Column]:
    """The headings of the list."""
    if status is Status.UNKNOWN:
        return [Column(label=_("Person")), Column(label=_("What is missing")), Column(label=_("Status"))]
    return [
        Column(label=_("Person")),
        Column(label=_("What started the clock")),
        Column(label=_("Due"), sorted="ascending"),
        Column(label=_("Rule")),
        Column(label=_("Status")),
    ]


def row(person: Person, day: date) -> Row:
    """One person. Only who may open records gets a link to one."""
    sm = current_app.appbuilder.sm  # type: ignore[attr-defined]
    opens = sm.has_access("can_show", "ECTView")
    tag = Cell(tag=Tag(label=str(STATUS_IN_WORDS[person.status]), colour=COLOURS[person.status]))
    if person.due_on is None or person.ended_on is None:
        cells = [Cell(text=_("The last day of induction"), sub=_("No date, no deletion")), tag]
    else:
        cells = [
            Cell(text=trigger_in_words(person), sub=on_screen(person.ended_on)),
            Cell(
                text=Markup("<b>{}</b>").format(short_day(person.due_on)), sub=from_today(person.due_on, day)
            ),
            Cell(text=rule_in_words(person)),
            tag,
        ]
    return Row(
        heading=person.name if opens else Markup("<b>{}</b>").format(person.name),
        sub=_("TRN %(trn)s", trn=person.trn) if person.trn else _("no TRN"),
        href=f"/ects/{person.uid}" if opens else "",
        cells=cells,
    )


def short_day(day: date) -> str:
    """Thu 12 Nov 2026."""
    return f"{_(WEEKDAYS[day.weekday()])[:3]} {day.day} {_(MONTHS[day.month - 1])[:3]} {day.year}"


def from_today(day: date, here: date) -> str:
    """18 days ago, today, in 47 days."""
    days = (day - here).days
    if days == 0:
        return _("today")
    if days < 0:
        return ngettext("%(num)s day ago", "%(num)s days ago", -days) % {"num": f"{-days:,}"}
    return ngettext("in %(num)s day", "in %(num)s days", days) % {"num": f"{days:,}"}


def showing(found: Cut, number: int) -> str:
    """Where in the list this page lies."""
    if not found.rows:
        return ""
    last = found.first + len(found.rows)
    return _(
        "Showing %(first)s to %(last)s of %(of)s",
        first=f"{found.first + 1:,}",
        last=f"{last:,}",
        of=f"{number:,}",
    )
