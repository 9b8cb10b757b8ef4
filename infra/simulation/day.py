"""Simulates one day: registers, deltas, the inboxes of the eve and the day, and the truth.

The folder that is written::

    registers/<register>.jsonl   what the payer knows on the eve
    deltas/<day>.jsonl           of the day: to be loaded after its lots and before its payment;
                                 of the next working day: to be loaded after the payment
    inbox/<day>/…                the files of the eve and of the day
    truth/<day>.jsonl            a row for each dossier or refused record, see ``studio.Expected``
    truth/canaries.json          strings that must never be found in a log
    truth/summary.json           counts, as returned
    paper/drafts.jsonl           dossiers for the paper simulator, when some are asked for
"""

import datetime as dt
import json
import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from infra.simulation.canaries import plant_canaries
from infra.simulation.electronic import MIX, Builder, hospital
from infra.simulation.faults import all_faults
from infra.simulation.faults.fault import Fault
from infra.simulation.inbox_out import InboxWriter
from infra.simulation.maker import Maker
from infra.simulation.paper_drafts import paper_drafts
from infra.simulation.population import Household, Population, SimMember
from infra.simulation.registers_out import DeltaWriter, RegisterWriter
from infra.simulation.studio import CLEAN, Day, Days, Form, Studio
from infra.simulation.truth import Drug, TariffFacts, read_drugs

#: Dossiers of one household on one day; each of another member or another kind of care.
DOSSIERS_PER_HOUSEHOLD = 3
#: Share of the clean dossiers that come as a JSON file of their own.
SINGLE_FILE_SHARE = 0.05
SATURDAY = 5
#: How much faster than evenly the planted cases are used up.
CASES_AHEAD = 1.2


@dataclass(frozen=True, slots=True)
class SimulationSummary:
    """What was written: submissions by day, faults by name, register rows, delta files."""

    seed: int
    day: str
    eve: str
    after: str
    submissions: dict[str, int]
    faults: dict[str, int]
    register_rows: dict[str, int]
    delta_files: tuple[str, ...]
    canary_count: int


@dataclass(frozen=True, slots=True)
class _Shares:
    """How clean dossiers are put into the inbox."""

    fhir: float
    single_file: float = SINGLE_FILE_SHARE


def working_day(day: dt.date, step: int) -> dt.date:
    """The next working day after a day, or before it; holidays are not known here."""
    day += dt.timedelta(days=step)
    while day.weekday() >= SATURDAY:
        day += dt.timedelta(days=step)
    return day


def simulate(
    out: Path,
    *,
    seed: int,
    day: dt.date,
    electronic: int,
    drugs_csv: Path,
    eve_share: float = 0.05,
    fault_rate: float = 0.12,
    fhir_share: float = 0.02,
    lines_per_file: int = 1_000,
    paper: int = 0,
) -> SimulationSummary:
    """Write a simulated day of ``electronic`` submissions, and ``eve_share`` as many on the eve.

    ``fault_rate`` is the share of planted cases; each kind is planted at least once, so that a
    small day holds more of them, and a last case of several dossiers may bring a few submissions
    more. ``paper`` dossiers are drafted besides, with their people in the registers, for the paper
    simulator to put on paper. The same arguments always write the same bytes; files of an earlier
    run under other names are left where they are, so another simulation wants another folder.
    """
    rng = random.Random(seed)
    days = Days(working_day(day, -1), day, working_day(day, 1))
    studio = _open_studio(out, rng, days, electronic, read_drugs(drugs_csv), lines_per_file)
    canaries = plant_canaries(studio)
    _write_drafts(out / "paper", paper_drafts(studio, paper))
    _fill(studio, rng, electronic, round(electronic * eve_share), fault_rate, _Shares(fhir_share))
    delta_files = _close_studio(studio)
    summary = SimulationSummary(
        seed=seed,
        day=days.day.isoformat(),
        eve=days.eve.isoformat(),
        after=days.after.isoformat(),
        submissions={moment.value: inbox.count for moment, inbox in studio.inboxes.items()},
        faults=dict(sorted(studio.fault_counts.items())),
        register_rows=studio.registers.row_counts,
        delta_files=delta_files,
        canary_count=len(canaries),
    )
    _write_json(out / "truth" / "canaries.json", canaries)
    _write_json(out / "truth" / "summary.json", asdict(summary))
    return summary


