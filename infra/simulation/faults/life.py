"""What befalls a dossier after its first day: complements, appeals, payees, changed registers."""

import datetime as dt
from dataclasses import replace

from infra.simulation.electronic import laboratory, pharmacy
from infra.simulation.faults.fault import Fault, insured_draft, visit
from infra.simulation.faults.fraud import cancel_membership
from infra.simulation.faults.pieces import drop_piece
from infra.simulation.maker import Draft
from infra.simulation.population import Household, SimMandate
from infra.simulation.registers_out import affiliation_values, person_values, row
from infra.simulation.studio import CLEAN, Day, Expected, Studio


def completed(studio: Studio, expected: Expected) -> None:
    """Returned on the eve for want of bar codes, completed on the day with the same sheet."""
    draft = _returned_on_eve(studio, expected, "drug_barcodes", "CODE_BARRES")
    again = {**draft.dossier, "kind_of_submission": "complement"}
    again["pieces"] = [*draft.dossier["pieces"], {"kind": "drug_barcodes", "count": 1}]
    again["deposit_date"] = studio.maker.day_text(studio.deposit(back=0))
    studio.submit(replace(draft, dossier=again), expected)


def completed_in_vain(studio: Studio, expected: Expected) -> None:
    """Returned on the eve, and sent again on the day without what was missing."""
    draft = _returned_on_eve(studio, expected, "drug_barcodes", "CODE_BARRES")
    again = {**draft.dossier, "kind_of_submission": "complement"}
    studio.submit(replace(draft, dossier=again), expected)


def withdrawn(studio: Studio, expected: Expected) -> None:
    """Returned on the eve, withdrawn by the insured person on the day."""
    draft = _returned_on_eve(studio, expected, "drug_barcodes", "CODE_BARRES")
    again = {**draft.dossier, "kind_of_submission": "withdrawal"}
    studio.submit(replace(draft, dossier=again), expected)


def _returned_on_eve(studio: Studio, expected: Expected, piece: str, code: str) -> Draft:
    draft = insured_draft(studio, pharmacy, studio.deposit(Day.EVE, back=2))
    drop_piece(draft.dossier, piece)
    first = Expected(fault=expected.fault, codes=(code,), outcome="returned")
    studio.submit(draft, first, on=Day.EVE)
    return draft


def appealed(studio: Studio, expected: Expected) -> None:
    """Refused on the eve as deposited too late, contested on the day: a person decides."""
    deposit = studio.deposit(Day.EVE)
    draft = visit(studio, deposit=deposit, care=deposit - 70)
    first = Expected(fault=expected.fault, codes=("FORCLUSION",), outcome="refused")
    studio.submit(draft, first, on=Day.EVE)
    again = {**draft.dossier, "kind_of_submission": "appeal"}
    studio.submit(replace(draft, dossier=again), expected)


def without_account(studio: Studio, expected: Expected) -> None:
    """A sound dossier of a person who has declared no account: it waits, it is not refused."""
    draft = insured_draft(studio, laboratory)
    draft.household.account = None
    studio.submit(draft, expected)


def paid_to_guardian(studio: Studio, expected: Expected) -> None:
    """A guardian is paid in place of the insured person."""
    draft = insured_draft(studio, pharmacy)
    _give_mandate(studio, draft.household, "guardian")
    studio.submit(draft, _paid_to(draft.household, expected))


def paid_to_heir(studio: Studio, expected: Expected) -> None:
    """The insured person died after the care; the heir is paid."""
    deposit = studio.deposit()
    draft = visit(studio, deposit=deposit, care=deposit - 20)
    draft.household.insured.death_date = dt.date.fromordinal(deposit - 10)
    _give_mandate(studio, draft.household, "heir")
    studio.submit(draft, _paid_to(draft.household, expected))


def _give_mandate(studio: Studio, household: Household, kind: str) -> None:
    population = studio.maker.population
    person = population.new_person("F", 45, 1)
    household.other_person = person
    household.account = population.new_account(person.person_id, kind)
    since = studio.days.day - dt.timedelta(days=9)
    household.mandate = SimMandate(kind, person.person_id, since)


