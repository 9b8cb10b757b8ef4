"""What one day of a stop is worth: sickness, work accident, maternity.

Amounts are exact until the daily benefit, which is rounded once; a line then counts days.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.dossier import LineKind, Relation
from models.money import format_minor, round_minor
from tasks.pricing.figures import Figure, Status
from tasks.pricing.rule import Case, Figures, LineState, Rate, Tariff, rate_rule, tariff_rule

#: The code of a line of daily benefits; its quantity is the days of the certified period.
SICK_PAY_LINE = "IJ"
SICKNESS, ACCIDENT, MATERNITY = "sickness", "work_accident", "maternity"
#: The group that the tariff rules give to a line of each risk.
GROUPS = {SICKNESS: "IJ-MALADIE", ACCIDENT: "IJ-ATMP", MATERNITY: "IJ-MATERNITE"}
#: The group of a line on which nothing is due.
OUTSIDE_GROUP = "IJ-HORS-DROIT"
ONE_DAY = dt.timedelta(days=1)
MONTHS_A_YEAR = 12

SHARED_FACTS = ("stop_start", "stop_risk", "salary_m1")
WAGE_FACTS = (*SHARED_FACTS, "salary_m2", "salary_m3")
SICKNESS_READS = (
    "sick_pay.daily_rate",
    "sick_pay.divisor",
    "sick_pay.smic_multiple",
    "sick_pay.smic_month",
    "sick_pay.daily_maximum",
    "sick_pay.cent_threshold",
)
ACCIDENT_READS = (
    "sick_pay.accident_divisor",
    "sick_pay.accident_rate_first",
    "sick_pay.accident_rate_later",
    "sick_pay.accident_later_day",
    "sick_pay.accident_cap_share",
    "sick_pay.accident_maximum_first",
    "sick_pay.accident_maximum_later",
    "sick_pay.flat_contributions",
    "sick_pay.pss_month",
    "sick_pay.cent_threshold",
)
MATERNITY_READS = (
    "sick_pay.divisor",
    "sick_pay.flat_contributions",
    "sick_pay.pss_month",
    "sick_pay.maternity_maximum",
    "sick_pay.maternity_minimum",
    "sick_pay.cent_threshold",
)
#: What a rule declares that asks for the daily benefit of any risk.
DAILY_READS = tuple(dict.fromkeys((*SICKNESS_READS, *ACCIDENT_READS, *MATERNITY_READS)))


@dataclass(frozen=True, slots=True)
class DailyBenefit:
    """What a day is worth in cents: ``first_minor``, and ``later_minor`` from a later day on.

    ``figures`` make both amounts; those of one amount alone stand in its own field.
    """

    first_minor: int
    later_minor: int
    later_from: dt.date
    figures: tuple[Figure, ...]
    first_figures: tuple[Figure, ...] = ()
    later_figures: tuple[Figure, ...] = ()

    def on(self, day: dt.date) -> int:
        """Return what a day of the stop is worth."""
        return self.first_minor if day < self.later_from else self.later_minor

    def figures_of(self, days: Sequence[dt.date]) -> tuple[Figure, ...]:
        """Return the figures behind the amounts of some days, and of no others."""
        has_first = any(day < self.later_from for day in days)
        has_later = any(day >= self.later_from for day in days)
        first = self.first_figures if has_first else ()
        return (*self.figures, *first, *(self.later_figures if has_later else ()))


def is_sick_pay(state: LineState) -> bool:
    """Tell whether a line asks for daily benefits."""
    return state.line.kind is LineKind.CODE and state.line.code == SICK_PAY_LINE


def certified_days(state: LineState) -> list[dt.date]:
    """Return the days of a line's certified period, the first one being its care date."""
    return [state.line.care_date + ONE_DAY * count for count in range(state.line.quantity)]


