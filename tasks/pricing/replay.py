"""Prices decided dossiers again under changed figures, and says which decisions that affects."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from models.finding import Effect
from models.outcome import PricedDossier
from tasks.pricing.catalogue import Catalogue
from tasks.pricing.changes import FigureChange
from tasks.pricing.engine import RULE_SEPARATOR, price
from tasks.pricing.ledger import Entry, FreshUses, is_same, is_same_tariff, same_uses

#: A category of money: scheme, currency, kind of care, the rule that gave the line its tariff.
Category = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decided dossier as it stands in the books, with the lines that findings refuse.

    ``is_in_period`` is False for what is only here because it follows in a family's order.
    """

    entry: Entry
    refused_lines: frozenset[int]
    decided_minor: int
    status: str
    is_in_period: bool


@dataclass(frozen=True, slots=True)
class Affected:
    """A decision that the change affects; amounts in minor units, before and after the change.

    ``decided_minor`` is what the decision says, which a person may have set. ``parts`` has the
    amounts before and after by category.
    """

    dossier_id: str
    version: int
    public_number: str
    scheme: str
    currency: str
    status: str
    is_in_period: bool
    decided_minor: int
    before_minor: int
    after_minor: int
    parts: tuple[tuple[Category, int, int], ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay found: decisions affected by the change, and how many differ without it.

    ``first_ranks`` has the people whose counters the change used otherwise, from which rank on.
    """

    affected: tuple[Affected, ...]
    differing_otherwise: int
    first_ranks: Mapping[str, str]


def replay(
    decided: Iterable[Decided], catalogue: Catalogue, changed: Catalogue, *, production: bool
) -> Replayed:
    """Compare what dossiers get with the figures of the catalogue and with the changed ones.

    Both are priced in the order of ranks, so that what the change does to counters reaches the
    dossiers after. One priced under an older tariff is priced anew under the present one first:
    only what the change does is counted.
    """
    before_uses, after_uses = FreshUses(), FreshUses()
    ranks: dict[str, str] = {}
    affected: list[Affected] = []
    otherwise = 0
    for one in _in_rank(decided):
        entry = one.entry
        before = entry.priced
        is_followed = before_uses.concern(entry.given)
        if is_followed or not is_same_tariff(entry.priced, catalogue):
            given = before_uses.seen_by(entry.given)
            before = price(given, catalogue, production=production)
            if not is_same(before, entry.priced):
                before_uses.put(before)
                otherwise += one.is_in_period
        after = price(after_uses.seen_by(entry.given), changed, production=production)
        if not is_same(after, entry.priced):
            after_uses.put(after)
            _lower_ranks(ranks, one, after)
        if not is_same(before, after):
            affected.append(_affected(one, before, after))
    return Replayed(tuple(affected), otherwise, ranks)


def replay_in_force(
    decided: Iterable[Decided],
    catalogue: Catalogue,
    changes: Sequence[FigureChange],
    *,
    production: bool,
) -> Replayed:
    """Compare what stands in the books with what the catalogue, which holds the changes, gives.

    A dossier that differs without having read a changed figure, and without following one that
    did, is left alone: another reason than the change has to be given for it.
    """
    fresh = FreshUses()
    ranks: dict[str, str] = {}
    affected: list[Affected] = []
    otherwise = 0
    for one in _in_rank(decided):
        entry = one.entry
        after = price(fresh.seen_by(entry.given), catalogue, production=production)
        if is_same(after, entry.priced):
            continue
        is_touched = any(
            change.is_of(figure)
            for priced in (entry.priced, after)
            for line in priced.lines
            for figure in line.figure_ids
            for change in changes
            if change.scheme_id == priced.scheme
        )
        if is_touched or fresh.concern(entry.given):
            fresh.put(after)
            _lower_ranks(ranks, one, after)
            affected.append(_affected(one, entry.priced, after))
        else:
            otherwise += one.is_in_period
    return Replayed(tuple(affected), otherwise, ranks)


def _lower_ranks(ranks: dict[str, str], one: Decided, after: PricedDossier) -> None:
    """Note whose counters a dossier uses otherwise than the books say."""
    stored = one.entry.priced.counter_uses
    if same_uses(stored, after.counter_uses):
        return
    rank = one.entry.given.dossier.rank
    for use in (*stored, *after.counter_uses):
        ranks[use.person_id] = min(ranks.get(use.person_id, rank), rank)


def _in_rank(decided: Iterable[Decided]) -> list[Decided]:
    """The dossiers that may be decided again; the others count as they stand in the books."""
    return sorted(
        (one for one in decided if one.entry.may_change),
        key=lambda one: one.entry.given.dossier.rank,
    )


def _affected(one: Decided, before: PricedDossier, after: PricedDossier) -> Affected:
    dossier = one.entry.given.dossier
    parts: dict[Category, tuple[int, int]] = {}
    old, new = _due_lines(one, before), _due_lines(one, after)
    for line in before.lines:
        if not old[line.line_no] and not new.get(line.line_no):
            continue
        again = next((each for each in after.lines if each.line_no == line.line_no), line)
        # The rule that gives a tariff now says what it is; where none does, the one that did.
        rule = (again if again.tariff_minor is not None else line).rule_id
        key = (dossier.scheme, dossier.currency, dossier.care_kind.value,
               rule.partition(RULE_SEPARATOR)[0])  # fmt: skip
        sums = parts.get(key, (0, 0))
        parts[key] = (sums[0] + old[line.line_no], sums[1] + new.get(line.line_no, 0))
    return Affected(
        dossier_id=dossier.dossier_id,
        version=dossier.version,
        public_number=dossier.public_number,
        scheme=dossier.scheme,
        currency=dossier.currency,
        status=one.status,
        is_in_period=one.is_in_period,
        decided_minor=one.decided_minor,
        before_minor=sum(old.values()),
        after_minor=sum(new.values()),
        parts=tuple((key, *sums) for key, sums in sorted(parts.items())),
    )


def _due_lines(one: Decided, priced: PricedDossier) -> dict[int, int]:
    """What is due on each line, nothing on those that a finding refuses."""
    refused = one.refused_lines | {
        finding.line_no for finding in priced.findings if finding.effect is Effect.REFUSE_LINE
    }
    return {line.line_no: 0 if line.line_no in refused else line.due_minor for line in priced.lines}


@dataclass(frozen=True, slots=True)
class Sums:
    """Decisions and money of one category, in minor units, before and after the change."""

    decisions: int = 0
    before_minor: int = 0
    after_minor: int = 0

    def plus(self, before_minor: int, after_minor: int) -> "Sums":
        """The sums with one more decision."""
        return replace(
            self,
            decisions=self.decisions + 1,
            before_minor=self.before_minor + before_minor,
            after_minor=self.after_minor + after_minor,
        )


def add_up(sums: dict[Category, Sums], affected: Iterable[Affected]) -> None:
    """Add affected decisions to the sums of their categories."""
    for one in affected:
        for category, before_minor, after_minor in one.parts:
            known = sums.get(category, Sums())
            sums[category] = known.plus(before_minor, after_minor)
