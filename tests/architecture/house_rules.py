"""The rules of the house as functions: a source file goes in, sentences about its faults come out.

Nothing of the project is imported here: the rules read the syntax tree, so they are fast and hold
for a file that cannot even be imported. ``test_imports.py`` runs them, and breaks each on purpose.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("flows", "tasks", "contracts", "infra", "models")

#: The floors from the roof down; an import goes to a lower floor or stays on its own.
FLOORS: Mapping[str, int] = {"flows": 3, "tasks": 2, "contracts": 1, "infra": 1, "models": 0}

#: Files of ``tasks/`` that every stage shares; they stand beside the stages, not in one.
SHARED_TASK_FILES = ("tasks/*.py",)

#: Who may open which door of ours. ``store.py``, ``lot.py`` and ``prepayment.py`` read and write
#: the database for their stage; everything else in a stage gets values.
OWN_DOORS: Mapping[str, tuple[str, ...]] = {
    "infra": (
        "flows/**",
        "infra/**",
        "tasks/*.py",
        "tasks/*/task.py",
        "tasks/*/store.py",
        "tasks/*/lot.py",
        "tasks/*/prepayment.py",
    ),
    "infra.clock": ("flows/**", "infra/**", "tasks/*.py", "tasks/*/task.py"),
    "contracts": ("flows/**", "contracts/**", "tasks/*.py", "tasks/*/task.py"),
}

#: Who may open which door to the outside: a library enters through these files alone.
LIBRARY_DOORS: Mapping[str, tuple[str, ...]] = {
    "prefect": ("flows/**", "tasks/*/task.py"),
    "typer": ("flows/**",),
    "boto3": ("infra/storage.py",),
    "botocore": ("infra/storage.py",),
    "sqlalchemy": (
        "infra/**",
        "models/records/*.py",
        "tasks/lot_run.py",
        "tasks/*/store.py",
        "tasks/*/lot.py",
        "tasks/*/task.py",
        "tasks/*/prepayment.py",
    ),
    "sqlmodel": ("models/records/*.py", "infra/migrations/**"),
    "alembic": ("infra/migrate.py", "infra/migrations/**"),
    "psycopg": ("infra/**",),
    "pydantic_settings": ("infra/settings.py",),
    "great_expectations": ("contracts/*.py",),
    "pandas": ("contracts/*.py",),
    "pytesseract": ("tasks/ocr/engines/*.py",),
    "rapidocr": ("tasks/ocr/engines/*.py",),
    "tesserocr": ("tasks/ocr/engines/*.py",),
    "PIL": (
        "tasks/intake/readers/*.py",
        "tasks/ocr/**",
        "tasks/review/web/picture.py",
        "infra/simulation/**",
        "flows/measure_forms.py",
    ),
    "cv2": ("tasks/ocr/**", "infra/simulation/**", "flows/measure_desk.py"),
    "zxingcpp": ("tasks/ocr/**", "infra/simulation/**"),
    "pypdfium2": ("tasks/intake/readers/*.py", "tasks/ocr/**", "infra/simulation/**"),
    "lxml": ("tasks/payment/formats/*.py",),
    "jinja2": ("tasks/pricing/document/page.py", "tasks/review/web/page.py"),
    "weasyprint": ("tasks/pricing/document/pdf.py",),
    "starlette": ("tasks/review/web/*.py", "flows/open_desk.py"),
    "uvicorn": ("flows/open_desk.py",),
    "itsdangerous": ("tasks/review/web/tokens.py",),
    "argon2": ("infra/passwords.py",),
    "sepaxml": ("tasks/payment/formats/*.py",),
}

#: The only libraries that may be imported inside a function, and where: they cost seconds.
DEFERRED: Mapping[str, tuple[str, ...]] = {
    "great_expectations": ("contracts/*.py",),
    "pandas": ("contracts/*.py",),
    "pytesseract": ("tasks/ocr/engines/*.py",),
    "rapidocr": ("tasks/ocr/engines/*.py",),
    "tesserocr": ("tasks/ocr/engines/*.py",),
    "weasyprint": ("tasks/pricing/document/pdf.py",),
}

ENVIRONMENT_READERS = ("infra/settings.py",)
#: A whole environment is built for a server of our own here; PATH alone is taken over.
ENVIRONMENT_NAMES: Mapping[str, tuple[str, ...]] = {"infra/throwaway.py": ("PATH",)}
_ENVIRONMENT = frozenset({"os.environ", "os.environb", "os.getenv", "os.putenv"})
CLOCK_READERS = ("infra/clock.py", "infra/settings.py")
CLOCK_CALLS = frozenset(
    f"{owner}.{name}"
    for owner, names in {
        "dt.datetime": ("now", "today", "utcnow"),
        "datetime.datetime": ("now", "today", "utcnow"),
        "datetime": ("now", "today", "utcnow"),
        "dt.date": ("today",),
        "datetime.date": ("today",),
        "date": ("today",),
        "time": ("time", "time_ns", "localtime", "gmtime", "strftime"),
    }.items()
    for name in names
)

FORBIDDEN_NAMES = frozenset(
    {"utils.py", "helpers.py", "common.py", "misc.py", "base.py", "manager.py"}
)
LINES_MAX = 500
_FLOW_FILE = re.compile(r"^[a-z]+(_[a-z]+)+\.py$")
_FLOW_EXCEPTIONS = ("__init__.py", "cli.py")


@dataclass(frozen=True, slots=True)
class Source:
    """A Python file: its path from the root, its text and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """The first folder of the path."""
        return self.path.split("/", maxsplit=1)[0]


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name, whole: ``from a.b import c`` is ``a.b.c``."""

    name: str
    line: int
    is_deferred: bool


Rule = Callable[[Source], Iterator[str]]


def parse(path: str, text: str) -> Source:
    """A source from its text."""
    return Source(path, text, ast.parse(text))


@cache
def all_sources() -> tuple[Source, ...]:
    """Every Python file of the five packages and of the tests."""
    files = sorted(path for name in (*PACKAGES, "tests") for path in (ROOT / name).rglob("*.py"))
    return tuple(
        parse(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for path in files
        if "__pycache__" not in path.parts
    )


def product_sources() -> tuple[Source, ...]:
    """Every Python file of the five packages."""
    return tuple(source for source in all_sources() if source.package in PACKAGES)


def is_one_of(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether a path meets a pattern; ``*`` stops at a slash, ``**`` does not."""
    return any(_pattern(pattern).fullmatch(path) for pattern in patterns)


