"""``tasfiya tariff import`` as a person types it."""

import json
import sys
from pathlib import Path

import pytest

from flows import cli

HEAD = (
    "code,laboratoire,nom,dci,dosage,unite_dosage,forme,presentation,ppv,ph,ppv_br,"
    "princeps_generique,classe_therapeutique,taux_remboursement_cnss\n"
)
ROW = "6118000000006,E,ESSAI,ESSAICILLINE,500,MG,COMPRIME,1 BOITE,95.00,,80.00,A,E,70\n"
DOSSIER = {
    "public_number": "AMO-2026-00000001",
    "scheme": "ma-amo-salaries",
    "deposit_date": "2026-11-18",
    "insured_id": "100000001",
    "provider_id": "200000001",
    "kind_of_care": "ambulatory",
    "pieces": [{"kind": "care_sheet"}],
    "lines": [{"ean": "6118000000006", "quantity": 2, "date": "2026-11-02", "amount_minor": 19000}],
    "total_minor": 19000,
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TASFIYA_HOME", str(tmp_path))
    (tmp_path / "list.csv").write_text(HEAD + ROW, encoding="utf-8")
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["tasfiya", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_an_imported_drug_is_priced_by_the_next_command(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "dossier.json").write_text(json.dumps(DOSSIER), encoding="utf-8")

    def due() -> int:
        assert run(monkeypatch, "price", str(home / "dossier.json"), "--json") == 0
        return int(json.loads(capsys.readouterr().out)["total"]["due_minor"])

    assert due() == 0
    taken = ("tariff", "import", "cnss", str(home / "list.csv"), "--valid-from", "2026-11-01")
    assert run(monkeypatch, *taken) == 0
    assert "rows: 1 read = 1 taken" in capsys.readouterr().out
    assert (home / "tariffs" / "ma" / "drugs.csv").is_file()
    assert due() == 11200  # 2 boxes × 80.00 × 70 %


def test_the_report_is_json_for_programs(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "list.csv").write_text(HEAD + ROW + ROW.replace("95.00", "0"), encoding="utf-8")
    monkeypatch.setenv("TASFIYA_TARIFFS_DIR", str(home / "elsewhere"))
    taken = ("tariff", "import", "cnss", str(home / "list.csv"), "--valid-from", "2026-11-01")
    assert run(monkeypatch, *taken, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rows_read"], told["rows_taken"], told["rows_refused"]) == (2, 1, 1)
    assert told["refused"] == {"NO_PRICE": 1}
    assert told["refusals"] == [{"line": 3, "code": "6118000000006", "reason": "NO_PRICE"}]
    assert (home / "elsewhere" / "ma" / "drugs.csv").is_file()
    assert run(monkeypatch, "tariff", "check") == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("anam", "list.csv"), "there is no list anam; the lists are bdpm, cnops, cnss, nabm"),
        (("cnops", "list.csv"), "list.csv: has other columns than this list"),
        (("cnss", "list.csv"), "list.csv: says no date"),
        (("cnss", "list.csv", "--valid-from", "soon"), "YYYY-MM-DD"),
    ],
)
def test_what_cannot_be_imported_is_told_in_one_sentence(
    home: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(home)
    assert run(monkeypatch, "tariff", "import", *arguments) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
