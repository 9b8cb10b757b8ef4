"""Where people, dossiers, registers, deltas and the truth of one simulation come together."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from infra.simulation.fhir_out import bundle_text
from infra.simulation.inbox_out import InboxWriter, Submitted
from infra.simulation.maker import Draft, Maker
from infra.simulation.population import Household, SimProvider
from infra.simulation.registers_out import DeltaWriter, RegisterWriter


class Day(StrEnum):
    """The two days that are simulated: the day itself and the working day before it."""

    EVE = "eve"
    DAY = "day"


class Form(StrEnum):
    """How a dossier is put into the inbox."""

    LINES = "lines"
    FILE = "file"
    FHIR = "fhir"


@dataclass(frozen=True, slots=True)
class Expected:
    """What the stages have to say about one submission.

    ``codes`` are the findings stronger than a note and the fraud signals of the lot, all of them;
    ``allowed_codes`` may come besides, ``payment_codes`` come just before payment, on the
    registers of that moment. ``outcome`` is that of the decision (accepted, refused, returned,
    suspended, review), ``withdrawn``, or empty where nothing was taken in. ``waits`` says why an
    accepted dossier is not in the bank file (``no_account``).
    ``after_delta`` is what becomes of it by a delta of a later moment.
    """

    fault: str = ""
    codes: tuple[str, ...] = ()
    allowed_codes: tuple[str, ...] = ()
    payment_codes: tuple[str, ...] = ()
    outcome: str = "accepted"
    answer: str = "accepted"
    answer_code: str = ""
    version: int = 1
    waits: str = ""
    payee_kind: str = "insured"
    payee_id: str = ""
    prosthesis_used_minor: int = 0
    after_delta: Mapping[str, Any] = field(default_factory=dict)


CLEAN = Expected()
#: Decisions that pay nothing, whatever the tariff says.
_PAYS_NOTHING = frozenset({"refused", "returned", "suspended", "withdrawn", ""})


@dataclass(frozen=True, slots=True)
class Days:
    """The simulated days: eve, day, and the working day on which the bank answers."""

    eve: dt.date
    day: dt.date
    after: dt.date


class Studio:
    """Takes households and drafts in, and writes registers, inboxes, deltas and truth."""

    def __init__(
        self,
        maker: Maker,
        registers: RegisterWriter,
        deltas: DeltaWriter,
        inboxes: Mapping[Day, InboxWriter],
        days: Days,
    ) -> None:
        """Bind the writers of one run."""
        self.maker = maker
        self.registers = registers
        self.deltas = deltas
        self.inboxes = inboxes
        self.days = days
        self.fault_counts: dict[str, int] = {}
        self._households: list[Household] = []
        self._providers: list[SimProvider] = []
        self._file_count = 0

    def household(self) -> Household:
        """A household that is written to the registers when the case is closed."""
        household = self.maker.population.new_household()
        self._households.append(household)
        return household

    def provider(self, role: str) -> SimProvider:
        """A provider of this case alone, written when the case is closed."""
        provider = self.maker.population.new_provider(role)
        self._providers.append(provider)
        return provider

    def close_case(self) -> None:
        """Write the case's people to the registers and forget them."""
        for household in self._households:
            self.registers.write_household(household)
        for provider in self._providers:
            self.registers.write_provider(provider)
        self._households.clear()
        self._providers.clear()

    def deposit(self, day: Day = Day.DAY, back: int = -1) -> int:
        """A deposit of some days before a day's receipt; a few days by chance if not said."""
        received = self.days.eve if day is Day.EVE else self.days.day
        return received.toordinal() - (self.maker.below(4) if back < 0 else back)

    def submit(
        self,
        draft: Draft,
        expected: Expected = CLEAN,
        *,
        on: Day = Day.DAY,
        form: Form = Form.LINES,
    ) -> Submitted | None:
        """Put a dossier into a day's inbox and what is expected of it into the truth."""
        dossier = draft.dossier
        text = json.dumps(dossier, ensure_ascii=False, separators=(",", ":"))
        sent = bundle_text(dossier) if form is Form.FHIR else text
        head = self._head(draft, expected, form)
        return self.send(sent, head, text, on=on, form=form)

    def send(
        self,
        text: str,
        head: dict[str, Any],
        fields: str = "",
        *,
        on: Day = Day.DAY,
        form: Form = Form.FILE,
        name: str = "",
    ) -> Submitted | None:
        """Put any text into a day's inbox with its truth row as given."""
        fault = head["fault"]
        if fault:
            self.fault_counts[fault] = self.fault_counts.get(fault, 0) + 1
        inbox = self.inboxes[on]
        if form is Form.LINES:
            inbox.add_line(text, head, fields)
            return None
        self._file_count += 1
        number = head["public_number"] or f"file-{self._file_count:06d}"
        suffix = "fhir.json" if form is Form.FHIR else "json"
        return inbox.add_file(name or f"{number}.{suffix}", text.encode(), head, fields)

    def _head(self, draft: Draft, expected: Expected, form: Form) -> dict[str, Any]:
        dossier = draft.dossier
        priced = self.maker.figures.due_minor(
            dossier,
            sector=draft.provider.sector,
            has_ald=draft.has_ald,
            prosthesis_used_minor=expected.prosthesis_used_minor,
        )
        is_request = dossier.get("request") == "prior_agreement"
        due = 0 if is_request or expected.outcome in _PAYS_NOTHING else priced
        return truth_head(
            expected,
            public_number=dossier["public_number"],
            channel="fhir" if form is Form.FHIR else "electronic",
            asked_minor=dossier["total_minor"],
            priced_minor=priced,
            due_minor=due,
        )


def truth_head(
    expected: Expected,
    *,
    public_number: str,
    channel: str = "electronic",
    asked_minor: int | None = None,
    priced_minor: int | None = None,
    due_minor: int | None = None,
) -> dict[str, Any]:
    """The truth row of one submission without its place and its fields.

    ``priced_minor`` is what the tariff gives, whatever is decided; ``due_minor`` what is owed under
    the expected decision: 0 for refused, returned, suspended dossiers and for requests, under
    review what would be proposed. Both are None when a line has no known tariff.
    """
    return {
        "public_number": public_number,
        "channel": channel,
        "fault": expected.fault,
        "is_clean": not expected.fault,
        "answer": expected.answer,
        "answer_code": expected.answer_code,
        "codes": sorted(expected.codes),
        "allowed_codes": sorted(expected.allowed_codes),
        "payment_codes": sorted(expected.payment_codes),
        "outcome": expected.outcome,
        "version": expected.version,
        "waits": expected.waits,
        "payee_kind": expected.payee_kind,
        "payee_id": expected.payee_id,
        "asked_minor": asked_minor,
        "priced_minor": priced_minor,
        "due_minor": due_minor,
        "after_delta": dict(expected.after_delta),
    }
