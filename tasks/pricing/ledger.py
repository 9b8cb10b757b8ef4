"""The counters' ledger: what a family's dossiers should have got, had they come in their order.

A dossier is priced on what dossiers of lower rank used of deductibles, caps and ceilings. One that
comes late, is corrected, withdrawn or refused changes what those of higher rank should have seen.
Here a family's dossiers are priced once more in the order of their ranks and compared with what
stands in the books.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from models.dossier import RequestKind
from models.finding import Effect, Finding
from models.outcome import CounterUse, PricedDossier, PricingInput
from tasks.pricing.catalogue import Catalogue
from tasks.pricing.engine import ENGINE_VERSION, NO_VERSION, price


@dataclass(frozen=True, slots=True)
class Entry:
    """One live dossier as it stands in the books.

    ``given.counters`` are the uses its people have in the books, of any rank; ``priced`` brings
    its own findings and counter uses. ``seen`` is what it saw of counters when it was priced; it
    is asked for only where another tariff priced it. What may not be decided again now (it is
    under way, or quarantined) counts as it stands.
    """

    given: PricingInput
    priced: PricedDossier
    seen: tuple[CounterUse, ...] = ()
    is_reopenable: bool = True

    @property
    def may_change(self) -> bool:
        """Whether it may be decided again; a request for agreement owes and uses nothing."""
        is_request = self.given.dossier.request_kind is not RequestKind.REIMBURSEMENT
        return self.is_reopenable and not is_request


@dataclass(frozen=True, slots=True)
class Restated:
    """A dossier that counters give another result than the books hold, and that result."""

    entry: Entry
    priced: PricedDossier


class FreshUses:
    """What some dossiers use of counters by a new result, in place of what the books say."""

    __slots__ = ("_by_person", "_replaced")

    def __init__(self) -> None:
        self._by_person: dict[str, list[CounterUse]] = {}
        self._replaced: set[str] = set()

    def put(self, priced: PricedDossier) -> None:
        """Let a dossier's new result count; each dossier once."""
        self._replaced.add(priced.dossier_id)
        for use in priced.counter_uses:
            self._by_person.setdefault(use.person_id, []).append(use)

    def seen_by(self, given: PricingInput) -> PricingInput:
        """Return an input that sees the new uses of its people instead of those in the books."""
        if not self.concern(given):
            return given
        stored = [use for use in given.counters if use.dossier_id not in self._replaced]
        return replace(given, counters=(*stored, *self._new(given)))

    def concern(self, given: PricingInput) -> bool:
        """Whether a new result changes what an input may see."""
        is_stored = any(use.dossier_id in self._replaced for use in given.counters)
        return is_stored or bool(self._new(given))

    def _new(self, given: PricingInput) -> list[CounterUse]:
        people = {given.validated.beneficiary_person_id, given.validated.insured_person_id}
        return [use for person in sorted(people) for use in self._by_person.get(person, ())]


def restate(
    entries: Iterable[Entry], catalogue: Catalogue, *, production: bool = False
) -> list[Restated]:
    """Return the dossiers whose result differs from the books because of counters, by rank.

    A tariff that changed since is no reason here: a dossier priced under another tariff version
    is compared with what the present catalogue makes of the counters it saw then.
    """
    fresh = FreshUses()
    found: list[Restated] = []
    for entry in sorted(entries, key=lambda each: each.given.dossier.rank):
        if not entry.may_change:
            continue
        given = fresh.seen_by(entry.given)
        priced = price(given, catalogue, production=production)
        if is_same(priced, entry.priced):
            continue
        if not is_same_tariff(entry.priced, catalogue):
            before = price(replace(given, counters=entry.seen), catalogue, production=production)
            if is_same(priced, before):
                continue
        fresh.put(priced)
        found.append(Restated(entry, priced))
    return found


def is_same(one: PricedDossier, other: PricedDossier) -> bool:
    """Whether two results pay and use the same, and ask for the same to be done.

    Notes are left out: they change no amount and no decision, and often quote what is left of a
    ceiling.
    """
    return (
        _amounts(one) == _amounts(other)
        and same_uses(one.counter_uses, other.counter_uses)
        and _demands(one.findings) == _demands(other.findings)
    )


def same_uses(one: Sequence[CounterUse], other: Sequence[CounterUse]) -> bool:
    """Whether two results use the same of everybody's counters."""
    return _uses(one) == _uses(other)


def is_same_tariff(priced: PricedDossier, catalogue: Catalogue) -> bool:
    """Whether the catalogue and the engine are those under which a dossier was priced."""
    scheme = catalogue.find(priced.scheme, priced.currency)
    now = NO_VERSION if scheme is None else scheme.tariff_version
    return (priced.tariff_version, priced.engine_version) == (now, ENGINE_VERSION)


def _amounts(priced: PricedDossier) -> list[tuple[object, ...]]:
    return [
        (line.line_no, line.tariff_minor, line.base_minor, line.due_minor, line.shares)
        for line in sorted(priced.lines, key=lambda line: line.line_no)
    ]


def _uses(uses: Sequence[CounterUse]) -> list[tuple[object, ...]]:
    return sorted(
        (use.person_id, use.counter, use.care_date.isoformat(), use.amount_minor) for use in uses
    )


def _demands(findings: Sequence[Finding]) -> list[tuple[object, ...]]:
    return sorted(
        (finding.code, finding.effect.value, finding.line_no or 0)
        for finding in findings
        if finding.effect is not Effect.NOTE
    )