def daily_benefit(state: LineState, case: Case, figures: Figures) -> DailyBenefit:
    """Return what a day of a line is worth, by the risk of its stop."""
    return _BENEFITS[case.choice("stop_risk", state)](state, case, figures)


def _sickness_benefit(state: LineState, case: Case, figures: Figures) -> DailyBenefit:
    """Half of three months' wages, each capped in minimum wages, divided by 91.25."""
    start = case.date("stop_start", state)
    smic = figures.on("sick_pay.smic_month", start.replace(day=1) - ONE_DAY)
    multiple = figures.at("sick_pay.smic_multiple", state)
    rate = figures.at("sick_pay.daily_rate", state)
    divisor = figures.at("sick_pay.divisor", state)
    maximum = figures.at("sick_pay.daily_maximum", state)
    total = _three_months(case, state, smic.minor * multiple.value)
    daily, doubt = _in_cents(total * rate.value / divisor.value, maximum, state, figures)
    used = (smic, multiple, divisor, rate, maximum, *doubt)
    return DailyBenefit(daily, daily, dt.date.max, used)


def _accident_benefit(state: LineState, case: Case, figures: Figures) -> DailyBenefit:
    """60 %, then 80 %, of the last month's wage / 30.42, never above the net daily wage.

    The net daily wage is that of the whole wage: the published maximum of 80 % would never be
    reached if it were that of the capped one.
    """
    start = case.date("stop_start", state)
    divisor = figures.at("sick_pay.accident_divisor", state)
    share = figures.at("sick_pay.accident_cap_share", state)
    ceiling = figures.at("sick_pay.pss_month", state)
    contributions = figures.at("sick_pay.flat_contributions", state)
    later_day = figures.at("sick_pay.accident_later_day", state)
    wage = case.whole("salary_m1", state) / divisor.value
    base = min(wage, ceiling.minor * MONTHS_A_YEAR * share.value)
    net = wage * (1 - contributions.value)
    steps: list[tuple[int, tuple[Figure, ...]]] = []
    for step in ("first", "later"):
        rate = figures.at(f"sick_pay.accident_rate_{step}", state)
        maximum = figures.at(f"sick_pay.accident_maximum_{step}", state)
        daily, doubt = _in_cents(min(base * rate.value, net), maximum, state, figures)
        steps.append((daily, (rate, maximum, *doubt)))
    (first, first_figures), (later, later_figures) = steps
    later_from = start + ONE_DAY * (int(later_day.value) - 1)
    used = (divisor, share, ceiling, contributions, later_day)
    return DailyBenefit(first, later, later_from, used, first_figures, later_figures)


def _maternity_benefit(state: LineState, case: Case, figures: Figures) -> DailyBenefit:
    """Three months' wages, each capped at the monthly ceiling, less 21 %, divided by 91.25."""
    divisor = figures.at("sick_pay.divisor", state)
    contributions = figures.at("sick_pay.flat_contributions", state)
    ceiling = figures.at("sick_pay.pss_month", state)
    maximum = figures.at("sick_pay.maternity_maximum", state)
    minimum = figures.at("sick_pay.maternity_minimum", state)
    total = _three_months(case, state, ceiling.minor)
    exact = total * (1 - contributions.value) / divisor.value
    daily, doubt = _in_cents(max(minimum.minor, exact), maximum, state, figures)
    used = (ceiling, divisor, contributions, minimum, maximum, *doubt)
    return DailyBenefit(daily, daily, dt.date.max, used)


_BENEFITS: Mapping[str, Callable[[LineState, Case, Figures], DailyBenefit]] = {
    SICKNESS: _sickness_benefit,
    ACCIDENT: _accident_benefit,
    MATERNITY: _maternity_benefit,
}


def _three_months(case: Case, state: LineState, ceiling: Decimal) -> Decimal:
    wages = [case.whole(f"salary_m{month}", state) for month in (1, 2, 3)]
    return sum((min(Decimal(wage), ceiling) for wage in wages), Decimal(0))


