"""What must stand beside what: no stage, rule, scheme, form or format is half there."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.messages import LANGUAGES, read_codes
from models.stage import Stage
from models.yaml_loader import safe_load
from tests.architecture.house_rules import ROOT, Source, parse, product_sources

TASKS = ROOT / "tasks"
TESTS = ROOT / "tests"
RULES = TASKS / "fraud" / "rules"
SCHEMES = TASKS / "pricing" / "schemes"
FORMS = TASKS / "extraction" / "forms"
FORMATS = TASKS / "payment" / "formats"

CODE = re.compile(r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$")
#: Codes of answers at intake are told apart by their beginning wherever they are written.
INTAKE_CODE = re.compile(r"^(IN|DOUBLON)_[A-Z0-9_]+$")
#: Functions whose text arguments are codes.
MAKERS = frozenset({"finding", "Refused", "refused"})


def modules(folder: Path) -> list[Path]:
    """The Python files of a folder, without its ``__init__.py``."""
    return [path for path in sorted(folder.glob("*.py")) if path.name != "__init__.py"]


def folders(folder: Path, marker: str) -> list[Path]:
    """The folders below one that hold data of ours."""
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_dir() and any(path.glob(marker)) and path.name != "__pycache__"
    ]


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_has_its_door_its_contract_and_its_tests(stage: Stage) -> None:
    wanted = [
        TASKS / stage.value / "__init__.py",
        TASKS / stage.value / "task.py",
        ROOT / "contracts" / f"{stage.value}.odcs.yaml",
    ]
    missing = [path.relative_to(ROOT).as_posix() for path in wanted if not path.is_file()]
    if not any((TESTS / "stages" / stage.value).glob("test_*.py")):
        missing.append(f"tests/stages/{stage.value}/test_*.py")
    assert not missing


def test_every_folder_of_tasks_is_a_stage() -> None:
    found = {path.parent.name for path in TASKS.glob("*/__init__.py")}
    assert found == {stage.value for stage in Stage}


def test_every_contract_belongs_to_a_stage() -> None:
    found = {path.name.removesuffix(".odcs.yaml") for path in (ROOT / "contracts").glob("*.yaml")}
    assert found == {stage.value for stage in Stage}


@pytest.mark.parametrize("path", modules(RULES), ids=lambda path: path.stem)
def test_every_fraud_rule_has_its_texts_its_figures_and_its_cases(path: Path) -> None:
    rule_id = path.stem.split("_", maxsplit=1)[0].upper()
    assert f'RULE_ID = "{rule_id}"' in path.read_text(encoding="utf-8")
    texts = path.with_suffix(".yaml")
    assert texts.is_file()
    assert f"id: {rule_id}\n" in texts.read_text(encoding="utf-8")
    cases = (TESTS / "cases" / "fraud" / f"{rule_id}.yaml").read_text(encoding="utf-8")
    assert re.search(r"expect: \[\{|expect:\n", cases), "no case that the rule hits"
    assert "expect: []" in cases, "no case that the rule leaves alone"


def test_no_fraud_text_or_case_is_left_over() -> None:
    stems = {path.stem for path in modules(RULES)}
    assert {path.stem for path in RULES.glob("*.yaml")} == stems
    ids = {stem.split("_", maxsplit=1)[0].upper() for stem in stems}
    assert {path.stem for path in (TESTS / "cases" / "fraud").glob("*.yaml")} == ids


@pytest.mark.parametrize("folder", folders(SCHEMES, "*.yaml"), ids=lambda path: path.name)
def test_every_scheme_is_whole(folder: Path) -> None:
    for name in ("scheme.yaml", "rights.yaml"):
        assert (folder / name).is_file(), name
    for stem in ("parameters", "texts"):
        is_there = (folder / f"{stem}.yaml").is_file() or list((folder / stem).glob("*.yaml"))
        assert is_there, stem
    assert modules(folder / "rules")
    scheme_id = folder.name.replace("_", "-")
    assert list((TESTS / "cases" / "pricing" / scheme_id).glob("*.yaml")), "no cases"


@pytest.mark.parametrize("folder", folders(FORMS, "*.yaml"), ids=lambda path: path.name)
def test_every_form_has_its_template_its_blank_picture_and_its_cases(folder: Path) -> None:
    assert (folder / "template.yaml").is_file()
    assert (folder / "reference.png").is_file()
    assert (folder / "cases.yaml").is_file()


@pytest.mark.parametrize("folder", folders(FORMS, "*.yaml"), ids=lambda path: path.name)
def test_a_form_is_of_known_schemes_in_their_currency(folder: Path) -> None:
    template = safe_load((folder / "template.yaml").read_text(encoding="utf-8"))
    for scheme in template.get("schemes", ()):
        path = SCHEMES / scheme.replace("-", "_") / "scheme.yaml"
        assert path.is_file(), scheme
        head = safe_load(path.read_text(encoding="utf-8"))
        assert (head["currency"], head["country"]) == (template["currency"], template["country"])


@pytest.mark.parametrize("path", modules(FORMATS), ids=lambda path: path.stem)
def test_every_payment_format_has_a_golden_file(path: Path) -> None:
    folder = TESTS / "golden" / "payment" / path.stem
    golden = [file for file in folder.glob("*") if file.is_file()] if folder.is_dir() else []
    assert golden, f"tests/golden/payment/{path.stem}/ holds no file"
    assert all(file.stat().st_size > 0 for file in golden)


def codes_used(source: Source) -> Iterator[tuple[str, int]]:
    """The finding codes written in a file, with their lines.

    A code stands as an argument of a maker of findings, as ``code=`` or ``codes=``, in a constant
    called ``CODES`` or ``…_CODE``, or begins as only the answers of intake do.
    """
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            given = list(node.args) if name in MAKERS else []
            given += [word.value for word in node.keywords if word.arg in {"code", "codes"}]
            yield from _texts(given)
        elif isinstance(node, ast.Assign) and _is_code_name(node.targets[0]):
            yield from _texts([node.value])
        elif isinstance(node, ast.Constant) and INTAKE_CODE.match(str(node.value)):
            yield str(node.value), node.lineno


def _is_code_name(target: ast.expr) -> bool:
    name = target.id if isinstance(target, ast.Name) else ""
    return name == "CODES" or name.endswith("_CODE")


def _texts(nodes: list[ast.expr]) -> Iterator[tuple[str, int]]:
    for node in nodes:
        parts = node.elts if isinstance(node, ast.Tuple) else [node]
        for part in parts:
            is_text = isinstance(part, ast.Constant) and isinstance(part.value, str)
            if is_text and CODE.match(part.value):
                yield part.value, part.lineno


def known_codes() -> set[str]:
    """Every code of every ``codes.yaml``; reading one checks its three languages."""
    return {code for path in TASKS.rglob("codes.yaml") for code in read_codes(path)}


def test_every_code_used_has_its_sentences() -> None:
    known = known_codes()
    unknown = [
        f"{source.path}:{line}: {code}"
        for source in product_sources()
        if source.package == "tasks"
        for code, line in codes_used(source)
        if code not in known
    ]
    assert not unknown, "\n".join(unknown)


def test_a_code_without_a_sentence_is_found() -> None:
    text = (
        "CODES = ('A_CODE',)\nOVER_CODE = 'B_CODE'\nsubject.finding('C_CODE', 3)\n"
        "Change(code='D_CODE')\nanswer('IN_E')\nfinding(codes, 'F_CODE', page='UTF-8')\n"
    )
    found = [code for code, _ in codes_used(parse("tasks/x.py", text))]
    assert found == ["A_CODE", "B_CODE", "C_CODE", "D_CODE", "F_CODE", "IN_E"]


def test_most_codes_are_seen_in_use() -> None:
    used = {
        code
        for source in product_sources()
        if source.package == "tasks"
        for code, _ in codes_used(source)
    }
    written = "\n".join(
        source.text for source in product_sources() if source.package in {"tasks", "models"}
    )
    unused = [
        code
        for code in sorted(known_codes() - used)
        if f'"{code}"' not in written and f'"{code.lower()}"' not in written
    ]
    # Codes that a person at the desk chooses are never written by the machine.
    desk = set(read_codes(TASKS / "review" / "codes.yaml"))
    assert not set(unused) - desk


@pytest.mark.parametrize(
    "path",
    sorted(TASKS.rglob("codes.yaml")),
    ids=lambda path: path.parent.name,
)
def test_a_code_says_the_same_in_every_language(path: Path) -> None:
    different = []
    for code in read_codes(path).values():
        names = {
            language: {
                # A parameter may be given in each language: piece_fr, piece_ar, piece_en.
                name.removesuffix(f"_{language}")
                for _, name, _, _ in string.Formatter().parse(text)
                if name
            }
            for language, text in code.sentences.items()
        }
        if len({frozenset(found) for found in names.values()}) != 1:
            different.append(code.code)
        assert all(code.sentences[language].strip() for language in LANGUAGES)
    assert not different
