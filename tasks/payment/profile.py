"""Reads a bank's profile: its format, limits, letters, debit accounts and closed days, as data."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import CatalogueError, UsageError
from models.yaml_loader import safe_load
from tasks.payment.account import is_valid_account

PROFILES_DIR = Path(__file__).parent / "profiles"

#: A calendar with more closed days in a row than this is a mistake, not a holiday.
CLOSED_DAYS_MAX = 31


@dataclass(frozen=True, slots=True)
class DebitAccount:
    """The payer's account that is debited in one currency, and the name it stands under."""

    account: str
    name: str


@dataclass(frozen=True, slots=True)
class BankCalendar:
    """The days on which the bank executes nothing."""

    closed_weekdays: frozenset[int]
    closed_every_year: frozenset[str]
    closed_dates: frozenset[dt.date]

    def next_open_day(self, day: dt.date) -> dt.date:
        """Return the first open day on or after a day.

        Raises:
            CatalogueError: when more than ``CLOSED_DAYS_MAX`` days in a row are closed.
        """
        for offset in range(CLOSED_DAYS_MAX):
            candidate = day + dt.timedelta(days=offset)
            if not self._is_closed(candidate):
                return candidate
        raise CatalogueError(f"bank calendar: no open day within a month of {day}; check the list")

    def _is_closed(self, day: dt.date) -> bool:
        return (
            day.isoweekday() in self.closed_weekdays
            or f"{day:%m-%d}" in self.closed_every_year
            or day in self.closed_dates
        )


@dataclass(frozen=True, slots=True)
class BankProfile:
    """What one bank accepts; amounts in minor units, ``characters`` are those of names."""

    profile_id: str
    format_id: str
    max_tx_file: int
    max_tx_pmtinf: int
    max_amount_file_minor: int
    characters: frozenset[str]
    name_length_max: int
    debit_accounts: Mapping[str, DebitAccount]
    debit_agent: str
    creditor_agent: str
    charge_bearer: str
    batch_booking: bool
    category_purpose: str
    calendar: BankCalendar


_KEYS: Mapping[str, type] = {
    "id": str,
    "format": str,
    "max_tx_file": int,
    "max_tx_pmtinf": int,
    "max_amount_file_minor": int,
    "characters": str,
    "name_length_max": int,
    "debit_accounts": list,
    "debit_agent": str,
    "creditor_agent": str,
    "charge_bearer": str,
    "batch_booking": bool,
    "category_purpose": str,
    "calendar": dict,
}
_CALENDAR_KEYS: Mapping[str, type] = {
    "source": str,
    "closed_weekdays": list,
    "closed_every_year": list,
    "closed_dates": list,
}
_DEBIT_KEYS: Mapping[str, type] = {"currency": str, "account": str, "name": str}
_LIMITS = ("max_tx_file", "max_tx_pmtinf", "max_amount_file_minor", "name_length_max")


def profile_ids() -> tuple[str, ...]:
    """The ids of the profiles that lie in the folder."""
    return tuple(sorted(path.stem for path in PROFILES_DIR.glob("*.yaml")))


def load_profile(profile_id: str) -> BankProfile:
    """Return a profile of the folder.

    Raises:
        UsageError: when there is none of that id; names those that are there.
    """
    if profile_id not in profile_ids():
        raise UsageError(f"bank profile {profile_id!r} unknown; there are: {profile_ids()}")
    return read_profile(PROFILES_DIR / f"{profile_id}.yaml")


def read_profile(path: Path) -> BankProfile:
    """Return the profile a file describes.

    Raises:
        CatalogueError: names the file and the key that is missing, unknown, or of a wrong value.
    """
    raw = safe_load(path.read_text(encoding="utf-8"))
    _require_keys(path.name, raw, _KEYS)
    if raw["id"] != path.stem:
        raise CatalogueError(f"{path.name}: id: must be the file's name")
    for name in _LIMITS:
        if raw[name] < 1:
            raise CatalogueError(f"{path.name}: {name}: must be at least 1")
    return BankProfile(
        profile_id=raw["id"],
        format_id=raw["format"],
        max_tx_file=raw["max_tx_file"],
        max_tx_pmtinf=raw["max_tx_pmtinf"],
        max_amount_file_minor=raw["max_amount_file_minor"],
        characters=frozenset(raw["characters"]),
        name_length_max=raw["name_length_max"],
        debit_accounts=_debit_accounts(path.name, raw["debit_accounts"]),
        debit_agent=raw["debit_agent"],
        creditor_agent=raw["creditor_agent"],
        charge_bearer=raw["charge_bearer"],
        batch_booking=raw["batch_booking"],
        category_purpose=raw["category_purpose"],
        calendar=_calendar(path.name, raw["calendar"]),
    )


def _require_keys(where: str, raw: Any, keys: Mapping[str, type]) -> None:
    if not isinstance(raw, dict):
        raise CatalogueError(f"{where}: must be a mapping")
    if set(raw) != set(keys):
        wrong = ", ".join(sorted(map(str, set(raw) ^ set(keys))))
        raise CatalogueError(f"{where}: missing or unknown keys: {wrong}")
    for name, kind in keys.items():
        # bool is an int in Python: the exact type is asked for.
        if type(raw[name]) is not kind:
            raise CatalogueError(f"{where}: {name}: must be of type {kind.__name__}")


def _debit_accounts(file_name: str, rows: list[Any]) -> Mapping[str, DebitAccount]:
    accounts: dict[str, DebitAccount] = {}
    for row in rows:
        _require_keys(f"{file_name}: debit_accounts", row, _DEBIT_KEYS)
        if row["currency"] in accounts:
            raise CatalogueError(f"{file_name}: debit_accounts: {row['currency']} stands twice")
        if not is_valid_account(row["account"]):
            raise CatalogueError(f"{file_name}: debit_accounts: {row['currency']}: wrong key")
        accounts[row["currency"]] = DebitAccount(row["account"], row["name"])
    return accounts


def _calendar(file_name: str, raw: Any) -> BankCalendar:
    where = f"{file_name}: calendar"
    _require_keys(where, raw, _CALENDAR_KEYS)
    if not all(type(day) is dt.date for day in raw["closed_dates"]):
        raise CatalogueError(f"{where}: closed_dates: must be dates")
    if not set(raw["closed_weekdays"]) <= set(range(1, 8)):
        raise CatalogueError(f"{where}: closed_weekdays: must be numbers from 1 to 7")
    for text in raw["closed_every_year"]:
        try:
            dt.date.fromisoformat(f"2000-{text}")
        except ValueError as error:
            raise CatalogueError(f"{where}: closed_every_year: must be MM-DD") from error
    return BankCalendar(
        frozenset(raw["closed_weekdays"]),
        frozenset(raw["closed_every_year"]),
        frozenset(raw["closed_dates"]),
    )
