"""Who is asking: a person in one hat, or the house itself."""

from dataclasses import dataclass

from app.access.hats import AB_WORK, AT_A_SCHOOL, IN_WORDS, HatKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A person in one hat, for one request or job. One session has one principal, for its whole life."""

    name: str
    person_id: int | None = None
    user_id: int | None = None
    hat_id: int | None = None
    kind: HatKind | None = None
    school_ids: tuple[int, ...] = ()
    trust_code: str = ""
    ect_id: int | None = None
    # For conflicts of interest: where else this person stands, whatever hat is in use.
    own_school_ids: tuple[int, ...] = ()
    own_ect_id: int | None = None
    hats: int = 0
    epoch: int = 0
    is_house: bool = False

    @property
    def hat(self) -> str:
        """The hat in words, as the masthead and the books show it."""
        if self.is_house:
            return ""
        return str(IN_WORDS[self.kind]) if self.kind else ""

    @property
    def at_a_school(self) -> bool:
        """Whether this hat belongs to a school or a trust."""
        return self.kind in AT_A_SCHOOL or self.kind is HatKind.TRUST_ADMINISTRATOR

    @property
    def is_ab(self) -> bool:
        """Whether this hat works on records for the appropriate body."""
        return self.kind in AB_WORK

    @property
    def key(self) -> tuple[int | None, int | None, int]:
        """Part of every cache key: what one principal may see is never shown to another."""
        return (self.person_id, self.hat_id, self.epoch)

    @property
    def database_role(self) -> str:
        """The coarse wall on PostgreSQL: whose person may appear at all (`access/walls.py`)."""
        if self.is_house:
            return "web_system"
        if self.at_a_school:
            return "web_school"
        if self.kind is HatKind.ECT:
            return "web_ect"
        if self.kind in AB_WORK | {HatKind.DIRECTOR, HatKind.AUDITOR}:
            return "web_ab"
        return "web"


NOBODY = Principal(name="")
# The house itself: finds out who is asking, judges rules, works through the queue.
HOUSE = Principal(name="Sixterms", is_house=True)