@cache
def _pattern(text: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*|\*)", text)
    wild = {"**": ".*", "*": "[^/]*"}
    return re.compile("".join(wild.get(part, re.escape(part)) for part in parts))


def imports_of(source: Source) -> Iterator[Import]:
    """Every import of a file, deferred ones and those for type checking too."""
    at_top = {id(node) for node in source.tree.body}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, id(node) not in at_top)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            for alias in node.names:
                yield Import(f"{module}.{alias.name}", node.lineno, id(node) not in at_top)


def is_within(name: str, package: str) -> bool:
    """Whether an imported name is a package or something in it."""
    return name == package or name.startswith(f"{package}.")


def _say(source: Source, line: int, fault: str) -> str:
    return f"{source.path}:{line}: {fault}"


def imports_run_downhill(source: Source) -> Iterator[str]:
    """No import goes up a floor, and neighbours on a floor do not know one another."""
    floor = FLOORS.get(source.package)
    if floor is None:
        return
    for found in imports_of(source):
        target = found.name.split(".", maxsplit=1)[0]
        if target == source.package or target not in FLOORS:
            continue
        if FLOORS[target] >= floor:
            yield _say(source, found.line, f"imports {found.name}, which stands no lower")


def stages_do_not_know_one_another(source: Source) -> Iterator[str]:
    """A stage imports its own folder and the files beside the stages, never another stage."""
    parts = PurePosixPath(source.path).parts
    if parts[0] != "tasks" or len(parts) < 3:
        return
    shared = {path.stem for path in (ROOT / "tasks").glob("*.py")}
    for found in imports_of(source):
        names = found.name.split(".")
        if names[0] == "tasks" and len(names) > 1 and names[1] not in {parts[1], *shared}:
            yield _say(source, found.line, f"imports {found.name} of another stage")


def schemes_do_not_know_one_another(source: Source) -> Iterator[str]:
    """A scheme's rules import what all schemes share, never another scheme."""
    parts = PurePosixPath(source.path).parts
    if parts[:3] != ("tasks", "pricing", "schemes") or len(parts) < 5:
        return
    own = f"tasks.pricing.schemes.{parts[3]}"
    for found in imports_of(source):
        if is_within(found.name, "tasks.pricing.schemes") and not is_within(found.name, own):
            yield _say(source, found.line, f"imports {found.name} of another scheme")


