"""The bench of typing mode: its typist types as people do, and its figures count what was typed."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from typer.testing import CliRunner

from flows.measure_speed import app
from flows.measure_typing import figures
from flows.type_paper import amount_text, short_date, written
from infra.stores.typing_bench import TypedDossier

TRUTH: Mapping[str, Any] = {
    "asked_minor": 9550, "priced_minor": 7000,
    "expected_lines": [{"amount_minor": 8000}, {"amount_minor": 1550}],
}  # fmt: skip


def a_typed(number: int, **changes: Any) -> TypedDossier:
    values: dict[str, Any] = {
        "task_id": f"T{number}", "dossier_id": f"D{number}", "sha256": f"S{number}",
        "status": "approved", "is_open": False, "is_offered": True, "is_disputed": False,
        "keystrokes": (10 * number, number), "seconds": 3, "total_minor": 9550,
        "line_minors": (8000, 1550), "due_minor": 7000,
    }  # fmt: skip
    return TypedDossier(**(values | changes))


def test_the_figures_tell_medians_by_pass_and_what_ends_right() -> None:
    found = [a_typed(number) for number in range(1, 10)]
    found.append(a_typed(10, keystrokes=(100,), is_open=True))
    told = figures(found, {f"S{number}": TRUTH for number in range(1, 12)})
    assert (told["dossiers"], told["typed"], told["left"], told["settled"]) == (11, 10, 1, 9)
    assert told["first_pass"]["median"] == 55
    assert told["second_pass"] == {"dossiers": 9, "median": 5, "p90": 8.2, "least": 1, "most": 9}
    assert told["right_to_the_cent"] == 9


@pytest.mark.parametrize(
    "changes", [{"total_minor": 9551}, {"line_minors": (8000, 1551)}, {"due_minor": None}]
)
def test_one_cent_beside_is_wrong(changes: Mapping[str, Any]) -> None:
    told = figures([a_typed(1, **changes)], {"S1": TRUTH})
    assert (told["settled"], told["right_to_the_cent"], told["wrong"]) == (1, 0, ["D1"])


@pytest.mark.parametrize(
    ("minor", "text"), [(8000, "80"), (8050, "80,5"), (8005, "80,05"), (5, "0,05"), (0, "0")]
)
def test_amounts_are_typed_without_idle_decimals(minor: int, text: str) -> None:
    assert amount_text(minor) == text


@pytest.mark.parametrize(
    ("day", "text"),
    [("2026-11-18", "1811"), ("2026-02-03", "0302"), ("2026-01-02", "02012026"),
     ("2026-11-19", "19112026")],
)  # fmt: skip
def test_a_day_is_typed_without_the_year_where_it_follows(day: str, text: str) -> None:
    assert short_date(day, "2026-11-18") == text


def test_a_field_is_typed_as_on_paper() -> None:
    fields = {"insured_number": "100000001", "deposit_date": "2026-11-18", "ald_code": None}
    lines = [{"care_date": "2026-11-02"}]
    assert written("insured_key", fields, lines) == ("100000001", "100000001")
    assert written("care_date", fields, lines) == ("02/11/2026", "0211")
    assert written("ald_code", fields, lines) == ("", "")


@pytest.mark.browser
def test_a_handwritten_dossier_is_typed_by_script_right_to_the_cent() -> None:
    pytest.importorskip("playwright")
    result = CliRunner().invoke(app, ["typing", "--dossiers", "1", "--json"])
    if result.exception and "Chromium is not installed" in str(result.exception):
        pytest.skip(str(result.exception))
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["typed"], told["settled"], told["right_to_the_cent"]) == (1, 1, 1)
    assert 20 < told["first_pass"]["median"] < 300
    assert told["second_pass"]["median"] < told["first_pass"]["median"]
