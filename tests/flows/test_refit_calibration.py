"""A calibration from the command line: made of kept readings and labels, shown, put in force."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flows import cli
from models.records.all_tables import table
from tasks.doors import open_doors
from tasks.extraction.calibration.calibration import from_document, shipped_calibration
from tasks.extraction.calibration.cells import Cell
from tasks.extraction.calibration.compare import SINGLE
from tasks.extraction.chunk import ExtractionContext
from tasks.ocr.chunk import page_json
from tasks.paper_labels import extract_folder, label_folder
from tests.stages.extraction.test_paper import FORMS_DIR, sheet

Run = Callable[..., Any]
PERSON = {
    "person_id": "P1", "family_name": "ESSAI", "given_name": "PREMIER", "arabic_name": "",
    "birth_date": "1980-05-17", "death_date": None, "sex": "M", "cin": "",
}  # fmt: skip
TRUTH = {
    "public_number": "AMO-2026-0001",
    "expected_fields": {
        "care_kind": "ambulatory", "request_kind": "reimbursement", "relation": "self",
        "insured_number": "100000001", "insured_name": "ESSAI PREMIER",
        "beneficiary_name": "ESSAI PREMIER", "beneficiary_birth_date": "1980-05-17",
        "beneficiary_sex": "M", "provider_inpe": "200000001", "deposit_date": "2026-11-18",
        "total_minor": 8000,
    },
    "expected_lines": [
        {"code": "", "letter": "C", "coefficient": "1", "ean": "", "care_date": "2026-11-02",
         "quantity": 1, "amount_minor": 8000},
    ],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two kept dossiers: one read right, one whose insured number the second reader misread."""
    kept = tmp_path / "kept"
    (kept / "registers").mkdir(parents=True)
    register(kept, "person", PERSON)
    register(kept, "affiliation", {"person_id": "P1", "number": "100000001"})
    register(kept, "dependant")
    register(kept, "provider", {"inpe": "200000001"})
    (kept / "about.json").write_text(json.dumps({"seed": 1, "day": "2026-11-20", "parts": []}))
    rows, truths = [], []
    for number, page in enumerate((sheet(), sheet(second={"insured_number": "100000007"}))):
        name = f"pages/d{number}/1.json"
        (kept / name).parent.mkdir(parents=True)
        (kept / name).write_bytes(page_json(page))
        rows.append(json.dumps({"dossier_id": f"d{number}", "part": "office", "pages": [name]}))
        truths.append(json.dumps({"dossier_id": f"d{number}", **TRUTH}))
    (kept / "dossiers.jsonl").write_text("\n".join(rows) + "\n")
    (kept / "truth.jsonl").write_text("\n".join(truths) + "\n")
    return kept


def register(kept: Path, name: str, *values: Any) -> None:
    lines = [json.dumps({"register": name, "op": "assert", "values": one}) for one in values]
    (kept / "registers" / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in lines))


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    open_doors.cache_clear()
    monkeypatch.setenv("TASFIYA_HOME", str(tmp_path / "home"))

    def command(*arguments: str, code: int = 0) -> Any:
        monkeypatch.setattr(sys, "argv", ["tasfiya", "calibration", *arguments, "--json"])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        assert int(ended.value.code or 0) == code, told.err
        return json.loads(told.out) if code == 0 else told.err

    yield command
    open_doors.cache_clear()


def test_what_was_written_labels_what_was_read(folder: Path) -> None:
    labels = label_folder(folder, ExtractionContext(FORMS_DIR))
    # Without the register one reading of the second dossier's number is as good as the other.
    wrong = [one.cell for one in labels if one.is_wrong]
    assert wrong == [Cell("digits", "doubtful", "good")]
    numbers = {one.cell.evidence for one in labels if one.cell.field_type == "digits"}
    assert {"agreed+register", "register"} <= numbers
    assert {one.cell.evidence for one in labels if one.cell.field_type == "amount"} == {"agreed"}


def test_the_registers_of_the_folder_are_asked(folder: Path) -> None:
    found = [
        {one.field: one for one in extracted.evidence}["insured_number"]
        for _, extracted, _ in extract_folder(folder, ExtractionContext(FORMS_DIR))
    ]
    assert [(one.value, one.source) for one in found] == [
        ("100000001", "agreed"),
        ("100000001", "register"),
    ]


def test_lines_are_not_labelled_where_one_was_lost(folder: Path) -> None:
    rows = [json.loads(line) for line in (folder / "truth.jsonl").read_text().splitlines()]
    for row in rows:
        row["expected_lines"] *= 2
    (folder / "truth.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    labels = label_folder(folder, ExtractionContext(FORMS_DIR))
    types = {one.cell.field_type for one in labels if one.cell.evidence != SINGLE}
    assert "act" not in types
    assert "digits" in types


def test_a_version_can_be_written_to_a_file(run: Run, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "made.yaml"
    told = run("fit", "--from", str(folder), "--by", "amina", "--write", str(file))
    made = from_document(file.read_text(encoding="utf-8"))
    assert (made.version, made.sha256) == (told["version"], told["sha256"])
    assert made.of(Cell("digits", "agreed+register", "good")).wrong == 0
    assert "simulated paper kept" in made.origin


def test_a_version_is_made_shown_and_put_in_force_by_name(run: Run, folder: Path) -> None:
    shipped = shipped_calibration().version
    assert run("show")["version"] == shipped
    version = run("fit", "--from", str(folder), "--by", "amina")["version"]
    assert run("show")["version"] == shipped
    assert run("activate", version, "--by", "chadia") == {"version": version, "before": shipped}
    shown = run("show", "--from", str(folder))
    assert (shown["version"], shown["is_active"]) == (version, True)
    (figures,) = shown["readings"].values()
    assert figures["labels"] > 20
    assert figures["accepted_wrong"] == 0
    assert [one["activated_by"] for one in shown["versions"]] == ["chadia"]


def test_a_version_is_made_of_the_desk_s_labels(run: Run) -> None:
    assert "no labels" in run("fit", "--labels", "--by", "amina", code=2)
    label = {
        "dossier_id": "D1", "content_version": 1, "origin": "audit", "field_type": "digits",
        "evidence": "agreed", "quality_band": "good", "stated_probability": 0.001,
        "was_accepted": True, "calibration": "v", "labelled_by": "amina", "labelled_at": "x",
    }  # fmt: skip
    database = open_doors().database
    rows = [{**label, "field": f"f{number}", "is_wrong": number == 0} for number in range(50)]
    with database.transaction() as connection:
        database.insert_rows(connection, table("field_label"), rows)
    told = run("fit", "--labels", "--by", "amina")
    assert (told["labels"], told["wrong"]) == (50, 1)
    desk = run("show")["desk"]
    assert (desk["labels"], desk["accepted"], desk["accepted_wrong"]) == (50, 50, 1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("fit", "--by", "amina"), "--from"),
        (("fit", "--labels", "--by", " "), "somebody's name"),
        (("activate", "v9", "--by", "amina"), "no version has that name"),
        (("activate", "v9", "--by", ""), "somebody's name"),
        (("show", "--version", "v9"), "no version has that name"),
    ],
)
def test_wrong_use_is_told(run: Run, arguments: tuple[str, ...], said: str) -> None:
    assert said in run(*arguments, code=2)
