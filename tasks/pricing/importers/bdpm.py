"""The French public drug database's presentations (``CIS_CIP_bdpm.txt``): prices as of one day.

The file has no header and no price history; a presentation that is not reimbursed has no price.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

from tasks.pricing.lists.cells import (
    Reason,
    RowRefused,
    as_line,
    rate_of_percent,
    read_amount,
    read_day,
    read_ean,
    read_price,
)
from tasks.pricing.lists.official_list import Importer, ListedRow, Reading, join_rows, take_rows
from tasks.pricing.lists.reading import ListFile, bare_rows

COLUMNS = (
    "cis",
    "cip7",
    "label",
    "administrative_status",
    "marketing_status",
    "declared_on",
    "cip13",
    "agreed_for_hospitals",
    "rate",
    "price_without_fee",
    "price",
    "fee",
    "indications",
)
NUMBERS = ("price", "price_without_fee", "fee")


def read(file: ListFile, today: dt.date) -> Reading:
    """Return the presentations that have a price, and the newest date of declaration by today.

    One declaration of a known file lies in the year 2924: days after the import do not count.
    """
    rows = list(bare_rows(file, COLUMNS))
    reading = take_rows(rows, "cip13", _read_row)
    join_rows(reading, agree=(*NUMBERS, "rate"))
    for _, cells in rows:
        try:
            declared = read_day(cells["declared_on"])
        except RowRefused:
            continue
        if declared > today:
            reading.warnings[Reason.FUTURE_DATE] += 1
        elif reading.own_date is None or declared > reading.own_date:
            reading.own_date = declared
    return reading


def _read_row(line: int, cells: Mapping[str, str], warnings: Counter[Reason]) -> ListedRow:
    code = read_ean(cells["cip13"], warnings)
    price = read_price(cells["price"])
    without_fee, fee = read_amount(cells["price_without_fee"]), read_amount(cells["fee"])
    rate = rate_of_percent(cells["rate"])
    if without_fee and Decimal(without_fee) + Decimal(fee or "0") != Decimal(price):
        warnings[Reason.FEE_DOES_NOT_ADD_UP] += 1
    row = {
        "name": as_line(cells["label"]),
        "price": price,
        "price_without_fee": without_fee,
        "fee": fee,
        "rate": rate,
    }
    return ListedRow(line, code, row)


IMPORTER = Importer(
    name="bdpm",
    country="fr",
    currency="EUR",
    table="drugs",
    source="FR-BDPM",
    title="Base de données publique des médicaments, présentations (CIS_CIP_bdpm)",
    issuer="ANSM, HAS, UNCAM",
    url="https://base-donnees-publique.medicaments.gouv.fr",
    read=read,
)
