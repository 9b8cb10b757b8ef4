"""What is taken off each act: participation forfaitaire and franchises, with their caps."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from models.money import format_minor
from tasks.pricing.figures import Figure
from tasks.pricing.primitives import age_on, line_order, year_of
from tasks.pricing.rule import Case, Change, Charge, Figures, LineState, due_rule
from tasks.pricing.schemes.fr_cpam.rules.kinds import (
    BIOLOGY,
    CONSULTATION,
    DRUG,
    IMAGING,
    MEDICAL_ACT,
    PARAMEDICAL,
    TRANSPORT,
)
from tasks.pricing.schemes.fr_cpam.rules.people import (
    AID_AME,
    AID_C2S,
    MATERNITY_ASKS,
    MATERNITY_READS,
    birth_date_of,
    has_aid,
    is_in_hospital,
    is_in_maternity,
    is_war_invalidity,
)

#: Doctors' acts and biology; dentists, midwives, paramedical care and stays are exempt.
PARTICIPATION_KINDS = frozenset({CONSULTATION, MEDICAL_ACT, IMAGING, BIOLOGY})
PARTICIPATION_COUNTER = "fr.participation"
FRANCHISE_COUNTER = "fr.franchise"
#: The figure of each kind's franchise, and that of its cap for one day, if it has one.
FRANCHISE_OF_KIND = {
    DRUG: ("franchise.box", ""),
    PARAMEDICAL: ("franchise.paramedical", "franchise.paramedical_day"),
    TRANSPORT: ("franchise.transport", "franchise.transport_day"),
}


@dataclass(slots=True)
class _Counter:
    """One counter with what lines of this dossier used of it, beside those before it."""

    name: str
    case: Case
    own: dict[dt.date, int] = field(default_factory=dict)

    def room(self, cap: Figure, first: dt.date, last: dt.date) -> int:
        """What a cap still leaves between two days."""
        own = sum(amount for day, amount in self.own.items() if first <= day <= last)
        return max(0, int(cap.minor) - self.case.used(self.name, first, last) - own)

    def use(self, amount: int, day: dt.date) -> Charge:
        """Count an amount and return it as the rule's charge."""
        self.own[day] = self.own.get(day, 0) + amount
        return Charge(self.name, amount)


@due_rule(
    "FR-PARTICIPATION",
    reference="Code de la sécurité sociale, L160-13 II et D160-6 ; décret 2024-113",
    reads=(
        "participation.amount",
        "participation.practitioner_day",
        "participation.year",
        "exempt.age",
        *MATERNITY_READS,
    ),
    codes=("FR_PLAFOND_ANNUEL",),
    asks=("aid", "cause", *MATERNITY_ASKS),
)
def flat_participation(
    lines: Sequence[LineState], case: Case, figures: Figures
) -> Sequence[Change]:
    """Return doctors' acts and biology less the participation of each act.

    At most so much a day with one practitioner, who is the dossier's provider, and so much in a
    civil year. A line pays no more than is due of it; what it cannot pay counts in no cap and is
    not carried over to another line: the insurance keeps such a debt where it pays the provider
    (Que Choisir n120782), which is not what these dossiers ask. It is due in an emergency ward,
    for a long-term condition and after an accident at work (one page of three says otherwise of
    the last).
    """
    if is_in_hospital(case):
        return ()
    year = _Counter(PARTICIPATION_COUNTER, case)
    daily = _Counter(f"{PARTICIPATION_COUNTER}.{case.validated.provider_id}", case)
    changes: list[Change] = []
    for state in sorted(lines, key=line_order):
        if state.group not in PARTICIPATION_KINDS or not state.due_minor:
            continue
        if _is_exempt(state, case, figures):
            continue
        each = figures.at("participation.amount", state)
        age = figures.at("exempt.age", state)
        caps = (
            (daily, figures.at("participation.practitioner_day", state)),
            (year, figures.at("participation.year", state)),
        )
        changes.append(_taken(state, case, (each, age), caps))
    return changes


@due_rule(
    "FR-FRANCHISE",
    reference="Code de la sécurité sociale, L160-13 III et D160-9 ; décret 2024-114",
    reads=(
        "franchise.box",
        "franchise.paramedical",
        "franchise.paramedical_day",
        "franchise.transport",
        "franchise.transport_day",
        "franchise.year",
        "exempt.age",
        *MATERNITY_READS,
    ),
    codes=("FR_PLAFOND_ANNUEL",),
    asks=("aid", "cause", "urgent_transport", *MATERNITY_ASKS),
)
def franchise(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return boxes, paramedical acts and trips less the franchise of each.

    Paramedical acts and trips have a cap for each day, all franchises one cap for the civil year.
    The own car and urgent trips pay none. A line pays no more than is due of it; what it cannot
    pay counts in no cap and is not carried over.
    """
    if is_in_hospital(case):
        return ()
    year = _Counter(FRANCHISE_COUNTER, case)
    daily = {kind: _Counter(f"{FRANCHISE_COUNTER}.{kind}", case) for kind in FRANCHISE_OF_KIND}
    changes: list[Change] = []
    for state in sorted(lines, key=line_order):
        if state.group not in FRANCHISE_OF_KIND or not state.due_minor:
            continue
        if _is_exempt(state, case, figures):
            continue
        if state.group == TRANSPORT and case.flag("urgent_transport", state):
            continue
        name, cap_of_day = FRANCHISE_OF_KIND[state.group]
        caps = [(year, figures.at("franchise.year", state))]
        if cap_of_day:
            caps.insert(0, (daily[state.group], figures.at(cap_of_day, state)))
        read = (figures.at(name, state), figures.at("exempt.age", state))
        changes.append(_taken(state, case, read, caps))
    return changes


def _is_exempt(state: LineState, case: Case, figures: Figures) -> bool:
    """Tell whether a person owes neither: a minor on 1 January, maternity, C2S, AME, war."""
    new_year = year_of(state.line.care_date)[0]
    birth = birth_date_of(state)
    age = age_on(birth, new_year) if birth <= new_year else 0
    return (
        age < figures.at("exempt.age", state).value
        or has_aid(state, case, AID_C2S)
        or has_aid(state, case, AID_AME)
        or is_war_invalidity(state, case)
        or is_in_maternity(state, case, figures)
    )


def _taken(
    state: LineState,
    case: Case,
    figures: tuple[Figure, ...],
    caps: Sequence[tuple[_Counter, Figure]],
) -> Change:
    """Take the first figure for each unit of a line, as far as the caps and the line allow.

    The last of the caps is the year's, the one before it that of a day.
    """
    day = state.line.care_date
    wanted = min(int(figures[0].minor) * state.line.quantity, state.due_minor)
    read = [*figures]
    for counter, cap in caps[:-1]:
        room = counter.room(cap, day, day)
        if room < wanted:
            wanted = room
            read.append(cap)
    counter, cap = caps[-1]
    room = counter.room(cap, *year_of(day))
    code = ""
    if room < wanted:
        wanted = room
        read.append(cap)
        code = "FR_PLAFOND_ANNUEL"
    params = {"cap": format_minor(int(cap.minor), case.dossier.currency)} if code else {}
    uses = tuple(counter.use(wanted, day) for counter, _ in caps)
    return Change(state.position, state.due_minor - wanted, tuple(read), code, params, uses)
