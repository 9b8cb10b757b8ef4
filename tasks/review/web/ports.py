"""What the page needs of the machines: given to it when it starts, so that it opens none itself."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from models.desk import (
    Account,
    DossierStatus,
    HandedTo,
    Holder,
    OpenSession,
    QueuePage,
    QueueView,
    TeamFigures,
)
from models.reading import Box
from models.scheme import SchemeOffer
from models.typing import ExtraField, Keyed, TypingFigures
from tasks.review.content import CorrectionResult
from tasks.review.desk import DeskAnswer, Verdict
from tasks.review.typing import Keying
from tasks.review.views import TaskView
from tasks.review.web.audit_ports import Auditing
from tasks.review.web.piles_port import PageTable


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page of the dossier that can be shown, and the pixels its boxes are measured in."""

    page_no: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A task as one colleague has it before them.

    ``holder`` is who works on the dossier now; ``is_mine`` says that it is this colleague.
    """

    view: TaskView
    pages: tuple[PagePicture, ...]
    holder: Holder | None
    handed_to: HandedTo | None
    is_mine: bool
    first_answer: str
    content_version: int


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Lines and total of a dossier with the values typed so far; amounts in minor units.

    ``unfit`` are the fields whose text is no value of theirs; nothing is summed then.
    """

    lines_minor: int
    total_minor: int
    unfit: tuple[str, ...] = ()

    @property
    def is_closed(self) -> bool:
        """Whether the lines add up to the total."""
        return not self.unfit and self.lines_minor == self.total_minor


@dataclass(frozen=True, slots=True)
class SignIn:
    """The token of a new session; without one, whether there were too many attempts."""

    token: str
    is_too_many: bool = False


@dataclass(frozen=True, slots=True)
class Zone:
    """Where a field stands on a page of the dossier."""

    page_no: int
    box: Box


@dataclass(frozen=True, slots=True)
class FormChoice:
    """One form under one of its schemes, with the titles of both by language."""

    form_id: str
    scheme: str
    title: Mapping[str, str]
    scheme_title: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FormAsked:
    """The form and scheme under which a dossier is typed, and what they ask.

    ``form_id`` is empty where no form is known. ``extras`` are the fields beyond the common ones,
    ``required`` those the form cannot do without, ``constants`` those it fixes. ``codes`` are the
    codes of lines by the letter each is typed as; ``are_codes`` says that lines are codes alone.
    """

    form_id: str = ""
    scheme: str = ""
    extras: tuple[ExtraField, ...] = ()
    required: frozenset[str] = frozenset()
    constants: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    are_codes: bool = False
    choices: tuple[FormChoice, ...] = ()
    scheme_title: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TypingItem:
    """A task as it is typed: the paper, the passes that wait, whether this colleague may type.

    ``barred`` names why not: ``same`` who typed it already, ``settle`` who may not settle; empty
    where they may. ``zones`` are field → place; ``letters`` the scheme's key letters; ``form`` is
    what form and scheme ask; ``acts`` are those whose code looks like a letter with a coefficient.
    """

    item: OpenItem
    before: tuple[Keyed, ...]
    barred: str
    zones: Mapping[str, Zone]
    letters: Mapping[str, str]
    form: FormAsked = field(default_factory=FormAsked)
    acts: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TypingSheet:
    """What a colleague typed: the fields as on paper, the content they saw, what it took.

    ``is_disputed``: a second colleague saw another person, day or act on the paper.
    """

    pass_no: int
    content_version: int
    values: Mapping[str, str]
    fields: int
    keystrokes: int
    seconds: int
    is_disputed: bool = False


@dataclass(frozen=True, slots=True)
class TypingAnswer:
    """What became of typed fields; nothing was kept where some are ``unfit``."""

    keying: Keying | None
    unfit: tuple[str, ...] = ()


class Gatekeeper(Protocol):
    """Knows who is signed in. Every answer SHALL be about this moment, and leave its event."""

    def sign_in(self, login: str, password: str, address: str, old_token: str) -> SignIn:
        """Begin a session under a new token when the password is right."""

    def sign_in_proxied(self, login: str, old_token: str) -> str:
        """Begin a session for whom the proxy names; empty when they have no active account."""

    def session(self, token: str) -> OpenSession | None:
        """The session of a token, None when it ended."""

    def sign_out(self, token: str, login: str) -> None:
        """End a session."""


class Registrar(Protocol):
    """Keeps the accounts, and notes who was refused what."""

    def accounts(self) -> Sequence[Account]:
        """Every account."""

    def set_active(self, login: str, is_active: bool, by: str) -> None:
        """Disable an account and end its sessions, or let it in again."""

    def set_language(self, login: str, language: str) -> None:
        """Remember a colleague's language."""

    def note_refusal(self, login: str, what: str) -> None:
        """Leave an event: somebody was refused something at the desk."""


