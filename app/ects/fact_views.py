"""Forms on an ECT's facts: for the school where the ECT is now, and for AB officers."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.ects import service
from app.ects.facts import FACTS, ROWS
from app.ects.models import ECT
from app.ects.refusals import ChangedMeanwhile
from app.ects.words import pattern_in_words, shown
from app.fabext.doors import expose, permitted
from app.fabext.forms import Form
from app.fabext.pages import Clash, FieldGroup, FormPage, Link
from app.fabext.saving import Outcome, saved
from app.fabext.views import FORM, Answer, BaseView, show_again
from app.forms import ects as forms
from app.forms.parts import as_rows, rows_in, settled, values_of
from app.terms.stamp import stamp

FORMS: Final[Mapping[str, type[Any]]] = {
    "names": forms.NamesForm,
    "identity": forms.IdentityForm,
    "contact": forms.ContactForm,
    "qts": forms.QTSForm,
    "training": forms.TrainingForm,
    "employment": forms.EmploymentForm,
}
TITLES: Final[Mapping[str, Any]] = {
    "names": lazy_gettext("Change the name"),
    "identity": lazy_gettext("Correct TRN or date of birth"),
    "contact": lazy_gettext("Change the contact"),
    "qts": lazy_gettext("Change QTS"),
    "training": lazy_gettext("Change the training"),
    "employment": lazy_gettext("Change the post and contract"),
    "qualifications": lazy_gettext("Change the qualifications"),
    "earlier": lazy_gettext("Change the earlier induction"),
    "previous-names": lazy_gettext("Change the previous names"),
}
ROW_LEGENDS: Final[Mapping[str, Any]] = {
    "qualifications": lazy_gettext("Qualification"),
    "earlier": lazy_gettext("Earlier school"),
    "previous-names": lazy_gettext("Previous name"),
}
BY_CONSTRAINT: Final = {
    name: ("trn", lazy_gettext("Somebody already has this TRN. Open the record, or correct the number"))
    for name in ("uq_ect_identity_trn", "ect_identity.trn")
}
EMPTY_ROWS = 2


class ECTFactsView(BaseView):
    """One form for each group of facts. Two people who change one group are both told (S7)."""

    route_base = "/ects"
    default_view = "names"
    NAMES = (*FACTS, *ROWS)
    base_permissions: Any = [f"can_{name.replace('-', '_')}" for name in (*FACTS, *ROWS)]

    @expose("/<key>/names", methods=["GET", "POST"])
    @permitted
    def names(self, key: str) -> Answer:
        """The name; the one before is kept."""
        return self.fact(key, "names")

    @expose("/<key>/identity", methods=["GET", "POST"])
    @permitted
    def identity(self, key: str) -> Answer:
        """TRN and date of birth."""
        return self.fact(key, "identity")

    @expose("/<key>/contact", methods=["GET", "POST"])
    @permitted
    def contact(self, key: str) -> Answer:
        """How to reach the ECT."""
        return self.fact(key, "contact")

    @expose("/<key>/qts", methods=["GET", "POST"])
    @permitted
    def qts(self, key: str) -> Answer:
        """Qualified teacher status."""
        return self.fact(key, "qts")

    @expose("/<key>/training", methods=["GET", "POST"])
    @permitted
    def training(self, key: str) -> Answer:
        """The ECT's own training."""
        return self.fact(key, "training")

    @expose("/<key>/employment", methods=["GET", "POST"])
    @permitted
    def employment(self, key: str) -> Answer:
        """The post and the contract."""
        return self.fact(key, "employment")

    @expose("/<key>/qualifications", methods=["GET", "POST"])
    @permitted
    def qualifications(self, key: str) -> Answer:
        """What was gained before."""
        return self.rows(key, "qualifications")

    @expose("/<key>/earlier", methods=["GET", "POST"])
    @permitted
    def earlier(self, key: str) -> Answer:
        """Induction served before."""
        return self.rows(key, "earlier")

    @expose("/<key>/previous-names", methods=["GET", "POST"])
    @permitted
    def previous_names(self, key: str) -> Answer:
        """Names that the ECT had."""
        return self.rows(key, "previous-names")

    # --- shared ---

    def fact(self, key: str, name: str) -> Answer:
        """The form of a group that an ECT has one of."""
        fact = FACTS[name]
        ect = service.to_change(key, lock=request.method == "POST", loading=fact.loading)
        stored = fact.read(ect)
        form = form_with(FORMS[name], stored)
        groups = [FieldGroup(fields=tuple(n for n in values_of(form)))]
        return answered(form, ect, name, groups, stored, lambda: fact.change(ect, values_of(form)))

    def rows(self, key: str, name: str) -> Answer:
        """The form of a group that an ECT has several of: emptied rows go, empty ones at the end are new."""
        rows = ROWS[name]
        ect = service.to_change(key, lock=request.method == "POST", loading=rows.loading)
        there = rows.read(ect)
        stored = as_rows(there)
        count = max([len(there) + EMPTY_ROWS, *sent_rows()])
        form = form_with(forms.rows_form(name, count), stored)
        groups = [
            FieldGroup(
                legend=f"{ROW_LEGENDS[name]} {at}",
                fields=tuple(f"{column}_{at}" for column in rows.columns),
            )
            for at in range(1, min(count, forms.MOST_ROWS) + 1)
        ]

        def verb() -> None:
            rows.change(ect, rows_in(values_of(form), rows.columns))

        return answered(form, ect, name, groups, stored, verb)


def sent_rows() -> list[int]:
    """The numbers of the rows that were posted."""
    ends = {name.rpartition("_")[2] for name in request.form}
    return [int(end) for end in ends if end.isdecimal() and len(end) < 3]


def form_with(kind: type[Any], stored: Mapping[str, Any]) -> Any:
    """The form: as posted, or with what is held and the stamp of it."""
    if request.method == "POST":
        return kind()
    form = kind(data={**stored, "version": str(stamp(stored))})
    form.remember()
    return form


def answered(
    form: Any,
    ect: ECT,
    name: str,
    groups: Sequence[FieldGroup],
    stored: Mapping[str, Any],
    verb: Any,
) -> Answer:
    """The form shown, refused with the input kept and both values where two people saved, or done."""
    back, caption = f"/ects/{ect.uid}", ect.name

    def page(outcome: Outcome | None = None) -> FormPage:
        return FormPage(
            title=TITLES[name],
            caption=caption,
            form=form,
            submit=_("Save"),
            cancel_href=back,
            groups=groups,
            crumbs=[Link(label=_("ECTs"), href="/ects/"), Link(label=caption, href=back)],
            problems=outcome.problems if outcome else (),
            clashes=outcome.clashes if outcome else (),
        )

    if request.method != "POST":
        return render_template(FORM, page=page())
    held = stamp(stored)
    stale = form.seen_version() != held

    def once() -> None:
        if stale:
            raise ChangedMeanwhile
        verb()

    outcome = saved(form, once, by_constraint=BY_CONSTRAINT)
    if outcome.done:
        flash(_("Saved."), "success")
        return redirect(back, 303)
    if stale:
        outcome.clashes = clashes(form, stored)
        form.version.data = str(held)
    return show_again(FORM, page(outcome))


def clashes(form: Form, stored: Mapping[str, Any]) -> list[Clash]:
    """Where what is held now differs from what was typed, in words."""
    found = []
    for name, theirs, yours in settled(form, stored):
        words = pattern_in_words if name == "pattern" else shown
        found.append(
            Clash(
                label=form[name].label.text,
                theirs=words(theirs) if theirs else _("nothing"),
                yours=words(yours) if yours else _("nothing"),
            )
        )
    return found
