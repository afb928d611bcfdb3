"""The schema on one page: every table, by feature. Imports and nothing else."""

from app.access.models import (
    Caseload,
    DeclaredInterest,
    DrawnRecord,
    Hat,
    KeptSearch,
    Person,
    RightsEpoch,
    StoredSession,
    Submission,
    WrongTry,
)
from app.audit.models import AuditNote
from app.ects.models import (
    ECT,
    QTS,
    Assignment,
    ECTContact,
    ECTIdentity,
    Employment,
    InductionTraining,
    Placement,
    PreviousName,
    PreviousService,
    Qualification,
)
from app.exchange.models import Notification, TraFile, TraFileRow
from app.induction.models import InductionPeriod, Outcome
from app.messages.models import MarketingChoice, OutgoingMail
from app.registrations.models import Registration
from app.schools.models import GiasImport, GiasImportLine, School, SchoolContact, SchoolWord

__all__ = [
    "ECT",
    "QTS",
    "Assignment",
    "AuditNote",
    "Caseload",
    "DeclaredInterest",
    "DrawnRecord",
    "ECTContact",
    "ECTIdentity",
    "Employment",
    "GiasImport",
    "GiasImportLine",
    "Hat",
    "InductionPeriod",
    "InductionTraining",
    "KeptSearch",
    "MarketingChoice",
    "Notification",
    "Outcome",
    "OutgoingMail",
    "Person",
    "Placement",
    "PreviousName",
    "PreviousService",
    "Qualification",
    "Registration",
    "RightsEpoch",
    "School",
    "SchoolContact",
    "SchoolWord",
    "StoredSession",
    "Submission",
    "TraFile",
    "TraFileRow",
    "WrongTry",
]
