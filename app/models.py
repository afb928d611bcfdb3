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
from app.ects.models import ECT, Assignment, ECTIdentity, Placement
from app.schools.models import GiasImport, GiasImportLine, School, SchoolContact, SchoolWord

__all__ = [
    "ECT",
    "Assignment",
    "AuditNote",
    "Caseload",
    "DeclaredInterest",
    "DrawnRecord",
    "ECTIdentity",
    "GiasImport",
    "GiasImportLine",
    "Hat",
    "KeptSearch",
    "Person",
    "Placement",
    "RightsEpoch",
    "School",
    "SchoolContact",
    "SchoolWord",
    "StoredSession",
    "Submission",
    "WrongTry",
]
