"""Several K acts of one day by one provider: the highest whole, the second half, others nothing."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from models.money import round_minor
from tasks.pricing.figures import Figure
from tasks.pricing.primitives import share_of_ranks
from tasks.pricing.rule import Case, Change, Figures, LineState, base_rule

CUMULATED_GROUP = "K"


@base_rule(
    "MA-NGAP-CUMUL",
    reference="Nomenclature générale des actes professionnels, article 9, B",
    reads=(
        "cumulation.first",
        "cumulation.second",
        "cumulation.second_distinct",
        "cumulation.third_trauma",
        "cumulation.following",
    ),
    codes=("CUMUL_NGAP", "CUMUL_NGAP_COMPTE_RENDU"),
    asks=("distinct_territory", "multiple_trauma"),
)
def ngap_cumulation(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return the lines of days with several K acts at 100 %, 50 % and 0 of their tariff.

    The dossier has one provider, so one day's K acts are one session. Acts are ranked by the
    tariff of one act, highest first, then by what they are, never by their place on the sheet; a
    quantity of n is n acts. The share applies to the tariff, before the cap at the amount asked:
    who bills the second act at half is not halved twice.

    What the operation report says changes the shares. Two acts on different territories: the
    second counts at 75 %; it is enough that either of the first two acts is marked so. Multiple
    and recent trauma: the second at 75 %, the third at 50 %, the others still at nothing. Where
    nothing is reported, the finding names the 75 %, so that it can be claimed.
    """
    days: dict[dt.date, list[LineState]] = {}
    for state in lines:
        if state.group == CUMULATED_GROUP and state.tariff_minor is not None:
            days.setdefault(state.line.care_date, []).append(state)
    changes: list[Change] = []
    for session in days.values():
        if len(session) > 1 or session[0].line.quantity > 1:
            changes.extend(_share_out(session, case, figures))
    return changes


def _share_out(session: list[LineState], case: Case, figures: Figures) -> list[Change]:
    distinct = {state.position: case.flag("distinct_territory", state) for state in session}
    session.sort(key=lambda state: _rank_key(state, is_distinct=distinct[state.position]))
    ladder, is_reported = _ladder(session, distinct, case, figures)
    shares = [figure.value for figure in ladder]
    hint = figures.at("cumulation.second_distinct", session[0])
    changes: list[Change] = []
    rank = 0
    for state in session:
        count = max(1, state.line.quantity)
        share = share_of_ranks(shares, rank, count)
        last = len(ladder) - 1
        ranked = tuple(ladder[min(rank, last) : min(rank + count, last + 1)])
        rank += count
        if share == count:
            continue
        tariff = round_minor((state.tariff_minor or 0) * share / count, ladder[0].rounding)
        base = max(0, min(state.asked_minor, tariff))
        params = {"rank": str(rank - count + 1), "share": f"{share / count:.2f}"}
        code = "CUMUL_NGAP_COMPTE_RENDU"
        if not is_reported:
            code = "CUMUL_NGAP"
            params["share_distinct"] = f"{hint.value:.2f}"
        changes.append(Change(state.position, base, ranked, code, params))
    return changes


def _ladder(
    session: Sequence[LineState], distinct: dict[int, bool], case: Case, figures: Figures
) -> tuple[list[Figure], bool]:
    """The shares of the acts by rank, the last one for all that follow, and if a report gave it."""
    first = session[0]
    of_first_two = session[:1] if first.line.quantity > 1 else session[:2]
    is_trauma = case.flag("multiple_trauma")
    is_distinct = any(distinct[state.position] for state in of_first_two)
    second = "cumulation.second_distinct" if is_trauma or is_distinct else "cumulation.second"
    names = ["cumulation.first", second]
    if is_trauma:
        names.append("cumulation.third_trauma")
    names.append("cumulation.following")
    return [figures.at(name, first) for name in names], is_trauma or is_distinct


def _rank_key(state: LineState, *, is_distinct: bool) -> tuple[object, ...]:
    line = state.line
    one_act = Decimal(state.tariff_minor or 0) / max(1, line.quantity)
    return (-one_act, not is_distinct, line.act_key, -state.asked_minor, -line.quantity)
