"""The hats that a person may wear: a role, and where it applies."""

from enum import StrEnum

from flask_babel import lazy_gettext as _


class HatKind(StrEnum):
    """One row of the table "Whose records a person sees" (P-11), and the operator."""

    AB_ADMINISTRATOR = "ab_administrator"
    AB_OFFICER = "ab_officer"
    AB_ASSESSOR = "ab_assessor"
    DIRECTOR = "director"
    NAMED_CONTACT = "named_contact"
    DPO = "dpo"
    FINANCE = "finance"
    AUDITOR = "auditor"
    HEADTEACHER = "headteacher"
    INDUCTION_LEAD = "induction_lead"
    INDUCTION_TUTOR = "induction_tutor"
    MENTOR = "mentor"
    SCHOOL_ADMINISTRATOR = "school_administrator"
    TRUST_ADMINISTRATOR = "trust_administrator"
    ECT = "ect"
    OPERATOR = "operator"


IN_WORDS = {
    HatKind.AB_ADMINISTRATOR: _("AB administrator"),
    HatKind.AB_OFFICER: _("AB officer"),
    HatKind.AB_ASSESSOR: _("AB assessor"),
    HatKind.DIRECTOR: _("Director"),
    HatKind.NAMED_CONTACT: _("Named contact"),
    HatKind.DPO: _("Data protection officer"),
    HatKind.FINANCE: _("Finance"),
    HatKind.AUDITOR: _("Auditor"),
    HatKind.HEADTEACHER: _("Headteacher"),
    HatKind.INDUCTION_LEAD: _("Induction lead"),
    HatKind.INDUCTION_TUTOR: _("Induction tutor"),
    HatKind.MENTOR: _("Mentor"),
    HatKind.SCHOOL_ADMINISTRATOR: _("School administrator"),
    HatKind.TRUST_ADMINISTRATOR: _("Trust administrator"),
    HatKind.ECT: _("ECT"),
    HatKind.OPERATOR: _("Operator"),
}

# Hats of the appropriate body that work on records; nobody does so on the own record or school.
AB_WORK = frozenset({HatKind.AB_ADMINISTRATOR, HatKind.AB_OFFICER, HatKind.AB_ASSESSOR})
AT_A_SCHOOL = frozenset(
    {
        HatKind.HEADTEACHER,
        HatKind.INDUCTION_LEAD,
        HatKind.INDUCTION_TUTOR,
        HatKind.MENTOR,
        HatKind.SCHOOL_ADMINISTRATOR,
    }
)
# Whose job needs the ones that were placed at the school before, read-only.
SEES_LEAVERS = frozenset(
    {
        HatKind.HEADTEACHER,
        HatKind.INDUCTION_LEAD,
        HatKind.SCHOOL_ADMINISTRATOR,
        HatKind.TRUST_ADMINISTRATOR,
    }
)
# Who may bring an ECT into the service.
REGISTERS = AB_WORK | SEES_LEAVERS
# Who looks after people, their sign-ins and hats.
LOOKS_AFTER_PEOPLE = frozenset({HatKind.AB_ADMINISTRATOR, HatKind.OPERATOR})
# Who may read the service's own books (imports, audit notes, limits).
READS_BOOKS = frozenset({HatKind.AB_ADMINISTRATOR, HatKind.AB_OFFICER, HatKind.DPO, HatKind.OPERATOR})
