"""The bench of scripts counts characters and kinds; it times nothing in a test."""

import json

import pytest
from typer.testing import CliRunner

from flows.measure_scripts import right_characters
from flows.measure_speed import app


@pytest.mark.parametrize(
    ("printed", "read", "right"),
    [("123.45", "123.45", 6), ("123.45", "128.45", 5), ("123.45", "", 0), ("1.00", "71.00", 3)],
)
def test_characters_are_right_by_edit_distance(printed, read, right):
    assert right_characters(printed, read) == right


@pytest.mark.tesseract
def test_the_bench_reads_a_receipt_and_headings_and_shows_counts_alone():
    answer = CliRunner().invoke(app, ["scripts", "--pages", "1", "--headings", "2", "--json"])
    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.output)
    assert found["receipts_recognised"] == 1
    assert found["amounts"]["characters_right"]["value"] == 1.0
    assert found["amounts"]["wrong_among_accepted"] == 0
    assert sum(one["of"] for one in found["headings"].values()) == 2
