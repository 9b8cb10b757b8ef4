"""The CNOPS list of drugs: one row a box, prices in dirhams, the rate as a fraction."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping

from tasks.pricing.lists.cells import (
    Reason,
    as_line,
    rate_of_fraction,
    read_ean,
    read_price,
)
from tasks.pricing.lists.moroccan_drugs import drug_row, strength
from tasks.pricing.lists.official_list import Importer, ListedRow, Reading, join_rows, take_rows
from tasks.pricing.lists.reading import ListFile, headed_rows

COLUMNS = (
    "CODE",
    "NOM",
    "DCI1",
    "DOSAGE1",
    "UNITE_DOSAGE1",
    "FORME",
    "PRESENTATION",
    "PPV",
    "PH",
    "PRIX_BR",
    "PRINCEPS_GENERIQUE",
    "TAUX_REMBOURSEMENT",
)


def read(file: ListFile, today: dt.date) -> Reading:
    """Return the rows of the list; it says nothing of its date but in its file's name."""
    reading = take_rows(headed_rows(file, COLUMNS), "CODE", _read_row)
    join_rows(reading, agree=("price", "reference_price", "rate"), gather=("dci", "dosage"))
    return reading


def _read_row(line: int, cells: Mapping[str, str], warnings: Counter[Reason]) -> ListedRow:
    return drug_row(
        line,
        read_ean(cells["CODE"], warnings),
        {
            "name": as_line(cells["NOM"]),
            "dci": as_line(cells["DCI1"]),
            "dosage": strength(cells["DOSAGE1"], cells["UNITE_DOSAGE1"]),
            "form": as_line(cells["FORME"]),
            "presentation": as_line(cells["PRESENTATION"]),
            "price": read_price(cells["PPV"]),
            "reference_price": cells["PRIX_BR"],
            "rate": rate_of_fraction(cells["TAUX_REMBOURSEMENT"]),
        },
        warnings,
    )


IMPORTER = Importer(
    name="cnops",
    country="ma",
    currency="MAD",
    table="drugs_cnops",
    source="MA-CNOPS-DRUGS",
    title="CNOPS, référentiel des médicaments",
    issuer="CNOPS",
    url="https://www.data.gov.ma",
    read=read,
)
