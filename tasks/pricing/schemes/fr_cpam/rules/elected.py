"""Local elected officials: who is affiliated through the mandate, and going on with it."""

import datetime as dt
from collections.abc import Sequence

from models.money import format_minor
from tasks.pricing.primitives import line_order
from tasks.pricing.rule import (
    Case,
    Change,
    Figures,
    LineState,
    Tariff,
    due_rule,
    tariff_rule,
)
from tasks.pricing.schemes.fr_cpam.rules.sick_pay_amounts import (
    ACCIDENT,
    GROUPS,
    MATERNITY,
    OUTSIDE_GROUP,
    SICKNESS,
    is_sick_pay,
)

MANDATE = "mandate"
#: A body whose officials are not affiliated through it.
MIXED_BODY = "syndicat_mixte"
#: Risks of officials that are recognised and that have no calculation here.
UNCALCULATED = ("invalidity", "death")
MANDATE_FACTS = ("mandate_continued", "mandate_act_date")
AGREED, OPPOSED, UNKNOWN = "agreed", "opposed", "unknown"


def is_official(state: LineState, case: Case) -> bool:
    """Tell whether the register knows a mandate of the person on the stop's first day."""
    if not is_sick_pay(state) or not case.has("stop_start", state):
        return False
    return case.has("mandate_body", state, case.date("stop_start", state))


def official_lines(lines: Sequence[LineState], case: Case) -> list[LineState]:
    """Return an official's lines of daily benefits, in an order that is not that of the sheet."""
    return sorted((each for each in lines if is_official(each, case)), key=line_order)


def kept(state: LineState, code: str = "", **params: str) -> Change:
    """Return a change that leaves the amount and says something."""
    return Change(state.position, state.due_minor, (), code, params)