class Queue(Protocol):
    """The open tasks and what is asked about dossiers as a whole."""

    def page(self, view: QueueView, account: Account, after: str) -> QueuePage:
        """One page of the list."""

    def next_task(self, view: QueueView, account: Account, behind: str) -> str:
        """The task a colleague may take behind the one they come from; empty when none is."""

    def team(self, days: int) -> TeamFigures:
        """The figures of the desk and its people."""

    def today(self) -> dt.date:
        """The present business day."""

    def working_day(self, after: dt.date) -> dt.date:
        """The first working day after a day."""

    def statuses(self, asked: str, account: Account) -> Sequence[DossierStatus]:
        """Where the dossiers of a public number or CIN stand; each look leaves an event."""


class Holding(Protocol):
    """One dossier is held by one colleague at a time."""

    def open_item(self, task_id: str, account: Account, language: str) -> OpenItem:
        """Open a task, and take its dossier where that may be."""

    def keep(self, task_id: str, account: Account) -> bool:
        """Hold it longer; False when somebody else has it."""

    def take_over(self, task_id: str, account: Account) -> None:
        """Take it from whoever has it."""

    def leave(self, task_id: str, account: Account) -> None:
        """Give it back."""


class Work(Protocol):
    """What is done with a dossier one holds; each SHALL refuse who does not hold it."""

    def check(self, task_id: str, values: Mapping[str, str], account: Account) -> Arithmetic:
        """Compute with typed values; nothing is kept."""

    def correct(
        self, task_id: str, values: Mapping[str, str], account: Account
    ) -> CorrectionResult:
        """Keep what the colleague read."""

    def answer(self, task_id: str, given: DeskAnswer, note: str, account: Account) -> Verdict:
        """Answer the task."""

    def hand_over(self, task_id: str, to: str, account: Account) -> None:
        """Hand the task over to ``login`` or ``role:<role>``."""

    def picture(self, task_id: str, page_no: int, account: Account) -> bytes:
        """The stored picture of a page, as it was kept."""


class Typing(Protocol):
    """Types what no machine read; each SHALL refuse who does not hold the dossier."""

    def open_typing(
        self, task_id: str, account: Account, language: str, chosen: Mapping[str, str]
    ) -> TypingItem:
        """Open a task to be typed, on the form and scheme chosen, if any; take its dossier."""

    def is_being_typed(self, task_id: str) -> bool:
        """Whether a pass over it waits for another colleague, who is to see no amount."""

    def look_up(
        self,
        task_id: str,
        what: str,
        text: str,
        account: Account,
        beside: Mapping[str, str] | None = None,
    ) -> Mapping[str, object]:
        """What registers and tariff say of a provider, household, drug, act, earlier dossier.

        ``beside`` are the form, the scheme and the insured number typed so far.
        """

    def keep_typed(self, task_id: str, sheet: TypingSheet, account: Account) -> TypingAnswer:
        """Keep what was typed; what is settled goes into the dossier, which goes on by itself."""

    def typing_figures(self, days: int) -> Sequence[TypingFigures]:
        """Medians of strokes and seconds for each colleague, day and pass."""


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """An archived PDF: a name without anything personal, and its bytes."""

    name: str
    data: bytes


class Archives(Protocol):
    """The searchable PDFs of paper dossiers; each look SHALL leave an event."""

    def with_pages(self, dossier_ids: Sequence[str]) -> frozenset[str]:
        """Those of the dossiers that have one, or get one when it is asked for."""

    def file(self, dossier_id: str, account: Account) -> ArchivedFile:
        """The latest PDF of a dossier."""


@dataclass(frozen=True, slots=True)
class SchemeChosen:
    """What a choice did; ``next_task`` asks what is still in doubt, empty where nothing is."""

    is_final: bool
    next_task: str


class Schemes(Protocol):
    """The scheme a dossier is worked under; SHALL refuse who does not hold the dossier."""

    def offer(self, item: OpenItem, language: str) -> SchemeOffer | None:
        """Which schemes a person may choose for it; None when nothing was extracted."""

    def name(self, scheme: str, language: str) -> str:
        """What a scheme is called; its id where it is not known."""

    def choose(self, task_id: str, scheme: str, note: str, account: Account) -> SchemeChosen:
        """Put the dossier under a scheme."""


@dataclass(frozen=True, slots=True)
class DeskDoors:
    """Everything the page works with."""

    gatekeeper: Gatekeeper
    registrar: Registrar
    queue: Queue
    holding: Holding
    work: Work
    audits: Auditing
    archives: Archives
    pages: PageTable
    typing: Typing
    schemes: Schemes


@dataclass(frozen=True, slots=True)
class DeskOptions:
    """How the page is reached, and how long things last, in seconds.

    ``secret`` signs the form of the sign-in page; ``names`` are the host names it answers to.
    """

    secret: str
    is_https: bool
    names: tuple[str, ...]
    proxy_header: str
    proxy_addresses: frozenset[str]
    session_seconds: int
    lease_seconds: int
