"""What a bill says of who already paid it: the funds' parts and the person's parts.

A bill that was settled at the counter prints what the insurance paid. Paying it again would pay it
twice; parts that do not add up to the total were misread, or the paper is wrong. Both go to a
person.
"""

from collections.abc import Mapping, Sequence

from tasks.extraction.acceptance import Judged
from tasks.extraction.closure import AmountReading, close_bill, read_amount
from tasks.extraction.found import Found
from tasks.extraction.sheet import Sheet

#: The prefix of what a form says beyond a dossier's fields: it is kept as evidence alone.
FORM_FIELDS = "form."
#: The codes of the notices made here.
ALREADY_PAID, NOT_CLOSED = "DEJA_REGLE_PAR_LE_FONDS", "REGLEMENT_NON_BOUCLE"


def judge_paid_parts(sheet: Sheet, total: Judged) -> tuple[Mapping[str, Found], Sequence[str]]:
    """Return the judged parts by zone, and the codes of what a person has to look at.

    An empty zone is a part of nothing. Without a total that is believed nothing is said: the
    total's own doubt sends the dossier to a person.
    """
    parts = sheet.template.payments
    names = [*parts.fund, *parts.person]
    filled = [name for name in names if _is_filled(sheet.zones[name])]
    if total.is_doubtful or not filled:
        return {name: sheet.zones[name] for name in filled}, ()
    whole = AmountReading((int(total.value),), True, int(total.value))
    closed = close_bill([read_amount(sheet.zones[name].reading) for name in filled], whole)
    judged = {
        name: sheet.zones[name].judged_as(one)
        for name, one in zip(filled, closed.amounts, strict=True)
    }
    if not closed.is_closed:
        return judged, (NOT_CLOSED,)
    by_fund = sum(int(judged[name].value) for name in filled if name in parts.fund)
    return judged, (ALREADY_PAID,) if by_fund else ()


def _is_filled(found: Found) -> bool:
    return bool(found.reading.first or found.reading.second)