def _open_studio(
    out: Path,
    rng: random.Random,
    days: Days,
    electronic: int,
    drugs: Mapping[str, Drug],
    lines_per_file: int,
) -> Studio:
    population = Population(rng, days.day, electronic)
    inboxes = {
        moment: InboxWriter(
            out / "inbox" / date.isoformat(),
            out / "truth" / f"{date.isoformat()}.jsonl",
            lines_per_file=lines_per_file,
        )
        for moment, date in ((Day.EVE, days.eve), (Day.DAY, days.day))
    }
    return Studio(
        Maker(rng, population, drugs, TariffFacts(drugs)),
        RegisterWriter(out / "registers"),
        DeltaWriter(out / "deltas"),
        inboxes,
        days,
    )


def _close_studio(studio: Studio) -> tuple[str, ...]:
    """Write the providers and whatever is still kept; return the names of the delta files."""
    for provider in studio.maker.population.all_providers():
        studio.registers.write_provider(provider)
    studio.registers.close()
    for inbox in studio.inboxes.values():
        inbox.close()
    return tuple(path.name for path in studio.deltas.close())


def planned_cases(electronic: int, fault_rate: float) -> list[Fault]:
    """The cases to plant in a day of that size: each kind at least once, in fixed order."""
    faults = all_faults()
    scale = electronic * fault_rate / sum(fault.rate for fault in faults)
    return [
        fault for fault in faults for _ in range(min(fault.most, max(1, round(fault.rate * scale))))
    ]


def _fill(
    studio: Studio,
    rng: random.Random,
    electronic: int,
    eve_count: int,
    fault_rate: float,
    shares: _Shares,
) -> None:
    """Mix planted cases and clean households until both days are full."""
    cases = planned_cases(electronic, fault_rate)
    rng.shuffle(cases)
    builders = _weighted_builders()
    inbox = studio.inboxes[Day.DAY]
    while inbox.count < electronic:
        # An even spread, a little ahead: a last case of many dossiers would overfill the day.
        draws = (electronic - inbox.count + 2 * len(cases)) / DOSSIERS_PER_HOUSEHOLD
        if cases and rng.random() < CASES_AHEAD * len(cases) / draws:
            cases.pop().plant_once(studio)
        else:
            _clean_household(studio, builders, Day.DAY, electronic - inbox.count, shares)
    for case in cases:
        case.plant_once(studio)
    eve = studio.inboxes[Day.EVE]
    while eve.count < eve_count:
        _clean_household(studio, builders, Day.EVE, eve_count - eve.count, shares)


def _weighted_builders() -> list[Builder]:
    return [builder for builder, weight in MIX for _ in range(weight // 10)]


def _clean_household(
    studio: Studio, builders: list[Builder], on: Day, count_max: int, shares: _Shares
) -> None:
    """A household with up to three dossiers, no two of one kind for one member."""
    rng = studio.maker.rng
    household = studio.household()
    members = household.members()
    done: set[tuple[str, Builder]] = set()
    for _ in range(min(count_max, DOSSIERS_PER_HOUSEHOLD)):
        member = members[int(rng.random() * len(members))]
        builder = builders[int(rng.random() * len(builders))]
        if _is_free(member.person.person_id, builder, done):
            done.add((member.person.person_id, builder))
            _submit_clean(studio, builder, household, member, on, shares)
    studio.close_case()


def _is_free(person_id: str, builder: Builder, done: set[tuple[str, Builder]]) -> bool:
    """Whether a kind is new for a person; who lies in hospital has no other care that month."""
    kinds = {other for person, other in done if person == person_id}
    return not kinds or (builder is not hospital and not kinds & {builder, hospital})


def _submit_clean(
    studio: Studio,
    builder: Builder,
    household: Household,
    member: SimMember,
    on: Day,
    shares: _Shares,
) -> None:
    draft = builder(studio.maker, household, member, studio.deposit(on))
    chance = studio.maker.rng.random()
    form = Form.LINES
    if chance < shares.fhir:
        form = Form.FHIR
    elif chance < shares.fhir + shares.single_file:
        form = Form.FILE
    studio.submit(draft, CLEAN, on=on, form=form)


def _write_drafts(folder: Path, drafts: list[dict[str, Any]]) -> None:
    if not drafts:
        return
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{json.dumps(draft, ensure_ascii=False)}\n" for draft in drafts)
    (folder / "drafts.jsonl").write_text(text, encoding="utf-8", newline="\n")


def _write_json(path: Path, value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")
