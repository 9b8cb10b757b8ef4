"""A receipt of free layout: company, date and total, each with evidence and the chance of error.

The chances are upper bounds (95 %, Wilson) of the errors counted on 100 real receipts, apart for
how much speaks for a value; an engine's own score is no part of them. A total is accepted when
other amounts of the receipt, beyond its items, add up to it and both engines read it.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from models.reading import PageText
from tasks.extraction.acceptance import P_DOUBTFUL, Judged, Source
from tasks.extraction.found import Found, missing
from tasks.extraction.receipts.amounts import AmountRow, amount_rows
from tasks.extraction.receipts.company import find_company
from tasks.extraction.receipts.dates import find_date
from tasks.extraction.receipts.rows import ReceiptRow, receipt_rows
from tasks.extraction.receipts.total import Closure, find_total
from tasks.extraction.receipts.two_receipts import holds_two
from tasks.extraction.receipts.words import ReceiptWords, read_receipt_words

#: Ways of adding up by which a total is accepted. The sum of the items is none: it may still be
#: rounded, and one item alone is always its own sum.
SETTLING = frozenset({Closure.PAID, Closure.PARTS, Closure.ROUNDED})
#: Chance of a wrong total by (it adds up, both engines read it).
P_TOTAL: Mapping[tuple[bool, bool], float] = {
    (True, True): 0.08,  # 0 wrong of 45
    (True, False): 0.18,  # 0 of 18
    (False, True): 0.19,  # 2 of 36, with the next
    (False, False): 0.19,
}
#: Chance of a wrong date by whether both engines read it; another date on the receipt doubts it.
P_DATE: Mapping[bool, float] = {True: 0.06, False: 0.17}  # 0 of 65, 1 of 30
P_DATE_RIVAL = 0.4
#: Chance of a wrong company by (both engines read it, it stands whole in the head).
P_COMPANY: Mapping[tuple[bool, bool], float] = {
    (True, True): 0.15,  # 1 of 35
    (True, False): 0.3,  # 3 of 25
    (False, True): 0.29,  # 4 of 31
    (False, False): 0.44,  # 1 of 9
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says, and in which ways its amounts add up to its total."""

    company: Found
    date: Found
    total: Found
    closures: tuple[Closure, ...]


def read_receipt(page: PageText, latest: dt.date = dt.date.max) -> Receipt:
    """Return company, date and total of a page whose segments were read; none after ``latest``."""
    words, rows = read_receipt_words(), receipt_rows(page)
    amounts = amount_rows(rows, words)
    total, closures = _total(page, amounts)
    receipt = Receipt(
        company=_company(page, rows, words),
        date=_date(page, rows, words, latest),
        total=total,
        closures=closures,
    )
    return _doubted(receipt) if holds_two(rows, amounts, words) else receipt


def _doubted(receipt: Receipt) -> Receipt:
    """The receipt as read, none of it settled: what was read may be of either one."""
    company, date, total = (
        replace(
            found,
            judged=replace(
                found.judged,
                error_probability=P_DOUBTFUL,
                is_doubtful=True,
                source=Source.DOUBTFUL,
            ),
        )
        for found in (receipt.company, receipt.date, receipt.total)
    )
    return replace(receipt, company=company, date=date, total=total)


def _total(page: PageText, amounts: tuple[AmountRow, ...]) -> tuple[Found, tuple[Closure, ...]]:
    total = find_total(amounts)
    if total is None:
        return missing(page.page_no, chance=P_DOUBTFUL, is_doubtful=True), ()
    amount, adds_up = total.amount, bool(total.closures & SETTLING)
    is_sure = adds_up and amount.is_agreed
    judged = Judged(
        str(amount.minor),
        P_TOTAL[adds_up, amount.is_agreed],
        not is_sure,
        Source.AGREED if is_sure else Source.DOUBTFUL,
    )
    return Found(judged, amount.reading, page.page_no, amount.box), tuple(sorted(total.closures))


def _date(
    page: PageText, rows: tuple[ReceiptRow, ...], words: ReceiptWords, latest: dt.date
) -> Found:
    date = find_date(rows, words, latest)
    if date is None:
        return missing(page.page_no, chance=P_DOUBTFUL, is_doubtful=True)
    is_sure = date.is_agreed and not date.rivals
    chance = P_DATE_RIVAL if date.rivals else P_DATE[date.is_agreed]
    source = Source.AGREED if is_sure else Source.DOUBTFUL
    judged = Judged(date.day.isoformat(), chance, not is_sure, source)
    return Found(judged, date.reading, page.page_no, date.part.box)


def _company(page: PageText, rows: tuple[ReceiptRow, ...], words: ReceiptWords) -> Found:
    company = find_company(rows, words)
    if company is None:
        return missing(page.page_no, chance=P_DOUBTFUL, is_doubtful=True)
    is_sure = company.is_agreed and company.is_whole
    chance = P_COMPANY[company.is_agreed, company.is_whole]
    source = Source.AGREED if is_sure else Source.DOUBTFUL
    judged = Judged(company.name, chance, not is_sure, source)
    return Found(judged, company.reading, page.page_no, company.box)
