"""What is public is documented, links lead somewhere, and the repository speaks of itself alone."""

import importlib
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from infra.settings import Settings
from models.stage import Stage, Status
from tests.architecture.house_rules import ROOT

README = ROOT / "README.md"
DOCS = ROOT / "docs"
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
HEADING = re.compile(r"^#+ +(?P<text>.+)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)

#: Folders of this or that machine, and hosts of package indexes: none of them belongs here. Each
#: pattern is written so that it does not find itself.
FOREIGN = re.compile(
    r"/wor[k]/|/far[m]/|/tmp/bash_job[s]|/hom[e]/[a-z]|/Use[r]s/|[a-zA-Z]:\\Use[r]s"
    r"|py[p]i[.]o[r]g|pytho[n]hosted|deb[.]debia[n]|registry[.]npm[j]s|--index-ur[l]|--extra-index-ur[l]"
)
#: Words that tell of how a file came to be and not of what it is.
UNFINISHED = re.compile(r"\b(TO[D]O|FIX[M]E)\b|# *XX[X]")


def tracked() -> list[Path]:
    """The files of the repository, those not yet committed too."""
    answer = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if answer.returncode:
        pytest.skip("not a git checkout")
    paths = [ROOT / name for name in answer.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def pages() -> list[Path]:
    """Every Markdown page of the repository."""
    return [path for path in tracked() if path.suffix == ".md"]


@cache
def text_of(*paths: Path) -> str:
    """The text of README and docs, or of the pages named."""
    found = paths or (README, *sorted(DOCS.rglob("*.md")))
    return "\n".join(path.read_text("utf-8") for path in found)


def anchors_of(path: Path) -> set[str]:
    """The anchors a page's headings get."""
    headings = HEADING.finditer(FENCE.sub("", path.read_text("utf-8")))
    plain = (re.sub(r"[^\w\- ]", "", found["text"].lower()) for found in headings)
    return {text.strip().replace(" ", "-") for text in plain}


@pytest.mark.parametrize("stage", list(Stage))
def test_a_stage_has_its_row_in_the_readme(stage: Stage) -> None:
    row = rf"^\| {stage.position + 1} \| {stage.value} \|.*tasks/{stage.value}/task\.py.*odcs\.yaml"
    assert re.search(row, text_of(README), re.MULTILINE)


@pytest.mark.parametrize("status", list(Status))
def test_a_status_is_told_in_the_architecture(status: Status) -> None:
    assert f"| `{status.value}` |" in text_of(DOCS / "architecture.md")


def names_of(pattern: str, *, is_stem: bool = True) -> list[str]:
    """The names of the files or folders that meet a pattern."""
    found = sorted(ROOT.glob(pattern))
    return [path.stem if is_stem else path.name for path in found if path.stem != "__init__"]


@pytest.mark.parametrize(
    "name",
    [
        *(path.parent.name.replace("_", "-") for path in ROOT.glob("tasks/pricing/schemes/*/*.yaml")
          if path.name == "scheme.yaml"),
        *(path.parent.name for path in ROOT.glob("tasks/extraction/forms/*/template.yaml")),
        *(name.split("_")[0].upper() for name in names_of("tasks/fraud/rules/f*.py")),
        *names_of("tasks/payment/formats/*.py"),
    ],
)  # fmt: skip
def test_what_can_be_added_is_named_in_the_readme(name: str) -> None:
    assert re.search(rf"\b{re.escape(name)}\b", text_of(README))


@pytest.mark.parametrize("name", names_of("tasks/fraud/rules/f*.py"))
def test_a_fraud_rule_is_in_the_list_of_rules(name: str) -> None:
    assert f"| {name.split('_')[0].upper()} |" in text_of(DOCS / "fraud-rules.md")


@pytest.mark.parametrize("stage", list(Stage))
def test_a_contract_is_named_in_the_architecture(stage: Stage) -> None:
    path = ROOT / "contracts" / f"{stage.value}.odcs.yaml"
    found = re.search(r"^id: (\S+)$", path.read_text("utf-8"), re.MULTILINE)
    assert found is not None
    assert f"`{found[1]}`" in text_of(DOCS / "architecture.md")


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_a_setting_is_described_with_its_default(name: str) -> None:
    field = Settings.model_fields[name]
    variable = field.validation_alias or f"TASFIYA_{name.upper()}"
    row = re.search(
        rf"^\| `{variable}` \| (?P<default>.*?) \|", text_of(DOCS / "settings.md"), re.M
    )
    assert row is not None
    if isinstance(field.default, int):
        assert row["default"] == str(field.default)


def test_no_setting_is_described_that_does_not_exist() -> None:
    known = {f"TASFIYA_{name.upper()}" for name in Settings.model_fields}
    rows = re.findall(r"^\| `(TASFIYA_[A-Z0-9_]+)` \|", text_of(DOCS / "settings.md"), re.M)
    assert set(rows) <= known


def test_every_command_is_in_the_readme() -> None:
    commands = importlib.import_module("flows.cli").COMMANDS
    rows = re.findall(r"^\| `([a-z]+)` \|", text_of(README), re.MULTILINE)
    assert rows == list(commands)


def test_every_make_target_is_in_the_readme() -> None:
    makefile = ROOT / "Makefile"
    targets = re.findall(r"^([a-z]+):", makefile.read_text("utf-8"), re.MULTILINE)
    assert targets
    assert all(f"`make {target}`" in text_of(README) for target in targets)


def test_every_page_of_the_docs_can_be_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    waiting = [README]
    while waiting:
        page = waiting.pop()
        if page in seen:
            continue
        seen.add(page)
        for found in LINK.finditer(page.read_text("utf-8")):
            target = (page.parent / found["target"].partition("#")[0]).resolve()
            if target.suffix == ".md" and target.is_file():
                waiting.append(target)
    pages_of_docs = {path for path in pages() if DOCS in path.parents}
    assert not sorted(path.relative_to(ROOT).as_posix() for path in pages_of_docs - seen)


def test_every_relative_link_leads_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}" for page in pages() for target in broken_links(page)
    ]
    assert not broken, "\n".join(broken)


