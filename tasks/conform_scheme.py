"""Writes a small scheme folder for one case: the blank product of the kit with the case's figures.

Only figures are written: the rules are those of ``tasks/pricing/national/zz``, read as they stand.
"""

import csv
import datetime as dt
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from tasks.pricing.catalogue import Catalogue, load_catalogue
from tasks.validation.context import read_context
from tasks.validation.subject import ValidationContext

NATIONAL = Path(__file__).parent / "pricing" / "national"
BLANK = NATIONAL / "zz" / "blank"
SCHEME, CURRENCY = "zz-product", "XTS"
ALWAYS = dt.date(1900, 1, 1)
PATIENTS, VISITS = ("adult", "child"), ("other", "emergency", "referral")
_FIGURE = 'value: "0", source: ZZ-PRODUIT'


@dataclass(frozen=True, slots=True)
class Service:
    """A service or item of the register; None sets no limit, empty texts no restriction."""

    code: str
    category: str = ""
    care_type: str = "B"
    sex: str = ""
    patient: str = ""
    units_a_line: int = 10_000
    frequency: int | None = None
    max_units: int | None = None
    waiting_adult: int | None = None
    waiting_child: int | None = None
    last_day: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """A row of a price list, in major units, from a day to a day."""

    code: str
    amount: Decimal
    first_day: dt.date = ALWAYS
    last_day: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Covered:
    """What a product covers of a service; ``patient`` and ``visit`` empty stand for all."""

    code: str
    rate: Decimal = Decimal(1)
    limit: Decimal | None = None
    product: str = "P"
    patient: str = ""
    visit: str = ""
    origin: str = "list"
    deductible: str = "in"
    ceiling: str = "in"


@dataclass(frozen=True, slots=True)
class Limit:
    """A deductible or ceiling of a product, in major units; ``kind`` may be ``category.C``."""

    kind: str
    amount: Decimal
    per: str = "person"
    product: str = "P"
    bucket: str = "any"
    member_threshold: int | None = None
    member_amount: Decimal | None = None
    overall_max: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SmallScheme:
    """Everything a case says of its payer."""

    services: Sequence[Service]
    prices: Sequence[Price] = ()
    covered: Sequence[Covered] = ()
    limits: Sequence[Limit] = ()
    visit_limits: Mapping[str, int] = field(default_factory=dict)
    items: Sequence[str] = ()
    is_by_facility: bool = False


@dataclass(frozen=True, slots=True)
class Kit:
    """A small scheme ready for validation and pricing."""

    catalogue: Catalogue
    rules: ValidationContext


def load_kit(scheme: SmallScheme) -> Kit:
    """Return the scheme, written to a folder of its own, read strictly, and removed again."""
    with tempfile.TemporaryDirectory(prefix="tasfiya-conform-") as name:
        root = Path(name)
        (root / "national").mkdir()
        (root / "national" / "zz").symlink_to(NATIONAL / "zz", target_is_directory=True)
        folder = root / "schemes" / SCHEME.replace("-", "_")
        shutil.copytree(BLANK, folder)
        write_figures(scheme, folder)
        return Kit(
            load_catalogue(root / "schemes"), read_context(root / "schemes", root / "national")
        )


def write_figures(scheme: SmallScheme, folder: Path) -> None:
    """Write the tables and parameters of a scheme into its folder."""
    _write(
        folder / "acts.csv",
        ("code", "units_a_line", "frequency", "max_units", "waiting_adult", "waiting_child",
         "category", "care_type", "sex", "patient"),
        [
            ((one.code, one.units_a_line, one.frequency, one.max_units, one.waiting_adult,
              one.waiting_child, one.category, one.care_type, one.sex, one.patient),
             ALWAYS, one.last_day)
            for one in scheme.services
        ],
    )  # fmt: skip
    _write(
        folder / "prices.csv",
        ("list", "code", "price"),
        [(("standard", one.code, one.amount), one.first_day, one.last_day)
         for one in scheme.prices],
    )  # fmt: skip
    _write(
        folder / "cover.csv",
        ("product", "code", "patient", "visit", "rate", "limit", "origin", "deductible", "ceiling"),
        [
            ((one.product, one.code, patient, visit, one.rate, one.limit, one.origin,
              one.deductible, one.ceiling), ALWAYS, None)
            for one in scheme.covered
            for patient in ((one.patient,) if one.patient else PATIENTS)
            for visit in ((one.visit,) if one.visit else VISITS)
        ],
    )  # fmt: skip
    _write(
        folder / "limits.csv",
        ("product", "kind", "per", "bucket", "amount", "member_threshold", "member_amount",
         "overall_max"),
        [
            ((one.product, one.kind, one.per, one.bucket, one.amount, one.member_threshold,
              one.member_amount, one.overall_max), ALWAYS, None)
            for one in scheme.limits
        ],
    )  # fmt: skip
    _write(
        folder / "visit_limits.csv",
        ("category", "most"),
        [((category, most), ALWAYS, None) for category, most in scheme.visit_limits.items()],
    )
    if scheme.items:
        _write(folder / "drugs.csv", ("ean",), [((code,), ALWAYS, None) for code in scheme.items])
    if scheme.is_by_facility:
        path = folder / "parameters.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(_FIGURE, _FIGURE.replace("0", "1", 1)), encoding="utf-8")


Row = tuple[tuple[object, ...], dt.date, dt.date | None]


def _write(path: Path, names: Sequence[str], rows: Sequence[Row]) -> None:
    """Write one dated table; an absent figure is an empty cell."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow((*names, "valid_from", "valid_to", "source", "status"))
        for cells, first, last in rows:
            texts = ["" if cell is None else str(cell) for cell in cells]
            ends = (first.isoformat(), last.isoformat() if last else "")
            writer.writerow((*texts, *ends, "ZZ-PRODUIT", "confirmed"))
