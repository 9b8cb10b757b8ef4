"""Whether two receipts lie one below the other on a scan: then nothing read of it is settled."""

from collections.abc import Sequence

from tasks.extraction.receipts.amounts import AmountRow
from tasks.extraction.receipts.company import without_registration
from tasks.extraction.receipts.rows import ReceiptRow
from tasks.extraction.receipts.whole_name import ends_in_legal_form
from tasks.extraction.receipts.words import ReceiptWords, Role, holds_any


def holds_two(
    rows: Sequence[ReceiptRow], amounts: Sequence[AmountRow], words: ReceiptWords
) -> bool:
    """Whether a second head, or a second payment with change, stands between two totals."""
    # The foot of the first one may be a summary of taxes: what stands below it counts all the same.
    totals = [row.row_no for row in amounts if row.role is Role.TOTAL]
    if len(totals) < 2:
        return False
    if any(_begins(rows[number], words) for number in range(totals[0] + 1, totals[-1])):
        return True
    changes = [row.row_no for row in amounts if row.role is Role.CHANGE and row.row_no > totals[0]]
    return bool(changes) and any(changes[0] < number < changes[-1] for number in totals)


def _begins(row: ReceiptRow, words: ReceiptWords) -> bool:
    """Whether a receipt may begin with a row: it names a company, and not another's."""
    name = without_registration(row.text)
    return ends_in_legal_form(name, words) and not holds_any(words.not_name, row.text)
