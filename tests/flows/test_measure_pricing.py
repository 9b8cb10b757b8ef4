"""The bench of pricing prices real lines and keeps their reasons; it times nothing in a test."""

import json

from typer.testing import CliRunner

from flows.measure_speed import app


def test_the_bench_prices_the_lines_asked_for_and_keeps_a_row_of_each():
    answer = CliRunner().invoke(app, ["pricing", "--lines", "2000", "--json"])
    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.output)
    assert found["lines"] >= 2000
    assert found["rows_kept"]["priced_line"] == found["lines"]
    assert found["rows_kept"]["priced_dossier"] == found["dossiers"]
    assert found["tenth"]["lines"] < found["lines"] / 5
    assert found["peak_rss_mb"] > 0
