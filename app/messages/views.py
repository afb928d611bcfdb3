"""The outbox for the body's staff, the folder of development, and everybody's own switch for marketing."""

from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from werkzeug.exceptions import NotFound

from app.access.sessions import principal
from app.fabext.doors import expose, permitted, signed_in
from app.fabext.forms import Form, new_token
from app.fabext.lists import ClosedFilter
from app.fabext.pages import Button, Cell, Empty, Fact, FieldGroup, FormPage, Group, Link, RecordPage, Tag
from app.fabext.saving import Outcome, saved
from app.fabext.views import Answer, BaseView, ModelView, table
from app.forms.messages import NO, YES, MarketingForm
from app.messages import queries, service
from app.messages.models import OutgoingMail
from app.messages.rules import PURPOSE_IN_WORDS, STATE_IN_WORDS, ChosenBy, MailState, Purpose
from app.terms.on_screen import on_screen

# screens.md 1.5, row "Message".
COLOURS: Final = MappingProxyType(
    {
        MailState.QUEUED: "grey",
        MailState.SENDING: "blue",
        MailState.SENT: "green",
        MailState.DELAYED: "yellow",
        MailState.FAILED: "red",
    }
)


def state_tag(state: MailState) -> Tag:
    """How far a mail has come."""
    return Tag(label=str(STATE_IN_WORDS[state]), colour=COLOURS[state])


class OutboxView(ModelView):
    """What the service sends: each mail with its state. The text is its recipient's and is not shown."""

    datamodel = table(OutgoingMail)
    route_base = "/messages/outbox"
    key = "uid"
    base_permissions: Any = ["can_list", "can_show", "can_again"]
    list_title = lazy_gettext("Outbox")
    list_columns = ["subject", "to_address", "made_at", "state"]
    list_needs = ["purpose", "sent_at", "problem"]
    order_columns = ["made_at"]
    base_order_column = "-made_at"
    label_columns = {
        "subject": lazy_gettext("Subject"),
        "to_address": lazy_gettext("To"),
        "made_at": lazy_gettext("Written"),
        "state": lazy_gettext("State"),
    }
    filters = {
        "state": ClosedFilter(
            legend=lazy_gettext("State"),
            choices={each.value: (STATE_IN_WORDS[each], OutgoingMail.state == each) for each in MailState},
        ),
        "about": ClosedFilter(
            legend=lazy_gettext("What about"),
            choices={each.value: (PURPOSE_IN_WORDS[each], OutgoingMail.purpose == each) for each in Purpose},
        ),
    }

    def cell(self, item: OutgoingMail, name: str) -> Cell:
        """Subject over purpose, recipient over the reason where it failed, when, state."""
        if name == "subject":
            return Cell(text=item.subject, sub=str(PURPOSE_IN_WORDS[item.purpose]))
        if name == "to_address":
            return Cell(text=item.to_address, sub=item.problem)
        if name == "state":
            return Cell(tag=state_tag(item.state))
        return Cell(text=on_screen(item.made_at))

    def how_many(self, number: int) -> str:
        """27 emails."""
        return ngettext("%(num)s email", "%(num)s emails", number) % {"num": f"{number:,}"}

    def how_many_more(self, number: str) -> str:
        """10,000+ emails."""
        return _("%(number)s emails", number=number)

    def list_links(self) -> list[Link]:
        """In development: where the mail went."""
        if mail_folder() is None:
            return []
        return [Link(label=_("Look at the emails in the folder"), href=url_for("MailFolderView.list"))]

    def empty(self, *, filtered: bool) -> Empty:
        """Why there is nothing."""
        if filtered:
            return super().empty(filtered=True)
        text = _("Each email that the service sends stands here, with its state.")
        return Empty(heading=_("No emails yet"), text=text)

    def record_page(self, item: OutgoingMail) -> RecordPage:
        """To whom, when, how often tried, and what the mail server said."""
        again = item.state in {MailState.DELAYED, MailState.FAILED}
        facts = [
            (_("To"), item.to_address),
            (_("What about"), PURPOSE_IN_WORDS[item.purpose]),
            (_("Written"), on_screen(item.made_at)),
            (_("Sent"), on_screen(item.sent_at)),
            (_("Tries"), on_screen(item.tries)),
            (_("Next try"), on_screen(item.due_at) if item.state is MailState.DELAYED else ""),
            (_("What the mail server said"), item.problem),
            (_("Message-ID"), item.message_id),
        ]
        return RecordPage(
            title=item.subject,
            crumbs=[Link(label=_("Outbox"), href=self.path())],
            tags=[state_tag(item.state)],
            buttons=[Button(label=_("Send again"), action=f"{self.path()}{item.uid}/again")] if again else (),
            groups=[
                Group(
                    heading=_("This email"),
                    facts=[Fact(label=label, text=str(text)) for label, text in facts if text],
                    note=_("The text is sealed under the recipient’s key. Nobody reads it here."),
                )
            ],
        )

    @expose("/<key>/again", methods=["POST"])
    @permitted
    def again(self, key: str) -> Answer:
        """A mail that was put off or failed is due now."""
        mail = self.record(key)
        form = Form()
        form.submission.data = request.form.get("submission") or new_token()
        outcome = saved(form, lambda: service.try_again(mail), by_constraint={})
        for problem in outcome.problems:
            flash(problem, "error")
        if outcome.done:
            flash(_("The email is due now. It keeps its Message-ID."), "success")
        return redirect(f"{self.path()}{key}", 303)


