"""Named reads of early career teachers."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, not_, or_, select, true, union_all
from sqlalchemy.orm import aliased

from app.access.hats import SEES_LEAVERS, HatKind
from app.access.principal import Principal
from app.ects.models import ECT, ECTIdentity, Placement, PreviousName
from app.ects.rules import ECTState, is_trn, normal_trn
from app.extensions import db
from app.fabext.lists import counted, up_to_the_cap
from app.induction.models import Outcome
from app.schools.rules import after_all_words_with, folded

DECIDED = (ECTState.PASSED, ECTState.FAILED)
FINDS_BY_PREVIOUS_NAME = frozenset({HatKind.AB_ADMINISTRATOR, HatKind.AB_OFFICER})


def everyone() -> Select[Any]:
    """The ECTs; the session adds the scope."""
    return select(ECT)


def how_many_seen() -> int:
    """How many ECTs this person may see, up to 10,001; kept for 30 seconds for this person alone."""
    return counted(lambda: up_to_the_cap(everyone(), ECT), ("home", "ects"))


def found_by(ask: Select[Any], term: str, *, previous_names: bool) -> Select[Any]:
    """`ask`, less those whose folded name does not begin with the term, or who have not that TRN.

    With `previous_names` names that somebody had before count as well. Hits come first, their order after: each
    part walks an index of its own.
    """
    trn = normal_trn(term)
    if is_trn(trn):
        return ask.where(ECT.id.in_(select(ECTIdentity.ect_id).where(ECTIdentity.trn == trn)))
    begins = folded(term)
    if not begins:
        return ask.where(false())
    if not previous_names:
        return ask.where(ECT.sort_name >= begins, ECT.sort_name < after_all_words_with(begins))
    other = aliased(ECT)
    hits = union_all(
        select(other.id).where(other.sort_name >= begins, other.sort_name < after_all_words_with(begins)),
        select(PreviousName.ect_id).where(
            PreviousName.sort_name >= begins, PreviousName.sort_name < after_all_words_with(begins)
        ),
    ).subquery()
    return ask.where(ECT.id.in_(select(hits.c[0])))


# --- What may be known of a state: no decision before its notice, nothing of what came after a move ---


def knows_all(who: Principal) -> bool:
    """Whether this hat reads the state as it stands."""
    return not who.at_a_school and who.kind is not HatKind.ECT


def told() -> ColumnElement[bool]:
    """A decision whose notice is released, in sight: for a school, one on its own period.

    One that was replaced counts as well: the state of the record follows the newest notice, not the newest decision.
    """
    notice = select(Outcome.ect_id).where(Outcome.released_at.is_not(None))
    return and_(ECT.state.in_(DECIDED), ECT.id.in_(notice))


def here(who: Principal, day: date) -> ColumnElement[bool]:
    """At a school in sight on `day`; of a tutor's and a mentor's ECTs all are, and the ECT is its own."""
    if who.kind not in SEES_LEAVERS:
        return true()
    still = or_(Placement.ended_on.is_(None), Placement.ended_on >= day)
    return ECT.id.in_(select(Placement.ect_id).where(still))


def shown_states(who: Principal, day: date) -> Mapping[ECTState, ColumnElement[bool]]:
    """State → criterion, as this person may know it."""
    if knows_all(who):
        return {state: ECT.state == state for state in ECTState}
    untold = and_(ECT.state.in_(DECIDED), not_(told()))
    gone = ECT.state == ECTState.LEFT
    if who.kind in SEES_LEAVERS:
        gone = or_(gone, and_(not_(here(who, day)), not_(told())))
    return {
        ECTState.AUTHORISED: and_(ECT.state == ECTState.AUTHORISED, here(who, day)),
        ECTState.IN_PROGRESS: and_(or_(ECT.state == ECTState.IN_PROGRESS, untold), here(who, day)),
        ECTState.PASSED: and_(ECT.state == ECTState.PASSED, told()),
        ECTState.FAILED: and_(ECT.state == ECTState.FAILED, told()),
        ECTState.LEFT: gone,
    }


def told_of(ects: Collection[ECT], who: Principal) -> frozenset[int]:
    """The ids of those whose decision this person has been told of; a statement only where one is decided."""
    decided = [ect.id for ect in ects if ect.state in DECIDED]
    if knows_all(who) or not decided:
        return frozenset(decided)
    ask = select(Outcome.ect_id).where(Outcome.ect_id.in_(decided), Outcome.released_at.is_not(None))
    return frozenset(db.session.scalars(ask))


def state_shown(ect: ECT, who: Principal, day: date, told_ids: Collection[int]) -> ECTState:
    """The state of one ECT as this person may know it; placements in sight are loaded."""
    if knows_all(who) or ect.id in told_ids:
        return ect.state
    there = any(place.ended_on is None or place.ended_on >= day for place in ect.placements)
    if ect.state is ECTState.LEFT or (who.at_a_school and not there):
        return ECTState.LEFT
    return ECTState.IN_PROGRESS if ect.state in DECIDED else ect.state
