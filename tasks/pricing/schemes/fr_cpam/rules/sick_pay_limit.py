"""How many days of sick pay there may be in three years; above it a person looks."""

from collections.abc import Sequence

from tasks.pricing.primitives import line_order, months_later
from tasks.pricing.rule import Case, Change, Charge, Figures, LineState, base_rule
from tasks.pricing.schemes.fr_cpam.rules.sick_pay_amounts import (
    GROUPS,
    MONTHS_A_YEAR,
    ONE_DAY,
    SICKNESS,
)

#: Days of sick pay paid, by income; the use's day is the first day of the certified period.
PAID_COUNTER = "fr.sick_pay.paid_days"


@base_rule(
    "FR-IJ-DUREE",
    reference="Code de la sécurité sociale, L323-1 et R323-1 : 360 indemnités par période de 3 ans",
    reads=("sick_pay.days_limit", "sick_pay.days_limit_period"),
    asks=("income",),
    codes=("IJ_DUREE",),
)
def days_limit(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return a word for a person once more days are paid in three years than the law allows.

    The amount stays: stops for a long-term condition have their own three years, and a year back
    at work opens new ones, which no figure here settles. A period counts at its first day.
    """
    sick = [each for each in lines if each.group == GROUPS[SICKNESS] and each.tariff_minor]
    here: dict[str, int] = {}
    changes: list[Change] = []
    for state in sorted(sick, key=line_order):
        daily = (state.tariff_minor or 0) // state.line.quantity
        paid = state.base_minor // daily
        if not paid:
            continue
        limit = figures.at("sick_pay.days_limit", state)
        period = figures.at("sick_pay.days_limit_period", state)
        counter = f"{PAID_COUNTER}.{case.choice('income', state)}"
        day = state.line.care_date
        first = months_later(day, -int(period.value) * MONTHS_A_YEAR) + ONE_DAY
        here[counter] = here.get(counter, 0) + paid
        count = case.used(counter, first, day) + here[counter]
        is_above = count > limit.value
        changes.append(
            Change(
                state.position,
                state.base_minor,
                (limit, period),
                "IJ_DUREE" if is_above else "",
                {"count": str(count), "limit": str(int(limit.value))} if is_above else {},
                (Charge(counter, paid),),
            )
        )
    return changes