def broken_links(page: Path) -> list[str]:
    """The relative links of a page that lead nowhere, to a page or to a heading in it."""
    broken: list[str] = []
    for found in LINK.finditer(FENCE.sub("", page.read_text("utf-8"))):
        target = found["target"]
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        if not path.exists() or (anchor and anchor not in anchors_of(path)):
            broken.append(target)
    return broken


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A heading\n[a](other.md) [b](#a-heading) [c](#none) [d](https://x.example)")
    assert broken_links(page) == ["other.md", "#none"]


def foreign_lines(path: Path) -> list[str]:
    """The lines of a file that name another place than the repository, or unfinished work."""
    data = path.read_bytes()
    if b"\0" in data[:1_024]:
        return []
    lines = data.decode("utf-8", errors="replace").splitlines()
    return [
        f"{path.name}:{number}: {line.strip()[:100]}"
        for number, line in enumerate(lines, start=1)
        if FOREIGN.search(line) or UNFINISHED.search(line)
    ]


def test_the_repository_names_no_machine_and_no_package_index() -> None:
    found = [line for path in tracked() for line in foreign_lines(path)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "see /wor" + "k/main", "https://py" + "pi.org/simple", "files.pytho" + "nhosted.org",
        "--index-ur" + "l https://x.example", "# TO" + "DO later",
    ],
)  # fmt: skip
def test_a_foreign_line_is_found(tmp_path: Path, line: str) -> None:
    path = tmp_path / "file.txt"
    path.write_text(line)
    assert foreign_lines(path)


def test_no_lock_file_records_an_index() -> None:
    names = {path.name for path in tracked()}
    assert not names & {"uv.lock", "poetry.lock", "Pipfile.lock"}
    assert not [name for name in names if re.fullmatch(r"pylock.*\.toml", name)]
