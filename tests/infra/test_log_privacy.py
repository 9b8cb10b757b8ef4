"""Log lines hold ids, counts and codes: the arguments of every logger call are on a list."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.house_rules import Source, parse, product_sources

METHODS = frozenset(
    {"debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log"}
)
#: What may stand in a log line: opaque ids, hashes of content, days, counts, codes, names of
#: stages and of classes. A name that is not here is looked at by a person before it is added.
ALLOWED = frozenset(
    {
        "lot_id", "batch_id", "sha256", "stage", "value", "day", "channel", "state",
        "answers", "codes", "links", "dossier_count", "row_count", "stopped_count",
        "quarantined_count", "seconds", "route", "__name__",
    }
)  # fmt: skip
#: Functions that change the form of an argument and not what it says.
FORMING = frozenset({"len", "dict", "type", "json.dumps", "round", "sum", "sorted"})


def loggers_of(source: Source) -> set[str]:
    """The names that a file gives its loggers."""
    return {
        target.id
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Assign) and "getLogger" in ast.unparse(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def log_calls(source: Source) -> Iterator[ast.Call]:
    """The calls that write a log line."""
    names = loggers_of(source) | {"logging", "logger", "log"}
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner = ast.unparse(node.func.value)
        is_logger = owner in names or "getLogger" in owner or "get_run_logger" in owner
        if is_logger and node.func.attr in METHODS:
            yield node


def said_by(argument: ast.expr) -> Iterator[str]:
    """The names of the values that an argument shows."""
    if isinstance(argument, ast.Name):
        yield argument.id
    elif isinstance(argument, ast.Attribute):
        yield argument.attr
        if isinstance(argument.value, ast.Call):
            yield from said_by(argument.value)
    else:
        for part in _parts(argument):
            yield from said_by(part)


def _parts(argument: ast.expr) -> list[ast.expr]:
    """What an argument is put together from, as far as it shows in the line."""
    if not isinstance(argument, ast.Call):
        return [part for part in ast.iter_child_nodes(argument) if isinstance(part, ast.expr)]
    function = ast.unparse(argument.func)
    if function == "type":
        return []  # of which class something is does not say what it holds
    return list(argument.args) if function in FORMING else [argument.func]


def faults(source: Source) -> list[str]:
    """Everything a file's log lines say that is not on the list."""
    found: list[str] = []
    for call in log_calls(source):
        where = f"{source.path}:{call.lineno}"
        first = call.args[0] if call.args else None
        if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
            found.append(f"{where}: the text of a log line is written out, not put together")
        names = [name for part in call.args[1:] for name in said_by(part)]
        found += [f"{where}: {name}" for name in names if name not in ALLOWED]
        found += [f"{where}: {word.arg}=" for word in call.keywords]
    return found


def test_log_lines_say_ids_counts_and_codes() -> None:
    assert [fault for source in product_sources() for fault in faults(source)] == []


def test_there_are_log_lines_to_look_at() -> None:
    packages = {source.package for source in product_sources() if list(log_calls(source))}
    assert {"flows", "tasks"} <= packages


@pytest.mark.parametrize(
    "line",
    [
        'logger.info("dossier %s", dossier.insured_name)',
        'logger.info("dossier %s", dossier)',
        'logger.warning("row %r", row)',
        'logger.error("failed: %s", error)',
        'logger.info(f"number {insured_number}")',
        'logger.info("number " + insured_number)',
        'logger.info("of %s", json.dumps(record))',
        'logger.info("of %s", render(codes))',
        'logger.info("of %s", (lot_id, cin))',
        'logger.info("line", extra={"rib": rib})',
        'logging.info("dossier %s", name)',
        'get_run_logger().info("dossier %s", name)',
        'logger.log(20, "dossier")',
    ],
)
def test_a_log_line_about_a_person_is_found(line: str) -> None:
    text = f"import logging\nlogger = logging.getLogger(__name__)\n{line}\n"
    assert faults(parse("tasks/intake/store.py", text))


@pytest.mark.parametrize(
    "line",
    [
        'logger.info("lot_done lot_id=%s dossiers=%d", lot_id, len(heads_of[lot_id].codes))',
        'logger.exception("lot_failed lot_id=%s error=%s", lot.lot_id, type(error).__name__)',
        'logger.info("codes=%s", json.dumps(dict(report.codes), sort_keys=True))',
    ],
)
def test_a_log_line_of_ids_and_counts_is_let_through(line: str) -> None:
    text = f"import logging\nlogger = logging.getLogger(__name__)\n{line}\n"
    assert faults(parse("tasks/intake/store.py", text)) == []
