"""Planted prescriptions with the QR code of an electronic care sheet: read as what they are."""

import datetime as dt
import hashlib
import json
from pathlib import Path

from infra.settings import Settings
from infra.simulation.paper.fse_day import FAULT, simulate_fse_paper
from tasks.extraction.fse import read_fse
from tasks.ocr.document import read_document_pages

DAY = dt.date(2026, 11, 20)
TRUTH = (
    {"public_number": "AMO-2026-00000001", "fault": "", "outcome": "accepted", "channel": "fhir"},
    {"public_number": "AMO-2026-00000002", "fault": "late", "outcome": "accepted", "channel": "x"},
    {"public_number": "AMO-2026-00000003", "fault": "", "outcome": "refused", "channel": "fhir"},
    {"public_number": "AMO-2026-00000004", "fault": "", "outcome": "accepted", "channel": "paper"},
)


def plant(out: Path, count: int) -> list[dict[str, object]]:
    (out / "truth").mkdir(parents=True)
    (out / "inbox" / DAY.isoformat()).mkdir(parents=True)
    lines = "".join(f"{json.dumps(row)}\n" for row in TRUTH)
    (out / "truth" / f"{DAY}.jsonl").write_text(lines, encoding="utf-8")
    return simulate_fse_paper(out, seed=7, day=DAY, count=count)


def test_the_first_names_a_sound_record_and_the_last_one_that_never_comes(tmp_path: Path) -> None:
    rows = plant(tmp_path, 3)
    assert [row["outcome"] for row in rows] == ["withdrawn", "review"]
    assert {row["fault"] for row in rows} == {FAULT}
    numbers = []
    for row in rows:
        data = (tmp_path / "inbox" / DAY.isoformat() / str(row["file"])).read_bytes()
        assert hashlib.sha256(data).hexdigest() == row["sha256"]
        link = read_fse(read_document_pages(data, Settings().forms_dir))
        assert link is not None
        numbers.append(link.numbers)
    assert numbers == [("AMO-2026-00000001",), ("AMO-E-NEVERSENT-007",)]


def test_the_same_seed_writes_the_same_bytes_and_none_is_written_for_few(tmp_path: Path) -> None:
    first, second = plant(tmp_path / "a", 2), plant(tmp_path / "b", 2)
    assert first == second
    assert plant(tmp_path / "c", 0) == []
