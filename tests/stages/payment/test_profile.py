"""Bank profiles: strict reading, closed days."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.errors import CatalogueError, UsageError
from tasks.payment.account import is_valid_rib
from tasks.payment.formats import all_formats
from tasks.payment.profile import PROFILES_DIR, load_profile, profile_ids, read_profile


def written(folder: Path, **changes: Any) -> Path:
    raw = yaml.safe_load((PROFILES_DIR / "demo-ma.yaml").read_text(encoding="utf-8"))
    for name, value in changes.items():
        if value is None:
            del raw[name]
        else:
            raw[name] = value
    path = folder / "demo-ma.yaml"
    path.write_text(yaml.safe_dump(raw), encoding="utf-8")
    return path


@pytest.mark.parametrize("profile_id", profile_ids())
def test_every_profile_names_a_format_and_valid_accounts(profile_id: str) -> None:
    profile = load_profile(profile_id)
    assert profile.format_id in all_formats()
    assert all(is_valid_rib(debit.account) for debit in profile.debit_accounts.values())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"max_tx_file": None}, "max_tx_file"),
        ({"maximum": 3}, "maximum"),
        ({"max_tx_file": "many"}, "max_tx_file: must be of type int"),
        ({"max_tx_pmtinf": True}, "max_tx_pmtinf: must be of type int"),
        ({"max_amount_file_minor": 0}, "at least 1"),
        ({"id": "other"}, "file's name"),
        ({"debit_accounts": [{"currency": "MAD"}]}, "account, name"),
        (
            {"debit_accounts": [{"currency": "MAD", "account": "9" * 24, "name": "X"}]},
            "wrong key",
        ),
        ({"calendar": {}}, "closed_dates"),
    ],
)
def test_a_wrong_profile_is_refused_by_name(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(CatalogueError, match=message):
        read_profile(written(tmp_path, **changes))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("closed_weekdays", [0]),
        ("closed_every_year", ["13-01"]),
        ("closed_dates", ["2026-01-01x"]),
    ],
)
def test_a_wrong_calendar_is_refused(tmp_path: Path, name: str, value: list[Any]) -> None:
    calendar = {
        "source": "test",
        "closed_weekdays": [],
        "closed_every_year": [],
        "closed_dates": [],
    }
    with pytest.raises(CatalogueError, match=name):
        read_profile(written(tmp_path, calendar=calendar | {name: value}))


def test_an_unknown_profile_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="demo-ma"):
        load_profile("../demo-ma")


@pytest.mark.parametrize(
    ("day", "open_day"),
    [
        (dt.date(2026, 11, 20), dt.date(2026, 11, 20)),  # a Friday
        (dt.date(2026, 11, 21), dt.date(2026, 11, 23)),  # a Saturday
        (dt.date(2026, 11, 18), dt.date(2026, 11, 19)),  # Independence Day
        (dt.date(2026, 11, 17), dt.date(2026, 11, 17)),
        (dt.date(2027, 1, 1), dt.date(2027, 1, 4)),  # New Year's Day, a Friday
    ],
)
def test_a_transfer_is_executed_on_an_open_day(day: dt.date, open_day: dt.date) -> None:
    assert load_profile("demo-ma").calendar.next_open_day(day) == open_day


def test_a_calendar_without_an_open_day_is_a_mistake(tmp_path: Path) -> None:
    calendar = {
        "source": "test",
        "closed_weekdays": [1, 2, 3, 4, 5, 6, 7],
        "closed_every_year": [],
        "closed_dates": [],
    }
    profile = read_profile(written(tmp_path, calendar=calendar))
    with pytest.raises(CatalogueError, match="no open day"):
        profile.calendar.next_open_day(dt.date(2026, 11, 20))
