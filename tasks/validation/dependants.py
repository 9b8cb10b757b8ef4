"""Whether a dependant is covered through the insured person: the tie, its end, and the age.

Spouses have no age limit; children are covered up to a birthday, a later one when they are
unmarried students, without limit when they are disabled. Who is covered in his own right by
another scheme is nobody's dependant there: ``coverage.py`` sees to that.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from models.dossier import Relation
from models.registers import Dependant, holds_on
from tasks.validation.months import add_months, add_years
from tasks.validation.rights import RightsAnswer, RightsState
from tasks.validation.scheme_rules import SchemeRules


def dependant_rights(
    insured: RightsAnswer,
    ties: Sequence[Dependant],
    rules: SchemeRules,
    care_date: dt.date,
) -> RightsAnswer:
    """Return a dependant's rights on a day, given the insured person's on that day.

    A tie that has ended closes them, save for the months during which a marriage that was
    dissolved still gives rights.
    """
    if not insured.is_open:
        return insured
    if any(holds_on(tie.valid_from, tie.valid_to, care_date) for tie in ties):
        return insured
    kept = rules.figures("maintenance", "end_of_marriage", care_date)
    for tie in ties:
        ended = tie.valid_to
        if kept is None or ended is None or tie.relation != Relation.SPOUSE.value:
            continue
        if ended < care_date <= add_months(ended, kept["months"]):
            return replace(insured, basis="end_of_marriage")
    return RightsAnswer(RightsState.CLOSED, reason="no_tie")


def last_day_by_age(
    tie: Dependant, birth_date: dt.date, rules: SchemeRules, care_date: dt.date
) -> dt.date | None:
    """Return the last day on which a dependant's age lets him be covered; None without a limit.

    The birthday of the limit is itself covered. A student who is married has the limit of a child.
    """
    if tie.relation != Relation.CHILD.value or tie.is_disabled:
        return None
    is_student = tie.is_student and not tie.is_married
    figures = rules.figures("dependants", "student" if is_student else "child", care_date)
    return None if figures is None else add_years(birth_date, figures["years"])