def _in_cents(
    exact: Decimal, maximum: Figure, state: LineState, figures: Figures
) -> tuple[int, tuple[Figure, ...]]:
    """Return the rounded daily amount, and the rounding's figure where it is in doubt here.

    The sources disagree on the rounding. Where the other way gives the same cents, or where the
    result is the maximum as officially published, nothing hangs on it and nothing is said.
    """
    threshold = figures.at("sick_pay.cent_threshold", state)
    daily = _rounded(exact, threshold, threshold.value)
    others = {_rounded(exact, threshold, other.value) for other in threshold.alternatives}
    capped = min(daily, int(maximum.minor))
    is_published = capped == int(maximum.minor) and maximum.status is Status.CONFIRMED
    doubt = () if is_published or others <= {daily} else (threshold,)
    return capped, doubt


def _rounded(exact: Decimal, threshold: Figure, part: Decimal) -> int:
    """Return whole cents: from ``part`` of a cent on, the cent counts whole."""
    return round_minor(exact + 1 - part, threshold.rounding)


def _tariff(risk: str, state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return the benefit of all certified days; days that are not paid are taken off after it."""
    if not is_sick_pay(state) or case.choice("stop_risk", state) != risk:
        return None
    if case.dossier.relation is not Relation.SELF:
        return Tariff(0, (), OUTSIDE_GROUP, is_payable=False, code="IJ_ASSURE_SEULEMENT")
    daily = daily_benefit(state, case, figures)
    currency = case.dossier.currency
    params = {"daily": format_minor(daily.first_minor, currency)}
    if daily.later_from < dt.date.max:
        params["daily_later"] = format_minor(daily.later_minor, currency)
        params["later_from"] = daily.later_from.isoformat()
    days = certified_days(state)
    amount = sum(map(daily.on, days))
    used = daily.figures_of(days)
    return Tariff(amount, used, GROUPS[risk], is_benefit=True, params=params)


@tariff_rule(
    "FR-IJ-MALADIE",
    reference=(
        "Code de la sécurité sociale, R323-4 et R323-5 ; décret n° 2025-160 du 20 février 2025"
    ),
    reads=SICKNESS_READS,
    asks=WAGE_FACTS,
    codes=("IJ_ASSURE_SEULEMENT",),
)
def sickness(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return the sick pay of the certified days; the figures are those of the stop's first day.

    The minimum wage is that of the month before the stop: a stop of January 2026 has that of
    December 2025.
    """
    return _tariff(SICKNESS, state, case, figures)


@tariff_rule(
    "FR-IJ-ATMP",
    reference="Code de la sécurité sociale, L433-1, L433-2, R433-1 et suivants",
    reads=ACCIDENT_READS,
    asks=SHARED_FACTS,
    codes=("IJ_ASSURE_SEULEMENT",),
)
def work_accident(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return the benefit after a work accident or occupational illness, higher from day 29.

    The stop starts on the day after the accident, whose own day the employer pays. Days are
    counted from that day on, so prolongations count on in whatever order they arrive.
    """
    return _tariff(ACCIDENT, state, case, figures)


@tariff_rule(
    "FR-IJ-MATERNITE",
    reference="Code de la sécurité sociale, L331-3 et R331-5",
    reads=MATERNITY_READS,
    asks=WAGE_FACTS,
    codes=("IJ_ASSURE_SEULEMENT",),
)
def maternity(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return the maternity benefit; it has no waiting days."""
    return _tariff(MATERNITY, state, case, figures)


@rate_rule(
    "FR-IJ-PART",
    reference="Prestations en espèces : pas de ticket modérateur",
    reads=("sick_pay.paid_share",),
)
def paid_share(state: LineState, case: Case, figures: Figures) -> Rate | None:
    """Return the whole: the 50, 60 or 80 % are part of the benefit, not a patient's share."""
    if state.group not in GROUPS.values():
        return None
    return Rate(figures.at("sick_pay.paid_share", state))
