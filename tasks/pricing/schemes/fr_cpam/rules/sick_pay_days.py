"""Which days of a certified period are paid: not the waiting days, and no day twice."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from tasks.pricing.figures import Figure
from tasks.pricing.primitives import line_order, months_later
from tasks.pricing.rule import Case, Change, Charge, Figures, LineState, base_rule
from tasks.pricing.schemes.fr_cpam.rules.sick_pay_amounts import (
    DAILY_READS,
    GROUPS,
    MONTHS_A_YEAR,
    ONE_DAY,
    SICKNESS,
    WAGE_FACTS,
    certified_days,
    daily_benefit,
)

#: Certified days of a stop, by income and first day of the stop; the use's day is the first one.
DAYS_COUNTER = "fr.sick_pay.days"
#: Waiting days taken in a stop for a long-term condition, on that stop's first day.
CONDITION_COUNTER = "fr.sick_pay.ald_waiting"
JOB = "job"
WAITING_READS = ("sick_pay.waiting_days", "sick_pay.ald_period")


def _benefit_lines(lines: Sequence[LineState]) -> list[LineState]:
    """The lines of daily benefits, in an order that does not depend on the sheet."""
    groups = GROUPS.values()
    found = [each for each in lines if each.group in groups and each.tariff_minor is not None]
    return sorted(found, key=line_order)


def _amount(state: LineState, case: Case, figures: Figures, days: Iterable[dt.date]) -> int:
    daily = daily_benefit(state, case, figures)
    return sum(map(daily.on, days))


def _is_waived(state: LineState, case: Case, period: Figure) -> bool:
    """Whether an earlier stop for the long-term condition has taken the waiting days already."""
    if not case.flag("is_ald_stop", state) or not case.validated.ald_code:
        return False
    start = case.date("stop_start", state)
    months = int(period.value) * MONTHS_A_YEAR
    return any(
        use.counter == CONDITION_COUNTER
        and use.care_date < start < months_later(use.care_date, months)
        for use in case.counters
    )


def _waiting_days(state: LineState, case: Case, figures: Figures) -> set[dt.date]:
    """Return the days of the line that are waiting days of its stop, waived or not."""
    if state.group != GROUPS[SICKNESS]:
        return set()
    start = case.date("stop_start", state)
    count = int(figures.at("sick_pay.waiting_days", state).value)
    return {day for day in certified_days(state) if start <= day < start + ONE_DAY * count}


@base_rule(
    "FR-IJ-CARENCE",
    reference="Code de la sécurité sociale, L323-1 et R323-1 ; circulaire DSS/SD2/2015/179",
    reads=(*DAILY_READS, *WAITING_READS),
    asks=(*WAGE_FACTS, "is_ald_stop"),
    codes=("IJ_CARENCE", "IJ_CARENCE_ALD", "IJ_ALD_NON_RECONNUE"),
)
def waiting(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return the sickness lines without the first three days of their stop.

    The days are those of the calendar from the stop's first day on, so a prolongation never takes
    them again, in whatever order the dossiers arrive. For a long-term condition they are taken
    once in three years; the counter says whether an earlier stop took them.
    """
    changes: list[Change] = []
    for state in _benefit_lines(lines):
        days = _waiting_days(state, case, figures)
        if not days:
            continue
        count = figures.at("sick_pay.waiting_days", state)
        period = figures.at("sick_pay.ald_period", state)
        params = {"days": str(len(days))}
        if _is_waived(state, case, period):
            changes.append(
                Change(state.position, state.base_minor, (count, period), "IJ_CARENCE_ALD", params)
            )
            continue
        is_condition = case.flag("is_ald_stop", state)
        is_known = bool(case.validated.ald_code)
        charge = Charge(CONDITION_COUNTER, len(days), case.date("stop_start", state))
        paid = [day for day in certified_days(state) if day not in days]
        changes.append(
            Change(
                state.position,
                _amount(state, case, figures, paid),
                (count, period) if is_condition else (count,),
                "IJ_ALD_NON_RECONNUE" if is_condition and not is_known else "IJ_CARENCE",
                params,
                (charge,) if is_condition and is_known else (),
            )
        )
    return changes


