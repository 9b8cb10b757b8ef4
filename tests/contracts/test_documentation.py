import datetime as dt
import json
from pathlib import Path

from contracts.documentation import LotResult, publish_docs
from contracts.rows import RowGate
from infra.settings import ROOT
from models.stage import Stage
from models.work import TableRows

FOLDER = ROOT / "contracts"
DAY = dt.date(2026, 11, 20)
NAMES = ("dossier_id", "version", "score", "signal_count", "strongest_effect")


def lot(lot_id: str, *scores: int) -> LotResult:
    rows = [(f"D{number:016d}", 1, score, 0, "") for number, score in enumerate(scores, start=1)]
    result = RowGate(FOLDER).check(Stage.FRAUD, {"fraud_score": TableRows(NAMES, rows)})
    return LotResult(lot_id, Stage.FRAUD, json.dumps([dict(row) for row in result.summary]))


def test_a_day_is_shown_with_its_counts_over_all_lots(tmp_path: Path) -> None:
    front = publish_docs(tmp_path, FOLDER, DAY, [lot("2026-11-20/001", 0, 5), lot("2", 7, -1)])
    assert '<a href="2026-11-20.html">' in front.read_text(encoding="utf-8")
    page = (tmp_path / "2026-11-20.html").read_text(encoding="utf-8")
    assert "<td>fraud_score-score-between<td>between<td>score<td class=n>4<td class=n>1" in page
    suite = page.partition('<a href="gx/')[2].partition('"')[0]
    assert (tmp_path / "gx" / suite).is_file()


def test_the_pages_need_no_network_and_show_no_value(tmp_path: Path) -> None:
    publish_docs(tmp_path, FOLDER, DAY, [lot("2026-11-20/001", -987654)])
    for name in ("index.html", "2026-11-20.html"):
        page = (tmp_path / name).read_text(encoding="utf-8")
        assert "://" not in page
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert b"987654" not in path.read_bytes()


def test_earlier_days_stay_on_the_front_page(tmp_path: Path) -> None:
    publish_docs(tmp_path, FOLDER, DAY, [lot("1", 0)])
    front = publish_docs(tmp_path, FOLDER, dt.date(2026, 11, 21), [lot("1", 0)])
    text = front.read_text(encoding="utf-8")
    assert text.index("2026-11-21") < text.index("2026-11-20")
