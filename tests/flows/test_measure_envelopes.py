"""The measure of envelopes says what it found, on few pages."""

import json

import pytest
from typer.testing import CliRunner

from flows import measure_envelopes
from flows.measure_speed import app


def test_sheets_are_counted_and_pages_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure_envelopes, "PROFILES", ("scan",))
    monkeypatch.setattr(measure_envelopes, "PAGES", 2)
    done = CliRunner().invoke(app, ["envelopes", "--files", "1", "--json"])
    assert done.exit_code == 0
    told = json.loads(done.output)
    assert told["sheets"] == {
        kind: {"of": 2, "found": 2, "false": 0} for kind in measure_envelopes.KINDS
    }
    assert all(value > 0 for value in told["cpu_ms_per_page"].values())
