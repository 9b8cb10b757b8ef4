"""Ordinary out-patient care of residents is not covered at every level of institution."""

from collections.abc import Sequence

from tasks.pricing.national.cn.settlement import (
    OUTPATIENT,
    VISIT_ASKS,
    VISIT_READS,
    in_scope,
    ratio_of,
    visit_of,
)
from tasks.pricing.primitives import line_order
from tasks.pricing.rule import Case, Change, Figures, LineState, base_rule


@base_rule(
    "CQR-NIVEAU",
    reference="居民普通门诊 : niveau 3 non couvert, sauf mineurs en hôpital d'enfants",
    reads=("outpatient_ratio", VISIT_READS),
    codes=("NIVEAU_NON_COUVERT",),
    asks=("insured_status", "newborn_under_mother", *VISIT_ASKS),
)
def covered_level(lines: Sequence[LineState], case: Case, figures: Figures) -> Sequence[Change]:
    """Return the first line as it is, marked, where the level's ratio is a stated 0."""
    states = in_scope(lines)
    if not states or visit_of(case, figures) != OUTPATIENT:
        return ()
    first = min(states, key=line_order)
    ratio = ratio_of("outpatient_ratio", first, case, figures, first.line.care_date)
    if ratio.value:
        return ()
    return (Change(first.position, first.base_minor, (ratio,), "NIVEAU_NON_COUVERT"),)
