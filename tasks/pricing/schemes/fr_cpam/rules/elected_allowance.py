"""The official's two incomes: papers, both benefits together, and what the council still pays."""

import datetime as dt
from collections.abc import Sequence

from models.money import format_minor
from tasks.pricing.rule import Case, Change, Figures, LineState, due_rule
from tasks.pricing.schemes.fr_cpam.rules.elected import MANDATE, kept, official_lines
from tasks.pricing.schemes.fr_cpam.rules.sick_pay_amounts import GROUPS, ONE_DAY, SICKNESS

ALLOWANCES = ("allowance_period", "allowance_period_2")


@due_rule(
    "FR-ELU-CUMUL",
    reference="Code de la sécurité sociale, L382-31, R313-3 et R323-4",
    reads=("sick_pay.daily_maximum",),
    asks=("stop_start", "mandate_body", "income"),
    codes=("ELU_CUMUL_A_VERIFIER",),
)
def both_incomes(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return a word for a person where job and mandate together exceed the one daily maximum.

    The sources say that benefits are due on both, calculated as an employee's; none says whether
    the ceiling is one for both. Each line keeps its own ceiling, and the doubt is shown.
    """
    official = [each for each in official_lines(lines, case) if each.group == GROUPS[SICKNESS]]
    changes: list[Change] = []
    for state in official:
        if case.choice("income", state) != MANDATE or not state.line.quantity:
            continue
        job = [each for each in official if _is_same_period(each, state) and each is not state]
        together = sum((each.tariff_minor or 0) // each.line.quantity for each in (state, *job))
        maximum = figures.at("sick_pay.daily_maximum", state)
        if together > maximum.minor:
            currency = case.dossier.currency
            params = {
                "daily": format_minor(together, currency),
                "maximum": format_minor(int(maximum.minor), currency),
            }
            code = "ELU_CUMUL_A_VERIFIER"
            changes.append(Change(state.position, state.due_minor, (maximum,), code, params))
    return changes


@due_rule(
    "FR-ELU-PIECES",
    reference="ameli.fr, élu local : avis d'indemnités ; CGCT, D2123-23-1",
    reads=("elected.declaration_days",),
    asks=(
        "stop_start",
        "mandate_body",
        "income",
        "mandate_continued",
        "has_allowance_notice",
        "has_ij_statement",
    ),
    codes=("ELU_PIECE_AVIS_INDEMNITES", "ELU_PIECE_RELEVE_IJ"),
)
def papers(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return the papers that an official's dossier still needs, each named once.

    The notice of the allowances shows what the mandate paid. Beyond 15 clear days without
    exercising the mandate the official declares the daily benefits to the council, with their
    statement: the first day of the stop does not count, and the sixteenth after it is beyond.
    """
    official = official_lines(lines, case)
    changes: list[Change] = []
    on_mandate = [each for each in official if case.choice("income", each) == MANDATE]
    if on_mandate and not case.flag("has_allowance_notice", on_mandate[0]):
        changes.append(kept(on_mandate[0], "ELU_PIECE_AVIS_INDEMNITES"))
    for state in official:
        clear = figures.at("elected.declaration_days", state)
        beyond = case.date("stop_start", state) + ONE_DAY * (int(clear.value) + 1)
        if _last_day(state) < beyond or case.flag("mandate_continued", state):
            continue
        if not case.flag("has_ij_statement", state):
            params = {"days": str(int(clear.value))}
            changes.append(
                Change(state.position, state.due_minor, (clear,), "ELU_PIECE_RELEVE_IJ", params)
            )
            break
    return changes


@due_rule(
    "FR-ELU-INDEMNITE",
    reference="Code général des collectivités territoriales, L2123-25-1 et D2123-23-1",
    asks=("stop_start", "mandate_body", "mandate_continued", *ALLOWANCES),
    codes=("ELU_INDEMNITE_REDUITE", "ELU_INDEMNITE_MAINTENUE"),
)
def reduced_allowance(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return what the council may still pay at most: the allowance less the daily benefits.

    It is told, never paid by the fund. The allowance is the council's figure for the same period
    as the line, so nothing is shared out by days. Each mandate is taken by itself; without daily
    benefits the allowance stays whole, and so it does while the mandate goes on.
    """
    official = official_lines(lines, case)
    if any(each.tariff_minor is None for each in official):
        return ()
    changes: list[Change] = []
    for state in official:
        if case.flag("mandate_continued", state):
            continue
        paid = sum(each.due_minor for each in official if _is_same_period(each, state))
        for number, name in enumerate(ALLOWANCES, start=1):
            if case.has(name, state):
                allowance = case.whole(name, state)
                changes.append(_told(state, case, allowance, paid, number))
    return changes


def _told(state: LineState, case: Case, allowance: int, paid: int, number: int) -> Change:
    currency = case.dossier.currency
    params = {"mandate": str(number), "allowance": format_minor(allowance, currency)}
    if not paid:
        return kept(state, "ELU_INDEMNITE_MAINTENUE", **params)
    params["most"] = format_minor(max(0, allowance - paid), currency)
    params["paid"] = format_minor(paid, currency)
    return kept(state, "ELU_INDEMNITE_REDUITE", **params)


def _is_same_period(one: LineState, other: LineState) -> bool:
    return (one.line.care_date, one.line.quantity) == (other.line.care_date, other.line.quantity)


def _last_day(state: LineState) -> dt.date:
    return state.line.care_date + ONE_DAY * (state.line.quantity - 1)