@base_rule(
    "FR-IJ-JOURS",
    reference="Code de la sécurité sociale, L321-1, L162-4-4 et R323-1",
    reads=(*DAILY_READS, *WAITING_READS, "sick_pay.resumption_days"),
    asks=(*WAGE_FACTS, "is_ald_stop", "is_prolongation", "is_employed", "income"),
    codes=(
        "IJ_JOURS_DEJA_INDEMNISES",
        "IJ_ARRETS_CHEVAUCHANTS",
        "IJ_DATES_INCOHERENTES",
        "IJ_INTERRUPTION",
        "IJ_SANS_EMPLOI",
    ),
)
def days_once(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return the lines with each day of a stop paid once, and what a person must look at.

    Counters keep the certified days of each stop and income: a period sent twice, or a
    prolongation that begins on the last day of the one before, is paid once, and so is a day of
    two stops that overlap. Days before the stop's first day are not paid. More than two days
    without a certificate are a new stop.
    """
    certified = _benefit_lines(lines)
    begins = {each.line.care_date for each in certified}
    known: dict[str, set[dt.date]] = {}
    changes: list[Change] = []
    for state in certified:
        start = case.date("stop_start", state)
        income = f"{DAYS_COUNTER}.{case.choice('income', state)}."
        counter = f"{income}{start.isoformat()}"
        elsewhere = _days_used(case, income, but=counter)
        before = known.setdefault(income, elsewhere | _days_used(case, counter))
        days = [day for day in certified_days(state) if day >= start]
        fresh = [day for day in days if day not in before]
        period = figures.at("sick_pay.ald_period", state)
        unpaid = _waiting_days(state, case, figures)
        if _is_waived(state, case, period):
            unpaid = set()
        paid = [day for day in fresh if day not in unpaid]
        longest = figures.at("sick_pay.resumption_days", state)
        codes = _codes(state, case, begins, _gap(state, start, before), longest)
        if shared := len(elsewhere.intersection(days)):
            codes.append(("IJ_ARRETS_CHEVAUCHANTS", str(shared)))
        elif len(fresh) < len(days):
            codes.append(("IJ_JOURS_DEJA_INDEMNISES", str(len(days) - len(fresh))))
        before.update(days)
        amount = _amount(state, case, figures, paid)
        uses = tuple(Charge(counter, length, first) for first, length in _runs(fresh))
        code, count = codes[0] if codes else ("", "")
        params = {"days": count} if count else {}
        changes.append(Change(state.position, amount, (longest,), code, params, uses))
        changes += [
            Change(state.position, amount, (), also, {"days": number} if number else {})
            for also, number in codes[1:]
        ]
    return changes


def _codes(
    state: LineState, case: Case, begins: Collection[dt.date], gap: int, longest: Figure
) -> list[tuple[str, str]]:
    """What a person must look at, with a number of days where the sentence has one."""
    start = case.date("stop_start", state)
    found: list[tuple[str, str]] = []
    is_early = state.line.care_date < start
    if is_early or (min(begins) > start and not case.flag("is_prolongation", state)):
        found.append(("IJ_DATES_INCOHERENTES", ""))
    if gap > longest.value:
        found.append(("IJ_INTERRUPTION", str(gap)))
    if case.choice("income", state) == JOB and not case.flag("is_employed", state):
        found.append(("IJ_SANS_EMPLOI", ""))
    return found


def _gap(state: LineState, start: dt.date, before: Collection[dt.date]) -> int:
    """Return the days without a certificate between the line and what is known before it."""
    earlier = [day for day in before if day < state.line.care_date]
    last = max(earlier, default=start - ONE_DAY)
    return max(0, (state.line.care_date - last).days - 1)


def _days_used(case: Case, prefix: str, *, but: str = "") -> set[dt.date]:
    """Return the days of the counters that begin so, but for one of them."""
    return {
        use.care_date + ONE_DAY * count
        for use in case.counters
        if use.counter.startswith(prefix) and use.counter != but
        for count in range(use.amount_minor)
    }


def _runs(days: Sequence[dt.date]) -> list[tuple[dt.date, int]]:
    """Return days in order of time as runs without a gap: first day and length."""
    runs: list[tuple[dt.date, int]] = []
    for day in days:
        if runs and runs[-1][0] + ONE_DAY * runs[-1][1] == day:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((day, 1))
    return runs
