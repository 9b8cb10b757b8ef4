"""What is owed for a dossier, computed apart from the pricing stage; the truth rows' amounts.

Nothing of ``tasks`` is imported and nothing of its data is read but the drug list, by a path: two
independent computations of the same rules find each other's mistakes.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.yaml_loader import safe_load

_FACTS = Path(__file__).with_name("tariff_facts.yaml")


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug of the list: public price, reference price (0: none) and rate in percent."""

    ean: str
    name: str
    price_minor: int
    reference_minor: int
    rate_pct: int


def read_drugs(path: Path) -> dict[str, Drug]:
    """The drug list as data: EAN → price, reference price and rate."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["ean"]: Drug(
                row["ean"],
                row["name"],
                _minor(row["price"]),
                _minor(row["reference_price"]),
                _minor(row["rate"]),
            )
            for row in csv.DictReader(file)
        }


def _minor(text: str) -> int:
    """Hundredths of a decimal number written with at most two decimals, such as ``80.5``."""
    whole, _, part = (text or "0").partition(".")
    return int(whole) * 100 + int(f"{part:0<2}"[:2])


def half_up_pct(amount_minor: int, pct: int) -> int:
    """A whole percentage of an amount, half a centime upwards."""
    return (amount_minor * pct + 50) // 100


@dataclass(frozen=True, slots=True)
class Owed:
    """What one line gives; ``tariff_minor`` and ``due_minor`` None when no tariff is known."""

    tariff_minor: int | None
    base_minor: int | None
    due_minor: int | None


class TariffFacts:
    """The figures of ``tariff_facts.yaml`` and how an amount due follows from them."""

    def __init__(self, drugs: Mapping[str, Drug], facts: Path = _FACTS) -> None:
        """Read the figures once; the drug list is handed in."""
        raw = safe_load(facts.read_text(encoding="utf-8"))
        self._drugs = drugs
        self._letters: dict[str, dict[str, int]] = raw["letters"]
        self._surgical: dict[str, int] = raw["surgical_acts"]
        self._bands: dict[str, list[list[int]]] = raw["surgery_bands"]
        self._flats: dict[str, dict[str, int]] = raw["day_flats"]
        self._dental: dict[str, int] = raw["dental_care"]
        self._prostheses: dict[str, int] = raw["dental_prostheses"]
        self._ceiling: int = raw["prosthesis_base_ceiling"]
        self._shares: list[int] = raw["cumulation_pct"]
        self._general: int = raw["general_rate_pct"]
        self._long_term: int = raw["long_term_public_rate_pct"]
        self._schemes: dict[str, int] = raw["scheme_rate_pct"]

    def owed(
        self,
        dossier: Mapping[str, Any],
        *,
        sector: str,
        has_ald: bool,
        prosthesis_used_minor: int = 0,
    ) -> list[Owed]:
        """What each line gives: base = min(asked, tariff) after cumulation and ceiling, × rate."""
        is_public_ald = has_ald and sector == "public"
        general = self._schemes.get(dossier.get("scheme", ""), self._general)
        rate = self._long_term if is_public_ald else general
        shares = self._cumulation(dossier["lines"], sector)
        ceiling = max(0, self._ceiling - prosthesis_used_minor)
        owed: list[Owed] = []
        for number, line in enumerate(dossier["lines"]):
            if line.get("ean"):
                owed.append(self._drug(line))
                continue
            tariff = self._tariff(line, sector)
            if tariff is None:
                owed.append(Owed(None, None, None))
                continue
            base = min(line["amount_minor"], tariff)
            if number in shares:
                base = min(line["amount_minor"], half_up_pct(tariff, shares[number]))
            if line.get("code") in self._prostheses or line.get("letter") == "DP":
                base = min(base, ceiling)
                ceiling -= base
            owed.append(Owed(tariff, base, half_up_pct(base, rate)))
        return owed

    def due_minor(
        self,
        dossier: Mapping[str, Any],
        *,
        sector: str,
        has_ald: bool,
        prosthesis_used_minor: int = 0,
    ) -> int | None:
        """The amount due for the whole dossier; None as soon as one line has no known tariff."""
        total = 0
        for owed in self.owed(
            dossier,
            sector=sector,
            has_ald=has_ald,
            prosthesis_used_minor=prosthesis_used_minor,
        ):
            if owed.due_minor is None:
                return None
            total += owed.due_minor
        return total

    def prosthesis_base_minor(self, dossier: Mapping[str, Any], sector: str) -> int:
        """What a dossier of prostheses uses of the two years' ceiling."""
        owed = self.owed(dossier, sector=sector, has_ald=False)
        return sum(
            line_owed.base_minor or 0
            for line, line_owed in zip(dossier["lines"], owed, strict=True)
            if line.get("code") in self._prostheses
        )

    def tariff_of(self, code: str, sector: str) -> int:
        """The tariff of an act or flat code that is known in a sector; for making up amounts."""
        tariff = self._tariff({"code": code, "quantity": 1}, sector)
        if tariff is None:
            raise KeyError(code)
        return tariff

    def letter_minor(self, letter: str, sector: str) -> int:
        """The value of one unit of a key letter that is known in a sector."""
        return self._letters[sector][letter]

    def _drug(self, line: Mapping[str, Any]) -> Owed:
        drug = self._drugs.get(line["ean"])
        if drug is None:
            return Owed(None, None, None)
        tariff = drug.reference_minor * line["quantity"]
        base = min(line["amount_minor"], tariff)
        return Owed(tariff, base, half_up_pct(base, drug.rate_pct))

    def _tariff(self, line: Mapping[str, Any], sector: str) -> int | None:
        quantity: int = line["quantity"]
        code = line.get("code", "")
        if line.get("letter"):
            unit = self._letters[sector].get(line["letter"])
            return None if unit is None else unit * line["coefficient"] * quantity
        if code in self._surgical:
            return self._band(self._surgical[code], sector) * quantity
        for coefficients, letter in ((self._dental, "D"), (self._prostheses, "DP")):
            if code in coefficients:
                unit = self._letters[sector].get(letter)
                return None if unit is None else unit * coefficients[code] * quantity
        flat = self._flats[sector].get(code)
        return None if flat is None else flat * quantity

    def _band(self, k: int, sector: str) -> int:
        return next(flat for first, last, flat in self._bands[sector] if first <= k <= last)

    def _cumulation(self, lines: list[dict[str, Any]], sector: str) -> dict[int, int]:
        """Line index → share, for several surgical acts on one day: the dearest first."""
        days: dict[str, list[int]] = {}
        for number, line in enumerate(lines):
            if line.get("code") in self._surgical:
                days.setdefault(line["date"], []).append(number)
        shares: dict[int, int] = {}
        for numbers in days.values():
            if len(numbers) > 1:
                ranked = sorted(numbers, key=lambda n: -(self._tariff(lines[n], sector) or 0))
                for rank, number in enumerate(ranked):
                    shares[number] = self._shares[rank] if rank < len(self._shares) else 0
        return shares