def doors_are_kept(source: Source) -> Iterator[str]:
    """Each outside library, the machines and the contracts enter through their doors alone."""
    doors = {**LIBRARY_DOORS, **OWN_DOORS}
    for found in imports_of(source):
        for door, patterns in doors.items():
            if is_within(found.name, door) and not is_one_of(source.path, patterns):
                yield _say(source, found.line, f"imports {found.name}; its door is {patterns}")


def nothing_is_deferred(source: Source) -> Iterator[str]:
    """Imports stand at the top of the file, but for two libraries that cost seconds."""
    for found in imports_of(source):
        if not found.is_deferred:
            continue
        library = found.name.split(".", maxsplit=1)[0]
        if not is_one_of(source.path, DEFERRED.get(library, ())):
            yield _say(source, found.line, f"imports {found.name} inside a block")


def environment_has_one_reader(source: Source) -> Iterator[str]:
    """Only the settings read the environment."""
    if source.path in ENVIRONMENT_READERS:
        return
    allowed = ENVIRONMENT_NAMES.get(source.path, ())
    excused = {
        id(node.func.value)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and _reads_only(node, allowed)
    }
    for node in ast.walk(source.tree):
        name = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
        if name in _ENVIRONMENT and id(node) not in excused:
            yield _say(source, node.lineno, f"reads {name}; the settings do that")
    for found in imports_of(source):
        if found.name in _ENVIRONMENT:
            yield _say(source, found.line, f"imports {found.name}; the settings do that")


def _reads_only(node: ast.Call, names: tuple[str, ...]) -> bool:
    is_read = ast.unparse(node.func) == "os.environ.get"
    first = node.args[0] if node.args else None
    return is_read and isinstance(first, ast.Constant) and first.value in names


def clock_has_one_reader(source: Source) -> Iterator[str]:
    """The present moment and day come from ``infra.clock``; a monotonic clock measures work."""
    if source.path in CLOCK_READERS:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in CLOCK_CALLS:
            yield _say(source, node.lineno, f"reads the clock by {ast.unparse(node)}")
    for found in imports_of(source):
        if found.name in {"time.time", "time.time_ns"}:
            yield _say(source, found.line, f"imports {found.name}")


def dates_are_imported_whole(source: Source) -> Iterator[str]:
    """``import datetime as dt``, so that a date is seen to be one."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and node.module == "datetime":
            yield _say(source, node.lineno, "from datetime import; write import datetime as dt")


def files_stay_short(source: Source) -> Iterator[str]:
    """A file answers one question in at most 500 lines."""
    if source.path.startswith("infra/migrations/versions/"):
        return  # written by alembic: every table of a layout, and never changed afterwards
    count = len(source.text.splitlines())
    if count > LINES_MAX:
        yield _say(source, count, f"{count} lines; split it by question, {LINES_MAX} at most")


def names_say_something(source: Source) -> Iterator[str]:
    """No file is a drawer."""
    name = PurePosixPath(source.path).name
    if name in FORBIDDEN_NAMES:
        yield _say(source, 1, f"{name} says nothing of what is in it")


def flow_files_are_verb_noun(source: Source) -> Iterator[str]:
    """Prefect puts ``flows/`` first on the path: a flow's file must shadow no module."""
    parts = PurePosixPath(source.path).parts
    if parts[0] != "flows" or parts[-1] in _FLOW_EXCEPTIONS:
        return
    stem = parts[-1].removesuffix(".py")
    if stem in sys.stdlib_module_names or stem in PACKAGES:
        yield _say(source, 1, f"{parts[-1]} shadows a module of that name")
    if not _FLOW_FILE.match(parts[-1]):
        yield _say(source, 1, f"{parts[-1]} is no verb_noun.py")


PRODUCT_RULES: tuple[Rule, ...] = (
    imports_run_downhill,
    stages_do_not_know_one_another,
    schemes_do_not_know_one_another,
    doors_are_kept,
    nothing_is_deferred,
    environment_has_one_reader,
    clock_has_one_reader,
    flow_files_are_verb_noun,
)
#: Rules that hold for the tests as well.
COMMON_RULES: tuple[Rule, ...] = (dates_are_imported_whole, files_stay_short, names_say_something)