def mail_is_filed() -> bool:
    """Whether mail stays on this machine: not in production, nor where a mail server takes it."""
    return not (current_app.config["PRODUCTION"] or current_app.config["MAIL_SERVER"])


def mail_folder() -> Path | None:
    """Where development writes mail; None where it writes none."""
    folder = current_app.config["MAIL_FOLDER"]
    return Path(folder) if folder and mail_is_filed() else None


class MailFolderView(BaseView):
    """Development and demonstration: the mails that were written into a folder. Production has no such page."""

    route_base = "/messages/folder"
    default_view = "list"
    base_permissions: Any = ["can_list", "can_show"]

    @expose("/")
    @permitted
    def list(self) -> Answer:
        """The newest mails.

        Raises:
            NotFound: mail leaves by a server, or would in production.
        """
        if not mail_is_filed():
            raise NotFound
        folder = mail_folder()
        return self.draw(
            "messages/folder.html",
            mails=queries.filed(folder) if folder else (),
            page={"crumbs": folder_crumbs()},
            on_screen=on_screen,
        )

    @expose("/<name>")
    @permitted
    def show(self, name: str) -> Answer:
        """One mail with its text.

        Raises:
            NotFound: there is no such mail, or no folder.
        """
        folder = mail_folder()
        mail = queries.filed_as(folder, name) if folder is not None else None
        if mail is None:
            raise NotFound
        here = Link(label=_("Emails in the folder"), href=url_for("MailFolderView.list"))
        page = {"crumbs": [*folder_crumbs(), here]}
        return self.draw("messages/filed.html", mail=mail, page=page, on_screen=on_screen)


def folder_crumbs() -> list[Link]:
    """Where the folder stands."""
    return [Link(label=_("Outbox"), href=url_for("OutboxView.list"))]


# The words beside the switch; they are kept with each choice, so a change of words starts no new choice.
WORDING: Final = lazy_gettext(
    "News of courses, conferences and other offers from the appropriate body and its partners, by email."
)


class MarketingView(BaseView):
    """The own switch for marketing (P-12): off until somebody switches it on, at once, with its history."""

    route_base = "/me/messages"
    default_view = "form"

    @expose("/", methods=["GET", "POST"])
    @signed_in
    def form(self) -> Answer:
        """The switch, what it was before, and what cannot be switched off."""
        me = principal().person_id or 0
        if request.method != "POST":
            choices = queries.choices_of(me)
            form = MarketingForm(wants=YES if choices and choices[0].wants else NO)
            return self.page(form, None)
        form = MarketingForm()
        outcome = saved(form, lambda: choose(me, wants=form.wants.data == YES), by_constraint={})
        if not outcome.done:
            return self.page(form, outcome), 422
        on = form.wants.data == YES
        flash(
            _("You get marketing emails from now on.")
            if on
            else _("No marketing emails from this moment on."),
            "success",
        )
        return redirect(url_for("MarketingView.form"), 303)

    def page(self, form: MarketingForm, outcome: Outcome | None) -> str:
        """The page with this form."""
        choices = queries.choices_of(principal().person_id or 0)
        page = FormPage(
            title=_("Emails to you"),
            form=form,
            submit=_("Save"),
            cancel_href=url_for("MeView.show"),
            groups=[FieldGroup(legend=_("Marketing emails"), intro=WORDING, fields=("wants",))],
            crumbs=[Link(label=_("Your account"), href=url_for("MeView.show"))],
            problems=outcome.problems if outcome else (),
        )
        return self.draw(
            "messages/mine.html",
            page=page,
            choices=choices,
            on=bool(choices and choices[0].wants),
            always=always(),
            on_screen=on_screen,
        )


def choose(person_id: int, *, wants: bool) -> None:
    """The verb, in the words that stand beside the switch."""
    service.choose_marketing(person_id, wants=wants, by=ChosenBy.ACCOUNT, wording=str(WORDING))


def always() -> list[tuple[str, str]]:
    """What is sent whatever the switch says, and why."""
    return [
        (
            _("A registration was received, authorised or returned"),
            _("Induction may begin only once the appropriate body has agreed (guidance 2.11, 2.27)."),
        ),
        (
            _("The date on which an ECT left your school is asked for"),
            _("Time served passes to the next school (guidance 2.75)."),
        ),
        (
            _("Notice of the outcome of induction"),
            _(
                "The appropriate body must tell the ECT and the headteacher (S.I. 2012/1115, regulation 11(7))."
            ),
        ),
    ]
