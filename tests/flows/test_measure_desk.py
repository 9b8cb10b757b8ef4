"""The bench of the desk measures every page it names, and shows how the database finds them."""

import json

import pytest
from typer.testing import CliRunner

from flows.measure_speed import app


@pytest.mark.postgres
def test_the_bench_of_the_desk_measures_lists_items_and_pictures() -> None:
    result = CliRunner().invoke(app, ["desk", "--waiting", "200", "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["waiting"] == 200
    assert {"list_age", "list_amount", "item", "page_picture"} <= set(told["milliseconds"])
    assert all(0 < one["p50"] <= one["p95"] for one in told["milliseconds"].values())
    assert any("review_task" in line for line in told["plans"]["age"])
