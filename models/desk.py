"""What the desk page is made of: colleagues and their roles, sessions, leases, its list."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a colleague may do at the desk; one may have several roles."""

    PROCESSOR = "processor"
    APPROVER = "approver"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    AGENCY = "agency"


#: Who may work on a dossier, who may look at one, and who may ask where one stands.
WORKERS = frozenset({Role.PROCESSOR, Role.APPROVER, Role.SUPERVISOR})
READERS = WORKERS | {Role.AUDITOR}
ASKERS = READERS | {Role.AGENCY}
#: Languages of the desk's page.
DESK_LANGUAGES = ("fr", "ar")


@dataclass(frozen=True, slots=True)
class Account:
    """A colleague who may use the desk; without a hash through the proxy alone."""

    login: str
    shown_name: str
    roles: frozenset[str]
    password_hash: str
    language: str
    is_active: bool

    def may(self, roles: frozenset[Role]) -> bool:
        """Whether the colleague has one of the roles."""
        return bool(self.roles & roles)


@dataclass(frozen=True, slots=True)
class Times:
    """How long a session lasts unused and at all, and how long a dossier is held, in seconds."""

    idle_seconds: int
    whole_seconds: int
    lease_seconds: int


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that holds at this moment, and whose it is."""

    account: Account
    csrf_token: str
    source: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a dossier open, and until when."""

    login: str
    expires_at: str


@dataclass(frozen=True, slots=True)
class HandedTo:
    """To whom a task was handed over; one of login and role is empty."""

    login: str
    role: str
    given_by: str

    @property
    def target(self) -> str:
        """The login, or the role after ``role:``; how the audit trail names it."""
        return self.login or f"role:{self.role}"

    def is_for(self, account: Account) -> bool:
        """Whether a colleague is meant."""
        return account.login == self.login or self.role in account.roles


@dataclass(frozen=True, slots=True)
class QueueView:
    """Which open tasks are listed, and in which order; empty fields do not narrow the list."""

    order: str = "age"
    kind: str = ""
    reason: str = ""
    is_mine: bool = False
    is_second: bool = False
    is_typing: bool = False


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One open task in the list; amounts in minor units.

    ``typed_passes`` is how many colleagues typed its dossier, where another one has to.
    """

    task_id: str
    dossier_id: str
    public_number: str
    kind: str
    reasons: tuple[str, ...]
    opened_on: dt.date
    due_on: dt.date
    channel: str
    agency: str
    amount_minor: int
    asked_minor: int
    currency: str
    first_by: str
    held_by: str
    handed_to: str
    typed_passes: int = 0


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the list; ``after`` is where the next one begins, empty on the last."""

    rows: tuple[QueueRow, ...]
    after: str


@dataclass(frozen=True, slots=True)
class PersonFigures:
    """What one colleague did in the days asked for, and has open now."""

    login: str
    answers: Mapping[str, int]
    open_now: int
    confirmed: int
    contradicted: int


@dataclass(frozen=True, slots=True)
class TeamFigures:
    """Load, age and people of the desk. ``agreed`` of ``judged_twice`` second people agreed."""

    waiting: Mapping[str, int]
    late: Mapping[str, int]
    ages: Mapping[str, int]
    people: tuple[PersonFigures, ...]
    judged_twice: int
    agreed: int
    held: int


@dataclass(frozen=True, slots=True)
class DossierStatus:
    """Where a dossier stands, for those who ask; ``codes`` are code → parameters of sentences.

    ``due_on`` is the day a person has for its task, ``pay_date`` the day its payment leaves.
    """

    dossier_id: str
    public_number: str
    status: str
    deposit_date: dt.date
    decision_date: dt.date | None
    due_on: dt.date | None
    pay_date: dt.date | None
    codes: tuple[tuple[str, Mapping[str, str]], ...] = field(default_factory=tuple)