def _paid_to(household: Household, expected: Expected) -> Expected:
    mandate = household.mandate
    assert mandate is not None
    return replace(expected, payee_kind=mandate.payee_kind, payee_id=mandate.payee_id)


def cancelled_after_payment(studio: Studio, expected: Expected) -> None:
    """Paid on the day; the next working day's delta shows that there never were rights."""
    draft = insured_draft(studio, pharmacy)
    cancel_membership(studio, draft.household, studio.days.after)
    due = studio.maker.figures.due_minor(
        draft.dossier, sector=draft.provider.sector, has_ald=draft.has_ald
    )
    after = {"delta": studio.days.after.isoformat(), "overpaid_minor": due}
    studio.submit(draft, replace(expected, after_delta=after))


def merged_person(studio: Studio, expected: Expected) -> None:
    """The insured person stood in the register twice; the two are merged afterwards."""
    draft = insured_draft(studio, laboratory)
    insured, after = draft.household.insured, studio.days.after
    double = replace(insured, person_id=f"{insured.person_id}D")
    draft.household.other_person = double
    values = {"merged_id": double.person_id, "person_id": insured.person_id}
    since = draft.household.tied_since
    studio.deltas.add(after, row("alias", values, valid_from=since, known_from=after, op="merge"))
    studio.submit(draft, expected)


def changed_cin(studio: Studio, expected: Expected) -> None:
    """A new identity card afterwards; the old number stays in the history."""
    draft = insured_draft(studio, laboratory)
    old, after = draft.household.insured, studio.days.after
    fresh = replace(old, cin=f"Z{old.cin[-6:]}")
    born = old.birth_date
    studio.deltas.add(
        after, row("person", person_values(old), valid_from=born, known_from=after, op="retract")
    )
    last = after - dt.timedelta(days=1)
    studio.deltas.add(
        after, row("person", person_values(old), valid_from=born, known_from=after, valid_to=last)
    )
    studio.deltas.add(
        after, row("person", person_values(fresh), valid_from=after, known_from=after)
    )
    studio.submit(draft, expected)


def moved_scheme(studio: Studio, expected: Expected) -> None:
    """The person moves to the public sector's scheme afterwards; this care stays here."""
    draft = insured_draft(studio, laboratory)
    household, after = draft.household, studio.days.after
    person_id, since = household.insured.person_id, household.tied_since
    values = affiliation_values(person_id, household.number)
    other = affiliation_values(person_id, household.number, "ma-amo-public", "civil_servant")
    last = after - dt.timedelta(days=1)
    for entry in (
        row("affiliation", values, valid_from=since, known_from=after, op="retract"),
        row("affiliation", values, valid_from=since, known_from=after, valid_to=last),
        row("affiliation", other, valid_from=after, known_from=after),
    ):
        studio.deltas.add(after, entry)
    studio.submit(draft, expected)


FAULTS = (
    Fault("completed", 25, Expected(version=2), completed),
    Fault(
        "completed_in_vain",
        5,
        Expected(codes=("CODE_BARRES",), outcome="returned", version=2),
        completed_in_vain,
    ),
    Fault("withdrawn", 5, Expected(outcome="withdrawn"), withdrawn),
    Fault(
        "appealed",
        15,
        Expected(codes=("FORCLUSION",), outcome="review", version=2),
        appealed,
    ),
    Fault("without_account", 20, Expected(waits="no_account"), without_account),
    Fault("paid_to_guardian", 10, CLEAN, paid_to_guardian),
    Fault("paid_to_heir", 10, CLEAN, paid_to_heir),
    Fault("cancelled_after_payment", 10, CLEAN, cancelled_after_payment),
    Fault("merged_person", 5, CLEAN, merged_person),
    Fault("changed_cin", 5, CLEAN, changed_cin),
    Fault("moved_scheme", 5, CLEAN, moved_scheme),
)