@tariff_rule(
    "FR-ELU-AFFILIATION",
    reference=(
        "Code de la sécurité sociale, L382-31 et D382-34 ; rapport du Sénat n° 642 (2017-2018)"
    ),
    reads=("sick_pay.pss_month", "elected.threshold_share"),
    asks=("stop_start", "income", "mandate_body", "mandate_gross_monthly", "has_stopped_work"),
    codes=("ELU_NON_AFFILIE", "ELU_SEUIL_NON_ATTEINT"),
)
def affiliation(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return that nothing is due on a mandate that pays no contributions, else leave it.

    Contributions, and with them the benefits, begin once the allowances of all mandates exceed
    half the monthly ceiling, or from the first euro for an official who stopped working.
    """
    if not is_sick_pay(state) or case.choice("income", state) != MANDATE:
        return None
    start = case.date("stop_start", state)
    if case.choice("mandate_body", state, start) == MIXED_BODY:
        return Tariff(0, (), OUTSIDE_GROUP, is_payable=False, code="ELU_NON_AFFILIE")
    ceiling = figures.at("sick_pay.pss_month", state)
    share = figures.at("elected.threshold_share", state)
    threshold = ceiling.minor * share.value
    gross = case.whole("mandate_gross_monthly", state, start)
    if gross > threshold or case.flag("has_stopped_work", state, start):
        return None
    params = {"threshold": format_minor(int(threshold), case.dossier.currency)}
    return Tariff(
        0,
        (ceiling, share),
        OUTSIDE_GROUP,
        is_payable=False,
        code="ELU_SEUIL_NON_ATTEINT",
        params=params,
    )


@tariff_rule(
    "FR-ELU-MATERNITE",
    reference="Code de la sécurité sociale, L331-3-1 (loi n° 2025-1249, article 28)",
    reads=("elected.maternity_exercise",),
    asks=("stop_risk", "income", *MANDATE_FACTS),
    codes=("ELU_MATERNITE_MANDAT",),
)
def maternity_with_mandate(state: LineState, case: Case, figures: Figures) -> Tariff | None:
    """Return that a mandate which goes on during maternity leave gives no benefit of its own.

    The benefit of the job is paid. Before the law of 2025 there is no text: a person decides.
    """
    if (
        not is_sick_pay(state)
        or case.choice("stop_risk", state) != MATERNITY
        or case.choice("income", state) != MANDATE
        or not case.flag("mandate_continued", state)
    ):
        return None
    exercise = figures.on("elected.maternity_exercise", _mandate_day(state, case))
    if not exercise.value:
        return None
    return Tariff(0, (exercise,), OUTSIDE_GROUP, is_payable=False, code="ELU_MATERNITE_MANDAT")


@due_rule(
    "FR-ELU-ACCORD",
    reference=(
        "Code de la sécurité sociale, L323-6 (loi n° 2019-1461, article 103 ; loi n° 2025-1249, "
        "article 28) ; Cass. civ. 2, 15/06/2017, n° 16-17.567"
    ),
    reads=("elected.formal_agreement",),
    asks=(
        "stop_start",
        "income",
        "mandate_body",
        "doctor_opinion",
        "doctor_agreement_date",
        *MANDATE_FACTS,
    ),
    codes=("ELU_IJ_RECUPERABLE", "ELU_PIECE_ACCORD_MEDECIN", "ELU_IJ_MANDAT_EXERCE"),
)
def agreement(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return the benefits of an official who went on with the mandate, as the law of that day.

    Until 23 December 2025 the doctor had to agree, in writing and beforehand; since then only a
    contrary opinion stops the mandate. The text in force is that of the day on which the mandate
    was exercised, or of the line's first day where that day is not known. The amount stays as
    calculated and a person decides: refuse what is not paid yet, recover what is. A benefit asked
    for the mandate that went on is looked at even where the doctor agreed: there is no income to
    replace. Maternity is another text (L331-3-1) and is left alone.
    """
    changes: list[Change] = []
    groups = (GROUPS[SICKNESS], GROUPS[ACCIDENT])
    for state in official_lines(lines, case):
        if state.group not in groups or not case.flag("mandate_continued", state):
            continue
        needed = figures.on("elected.formal_agreement", _mandate_day(state, case))
        code = _agreement_code(state, case, is_needed=bool(needed.value))
        if not code and case.choice("income", state) == MANDATE:
            code = "ELU_IJ_MANDAT_EXERCE"
        params = {"amount": format_minor(state.due_minor, case.dossier.currency)}
        changes.append(Change(state.position, state.due_minor, (needed,), code, params))
    return changes


def _agreement_code(state: LineState, case: Case, *, is_needed: bool) -> str:
    opinion = case.choice("doctor_opinion", state)
    if opinion == OPPOSED:
        return "ELU_IJ_RECUPERABLE"
    if not is_needed:
        return ""
    if opinion == UNKNOWN:
        return "ELU_PIECE_ACCORD_MEDECIN"
    if opinion == AGREED:
        is_dated = case.has("doctor_agreement_date", state) and case.has("mandate_act_date", state)
        is_late = is_dated and case.date("doctor_agreement_date", state) > case.date(
            "mandate_act_date", state
        )
        return "ELU_IJ_RECUPERABLE" if is_late else ""
    return "ELU_IJ_RECUPERABLE"


@due_rule(
    "FR-ELU-RISQUE",
    reference="Code de la sécurité sociale, L382-31 (ensemble des risques) et L331-3-1",
    reads=("elected.maternity_exercise",),
    asks=("stop_start", "stop_risk", "income", "mandate_body", *MANDATE_FACTS),
    codes=("RISQUE_ELU_A_INSTRUIRE",),
)
def other_risks(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return a word for a person on risks that officials are covered for and that are not coded.

    Invalidity and death have no calculation here. A work accident is calculated like an
    employee's; on the mandate's income a person decides whether the council's own liability comes
    first. So it is with a mandate that went on during a maternity leave before the law of 2025.
    """
    for state in official_lines(lines, case):
        risk = case.choice("stop_risk", state)
        is_on_mandate = case.choice("income", state) == MANDATE
        is_looked_at = risk in UNCALCULATED or (risk == ACCIDENT and is_on_mandate)
        if risk == MATERNITY and case.flag("mandate_continued", state):
            day = _mandate_day(state, case)
            is_looked_at = not figures.on("elected.maternity_exercise", day).value
        if is_looked_at:
            return (kept(state, "RISQUE_ELU_A_INSTRUIRE"),)
    return ()


def _mandate_day(state: LineState, case: Case) -> dt.date:
    """The day on which the mandate was exercised; the line's first day where it is not known."""
    if case.has("mandate_act_date", state):
        return case.date("mandate_act_date", state)
    return state.line.care_date
