"""Small made-up files of the official lists, and where the full ones lie on some machines."""

import datetime as dt
from pathlib import Path

import pytest

import tasks.pricing
from tasks.pricing.importers import all_importers
from tasks.pricing.importers.bdpm import COLUMNS as BDPM_COLUMNS
from tasks.pricing.importers.cnops import COLUMNS as CNOPS_COLUMNS
from tasks.pricing.importers.cnss import COLUMNS as CNSS_COLUMNS
from tasks.pricing.importers.nabm import COLUMNS as NABM_COLUMNS
from tasks.pricing.lists.list_import import Wish, import_list
from tasks.pricing.lists.report import ImportReport

NATIONAL_DIR = Path(tasks.pricing.__file__).parent / "national"
TODAY = dt.date(2026, 11, 22)
#: Three sound EAN-13 codes, in their order.
EANS = ("6118000000006", "6118000000013", "6118000000020")

CNOPS_ROW = {
    "CODE": EANS[0],
    "NOM": "ESSAI",
    "DCI1": "ESSAICILLINE",
    "DOSAGE1": "500",
    "UNITE_DOSAGE1": "MG",
    "FORME": "COMPRIME",
    "PRESENTATION": "1 BOITE 12 COMPRIME",
    "PPV": "95.00",
    "PH": "60.00",
    "PRIX_BR": "80.00",
    "PRINCEPS_GENERIQUE": "P",
    "TAUX_REMBOURSEMENT": "0.70",
}
CNSS_ROW = {
    "code": EANS[0],
    "laboratoire": "ESSAI",
    "nom": "ESSAI",
    "dci": "ESSAICILLINE",
    "dosage": "500",
    "unite_dosage": "MG",
    "forme": "COMPRIME",
    "presentation": "1 BOITE 12 COMPRIME",
    "ppv": "95.00",
    "ph": "60.00",
    "ppv_br": "80.00",
    "princeps_generique": "A",
    "classe_therapeutique": "ESSAI",
    "taux_remboursement_cnss": "70",
}
BDPM_ROW = {
    "cis": "60000000",
    "cip7": "0000000",
    "label": "plaquette de 8 comprimés",
    "administrative_status": "Présentation active",
    "marketing_status": "Déclaration de commercialisation",
    "declared_on": "26/05/2026",
    "cip13": "3400900000006",
    "agreed_for_hospitals": "oui",
    "rate": "65%",
    "price_without_fee": "1,16",
    "price": "2,18",
    "fee": "1,02",
    "indications": "",
}
NABM_ROW = {
    "nabm_code": "1000",
    "libelle": "ESSAI",
    "groupe": "ESSAI",
    "lettre": "B",
    "coefficient": "22",
    "valid_from": "2010-01-01",
    "valid_to": "9999-12-31",
}


def cnops(**changes: str) -> str:
    """One line of the CNOPS list."""
    return ",".join({**CNOPS_ROW, **changes}[name] for name in CNOPS_COLUMNS) + "\n"


def cnss(**changes: str) -> str:
    """One line of the CNSS list."""
    return ",".join({**CNSS_ROW, **changes}[name] for name in CNSS_COLUMNS) + "\n"


def bdpm(**changes: str) -> str:
    """One line of the file of presentations."""
    return "\t".join({**BDPM_ROW, **changes}[name] for name in BDPM_COLUMNS) + "\n"


def nabm(**changes: str) -> str:
    """One line of the nomenclature."""
    return ",".join({**NABM_ROW, **changes}[name] for name in NABM_COLUMNS) + "\n"


HEADS = {
    "cnops": ",".join(CNOPS_COLUMNS) + "\n",
    "cnss": ",".join(CNSS_COLUMNS) + "\n",
    "bdpm": "",
    "nabm": ",".join(NABM_COLUMNS) + "\n",
}


class Lists:
    """Imports made-up or full lists into a folder of their own, and reads what came of them."""

    def __init__(self, folder: Path) -> None:
        """Use a folder for the files and for the tables."""
        self.folder = folder
        self.tariffs = folder / "tariffs"

    def take(
        self,
        name: str,
        *lines: str,
        file: str = "list-2026-05-26.txt",
        encoding: str = "utf-8",
        valid_from: dt.date | None = None,
        is_extract: bool = False,
        may_close_many: bool = False,
        today: dt.date = TODAY,
    ) -> ImportReport:
        """Write a list's file and import it."""
        return self.take_bytes(
            name,
            (HEADS[name] + "".join(lines)).encode(encoding),
            file=file,
            wish=Wish(today, valid_from, is_extract, may_close_many),
        )

    def take_bytes(
        self, name: str, data: bytes, *, file: str = "list-2026.csv", wish: Wish | None = None
    ) -> ImportReport:
        """Write a file of any bytes and import it."""
        path = self.folder / file
        path.write_bytes(data)
        return self.take_file(name, path, wish=wish or Wish(TODAY))

    def take_file(self, name: str, path: Path, *, wish: Wish | None = None) -> ImportReport:
        """Import a file where it lies."""
        return import_list(
            path,
            all_importers()[name],
            wish or Wish(TODAY),
            national_dir=NATIONAL_DIR,
            imported_dir=self.tariffs,
        )

    def bytes(self) -> dict[str, bytes]:
        """Every file of the imported tables with its bytes."""
        files = sorted(self.tariffs.glob("*/*.*"))
        return {path.name: path.read_bytes() for path in files if path.is_file()}

    def rows(self, table: str) -> list[str]:
        """The lines of an imported table, without its head."""
        return (self.tariffs / f"{table}.csv").read_text("utf-8").splitlines()[1:]


def full_list(path: str) -> Path:
    """Where a full official file lies, or skip: it is never part of the repository."""
    for folder in Path(__file__).resolve().parents:
        if (found := folder / "shared" / "data" / path).is_file():
            return found
    pytest.skip(f"the full official file {Path(path).name} is not on this machine")
