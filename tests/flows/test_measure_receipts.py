"""The bench of receipts counts what is read right; it times nothing in a test."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.measure_receipts import is_right
from flows.measure_speed import app
from models.bounds import wilson_95
from tests.stages.extraction.receipts.printed import ROUNDED, drawn


def entry(value: str, second: str = "") -> dict[str, object]:
    return {"value": value, "readings": ["", second]}


@pytest.mark.parametrize("truth", ["33.90", "RM33.90", "$33.9", "RM 33.90"])
def test_a_total_is_right_to_the_cent_however_the_key_writes_it(truth):
    assert is_right("total", entry("3390"), truth)
    assert not is_right("total", entry("3391"), truth)


def test_a_date_is_right_as_printed_and_as_a_day():
    assert is_right("date", entry("2018-03-12", "12-03-18"), "12/03/18")
    assert not is_right("date", entry("2018-12-03", "12-03-18"), "12/03/18")
    assert not is_right("date", entry("2018-03-12", "12 MAR 2018"), "12/03/2018")
    assert is_right("date", entry("2017-02-25", "25/Feb/2017"), "25/FEB/2017")


def test_a_company_is_right_by_its_letters_and_digits():
    assert is_right("company", entry("Sunrise Sdn. Bhd."), "SUNRISE SDN BHD")
    assert not is_right("company", entry("Sunrise Bhd"), "SUNRISE SDN BHD")


def test_bounds_are_wilson_s():
    low, high = wilson_95(47, 50)
    assert (round(low, 4), round(high, 4)) == (0.8378, 0.9794)
    assert wilson_95(0, 0) == (0.0, 1.0)
    assert wilson_95(0, 50)[0] == 0.0


@pytest.mark.tesseract
def test_the_bench_reads_a_folder_and_says_nothing_of_its_receipts(tmp_path: Path):
    for name in ("img", "key"):
        (tmp_path / name).mkdir()
    (tmp_path / "img" / "007.jpg").write_bytes(drawn(ROUNDED))
    key = {"company": "SUNRISE MART SDN BHD", "date": "12-10-18", "total": "27.90"}
    (tmp_path / "key" / "007.json").write_text(json.dumps(key), encoding="utf-8")
    answer = CliRunner().invoke(app, ["ocr", "--receipts", str(tmp_path), "--json"])
    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.output)["receipts"]
    assert {name: one["right"] for name, one in found["fields"].items()} == {
        "total": 1,
        "date": 1,
        "company": 1,
    }
    assert found["accepted"]["total"] == {
        "accepted": 1,
        "of": 1,
        "wrong": 0,
        "wrong_upper_95": 0.95,
    }
    assert "SUNRISE" not in answer.output
    assert found["cpu_seconds_per_page"] > 0
