"""Several K acts of one day by one provider: the highest whole, the second half, others nothing."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from models.money import round_minor
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
        "cumulation.following",
    ),
    codes=("CUMUL_NGAP",),
)
def ngap_cumulation(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return the lines of days with several K acts at 100 %, 50 % and 0 of their tariff.

    The dossier has one provider, so one day's K acts are one session. Acts are ranked by the
    tariff of one act, highest first, then by what they are, never by their place on the sheet; a
    quantity of n is n acts. The share applies to the tariff, before the cap at the amount asked:
    who bills the second act at half is not halved twice. 75 % for different territories cannot
    be seen on a line; the finding names it, so that it can be claimed.
    """
    days: dict[dt.date, list[LineState]] = {}
    for state in lines:
        if state.group == CUMULATED_GROUP and state.tariff_minor is not None:
            days.setdefault(state.line.care_date, []).append(state)
    changes: list[Change] = []
    for session in days.values():
        if len(session) > 1 or session[0].line.quantity > 1:
            changes.extend(_share_out(session, figures))
    return changes


def _share_out(session: list[LineState], figures: Figures) -> list[Change]:
    session.sort(key=_rank_key)
    first = figures.at("cumulation.first", session[0])
    second = figures.at("cumulation.second", session[0])
    distinct = figures.at("cumulation.second_distinct", session[0])
    following = figures.at("cumulation.following", session[0])
    shares = (first.value, second.value, following.value)
    changes: list[Change] = []
    rank = 0
    for state in session:
        count = max(1, state.line.quantity)
        share = share_of_ranks(shares, rank, count)
        ranked = (first, second, following)[min(rank, 2) : min(rank + count, 3)]
        rank += count
        if share == count:
            continue
        tariff = round_minor((state.tariff_minor or 0) * share / count, first.rounding)
        base = max(0, min(state.asked_minor, tariff))
        params = {
            "rank": str(rank - count + 1),
            "share": f"{share / count:.2f}",
            "share_distinct": f"{distinct.value:.2f}",
        }
        changes.append(Change(state.position, base, ranked, "CUMUL_NGAP", params))
    return changes


def _rank_key(state: LineState) -> tuple[object, ...]:
    line = state.line
    one_act = Decimal(state.tariff_minor or 0) / max(1, line.quantity)
    return (-one_act, line.act_key, -state.asked_minor, -line.quantity)
