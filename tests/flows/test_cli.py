import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows import cli
from infra.settings import ROOT
from tasks.doors import open_doors

EXAMPLE = {
    "public_number": "AMO-2026-00000001",
    "scheme": "ma-amo-salaries",
    "deposit_date": "2026-11-18",
    "insured_id": "100000001",
    "provider_id": "200000001",
    "kind_of_care": "ambulatory",
    "pieces": [{"kind": "care_sheet"}],
    "lines": [{"letter": "C", "coefficient": 1, "date": "2026-11-02", "amount_minor": 12000}],
    "total_minor": 12000,
}


def run(*arguments: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["tasfiya", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize("command", list(cli.COMMANDS))
def test_every_command_has_help(command: str) -> None:
    result = CliRunner().invoke(cli.app, [command, "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.output


def test_a_consultation_is_priced_without_a_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "dossier.json"
    path.write_text(json.dumps(EXAMPLE), encoding="utf-8")
    assert run("price", str(path), "--json", monkeypatch=monkeypatch) == 0
    assert json.loads(capsys.readouterr().out)["total"]["due_minor"] == 5600


def test_wrong_input_is_told_in_one_sentence_with_its_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "dossier.json"
    path.write_text("{", encoding="utf-8")
    assert run("price", str(path), monkeypatch=monkeypatch) == 2
    said = capsys.readouterr().err
    assert said.startswith("tasfiya: ")
    assert "Traceback" not in said


def test_an_unknown_command_is_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("settle-everything", monkeypatch=monkeypatch) == 2


def test_the_contracts_are_listed_with_their_rules(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("contract", "check", "--json", monkeypatch=monkeypatch) == 0
    stages = [row["stage"] for row in json.loads(capsys.readouterr().out)]
    assert stages[0] == "intake"
    assert len(stages) == len(list((ROOT / "contracts").glob("*.odcs.yaml")))


def test_production_refuses_what_is_for_the_demo(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_doors.cache_clear()
    monkeypatch.setenv("TASFIYA_ENVIRONMENT", "production")
    monkeypatch.setenv("TASFIYA_HOME", str(tmp_path))
    assert run("audit", "verify", monkeypatch=monkeypatch) == 2
    assert "DATABASE_URL" in capsys.readouterr().err
