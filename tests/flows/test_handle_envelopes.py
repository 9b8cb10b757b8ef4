"""The commands of envelopes: sheets that a scanner's file is divided by, boxes, bordereaux."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.handle_envelopes import app
from tasks.doors import open_doors
from tasks.intake.decode import decode
from tasks.intake.limits import ReadingContext
from tasks.intake.result import Pages

RUN = CliRunner()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in ("DATABASE_URL", "STORAGE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TASFIYA_HOME", str(tmp_path / "home"))
    open_doors.cache_clear()
    yield tmp_path
    open_doors.cache_clear()


def sheets(path: Path) -> list[str]:
    read = decode(path.read_bytes(), ReadingContext())
    assert isinstance(read, Pages)
    return [code.rpartition(":")[0] for _page, code in read.sheets]


def test_printed_sheets_are_read_by_intake(home: Path) -> None:
    out = home / "sheets.pdf"
    done = RUN.invoke(app, ["print", "--agency", "AG12", "--count", "3", "--out", str(out)])
    assert done.exit_code == 0
    found = sheets(out)
    assert len(set(found)) == 3
    assert all(one.startswith("TASFIYA1:SEP:AG12:") for one in found)


@pytest.mark.parametrize(
    "arguments",
    [["--bordereau", "1"], ["--agency", "agence centrale"], ["--add-to", "AMO 1"]],
)
def test_what_no_sheet_can_carry_is_said(home: Path, arguments: list[str]) -> None:
    out = home / "sheets.pdf"
    assert RUN.invoke(app, ["print", "--out", str(out), *arguments]).exception is not None
    assert not out.exists()


def test_an_empty_payer_has_no_boxes_and_no_bordereaux() -> None:
    assert "every bordereau agrees" in RUN.invoke(app, ["bordereaux"]).output
    assert "no box" in RUN.invoke(app, ["due", "--on", "2037-01-01"]).output
    assert RUN.invoke(app, ["box", "K-1", "--by", "amina"]).exception is not None
