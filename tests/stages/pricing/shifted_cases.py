"""Moves a golden case to another day: every date in it by the same number of days."""

import datetime as dt
from dataclasses import replace

from models.outcome import PricingInput


def shifted(given: PricingInput, days: int) -> PricingInput:
    """The case as if everything had happened some days later, or earlier for a negative number."""
    by = dt.timedelta(days=days)
    dossier, validated = given.dossier, given.validated
    lines = tuple(
        replace(line, care_date=line.care_date + by, facts=_facts(line.facts, by))
        for line in dossier.lines
    )
    stay = dossier.stay and replace(
        dossier.stay,
        admission_date=dossier.stay.admission_date + by,
        discharge_date=dossier.stay.discharge_date + by,
    )
    birth = validated.beneficiary_birth_date
    return PricingInput(
        replace(
            dossier,
            lines=lines,
            stay=stay,
            deposit_date=dossier.deposit_date + by,
            facts=_facts(dossier.facts, by),
        ),
        replace(
            validated,
            beneficiary_birth_date=birth and birth + by,
            facts=tuple(
                replace(
                    fact,
                    value=_moved(fact.value, by),
                    valid_from=max(fact.valid_from, dt.date(1850, 1, 1)) + by,
                    valid_to=fact.valid_to and fact.valid_to + by,
                )
                for fact in validated.facts
            ),
        ),
        tuple(replace(use, care_date=use.care_date + by) for use in given.counters),
    )


def _facts(facts, by):
    return {name: _moved(value, by) for name, value in facts.items()}


def _moved(value, by):
    try:
        return (dt.date.fromisoformat(value) + by).isoformat()
    except ValueError:
        return value
