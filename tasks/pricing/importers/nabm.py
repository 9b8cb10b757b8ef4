"""The French nomenclature of laboratory tests (NABM): coefficients in B, each with its dates."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping

from tasks.pricing.lists.cells import Reason, RowRefused, as_line, read_day, read_number
from tasks.pricing.lists.official_list import (
    Importer,
    ListedRow,
    Reading,
    join_intervals,
    take_rows,
)
from tasks.pricing.lists.reading import ListFile, headed_rows

COLUMNS = (
    "nabm_code",
    "libelle",
    "groupe",
    "lettre",
    "coefficient",
    "valid_from",
    "valid_to",
)
#: How the list writes that an interval is open.
OPEN = dt.date(9999, 12, 31)
#: The key letter that the table's coefficients count in.
LETTER = "B"
CODE_DIGITS = 4


def read(file: ListFile, today: dt.date) -> Reading:
    """Return the dated coefficients; the list's date is its newest first day by today."""
    reading = take_rows(headed_rows(file, COLUMNS), "nabm_code", _read_row)
    join_intervals(reading)
    starts = [row.start for row in reading.rows if row.start is not None]
    reading.warnings[Reason.FUTURE_DATE] = sum(start > today for start in starts)
    reading.own_date = max((start for start in starts if start <= today), default=None)
    return reading


def _read_row(line: int, cells: Mapping[str, str], warnings: Counter[Reason]) -> ListedRow:
    code = cells["nabm_code"].strip()
    if not (code.isascii() and code.isdigit() and len(code) == CODE_DIGITS):
        raise RowRefused(Reason.BAD_CODE)
    if cells["lettre"].strip() != LETTER:
        # Priced with the value of B, a pathologist's P would be wrong by far.
        raise RowRefused(Reason.OTHER_LETTER)
    coefficient = read_number(cells["coefficient"])
    if not coefficient:
        raise RowRefused(Reason.NO_PRICE)
    start, end = read_day(cells["valid_from"]), read_day(cells["valid_to"])
    if end < start:
        raise RowRefused(Reason.BAD_DATE)
    label = as_line(cells["libelle"])
    warnings[Reason.NO_LABEL] += not label
    values = {"label": label, "coefficient": f"{coefficient.normalize():f}"}
    return ListedRow(line, code, values, start, None if end == OPEN else end)


IMPORTER = Importer(
    name="nabm",
    country="fr",
    currency="EUR",
    table="biology",
    source="FR-NABM",
    title="Nomenclature des actes de biologie médicale, coefficients datés",
    issuer="CNAM",
    url="https://www.ameli.fr",
    read=read,
)
