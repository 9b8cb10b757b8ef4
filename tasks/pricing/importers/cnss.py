"""The CNSS list of reimbursable drugs: a row for each substance of a box, the rate in percent."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping

from tasks.pricing.lists.cells import Reason, as_line, rate_of_percent, read_ean, read_price
from tasks.pricing.lists.moroccan_drugs import drug_row, strength
from tasks.pricing.lists.official_list import Importer, ListedRow, Reading, join_rows, take_rows
from tasks.pricing.lists.reading import ListFile, headed_rows

#: ``princeps_generique`` holds A, N, C or B, whose meaning nobody could say: it is not read.
COLUMNS = (
    "code",
    "laboratoire",
    "nom",
    "dci",
    "dosage",
    "unite_dosage",
    "forme",
    "presentation",
    "ppv",
    "ph",
    "ppv_br",
    "princeps_generique",
    "classe_therapeutique",
    "taux_remboursement_cnss",
)


def read(file: ListFile, today: dt.date) -> Reading:
    """Return the list's boxes; it says nothing of its date but in its file's name."""
    reading = take_rows(headed_rows(file, COLUMNS), "code", _read_row)
    join_rows(reading, agree=("price", "reference_price", "rate"), gather=("dci", "dosage"))
    return reading


def _read_row(line: int, cells: Mapping[str, str], warnings: Counter[Reason]) -> ListedRow:
    return drug_row(
        line,
        read_ean(cells["code"], warnings),
        {
            "name": as_line(cells["nom"]),
            "dci": as_line(cells["dci"]),
            "dosage": strength(cells["dosage"], cells["unite_dosage"]),
            "form": as_line(cells["forme"]),
            "presentation": as_line(cells["presentation"]),
            "price": read_price(cells["ppv"]),
            "reference_price": cells["ppv_br"],
            "rate": rate_of_percent(cells["taux_remboursement_cnss"]),
        },
        warnings,
    )


IMPORTER = Importer(
    name="cnss",
    country="ma",
    currency="MAD",
    table="drugs",
    source="MA-CNSS-DRUGS-LIST",
    title="CNSS, liste des médicaments remboursables",
    issuer="CNSS",
    url="https://www.cnss.ma/fr/content/liste-des-medicaments-remboursables",
    read=read,
)
