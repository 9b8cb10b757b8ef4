"""Runs conformance cases: our own golden cases, and a peer's cases through adapters.

A case passes, differs, or is not applicable; each says why. Only a difference on the side we take
is a fault. ``docs/conformance.md`` describes the files and lists the peer's cases.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from models.errors import UsageError
from tasks.conform_peer import PEER, PeerCase, compare, read_peer_cases, read_sides
from tasks.pricing.cases import PricingCase, outcome_of, read_cases
from tasks.pricing.catalogue import Catalogue
from tasks.pricing.engine import price

#: The stage of our own cases: they are all of prices.
PRICING = "pricing"
UNKNOWN = "No adapter knows this case; it was not looked at."


class Verdict(StrEnum):
    """What came of a case."""

    PASS = "pass"
    DIFFERS = "differs"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case that was run, or was not applicable.

    ``side`` is whose expectation was met: ``peer``, one of its engines, or ``tasfiya`` where we
    decide otherwise on purpose; our own cases name who says so. ``differences`` are sentences.
    """

    file: str
    case_id: str
    stage: str
    what: str
    verdict: Verdict
    side: str
    reason: str
    differences: tuple[str, ...] = ()


def run_files(
    paths: Sequence[Path], open_catalogue: Callable[[], Catalogue]
) -> tuple[CaseResult, ...]:
    """Return what came of every case of the files; folders stand for the case files in them.

    ``open_catalogue`` is asked for the schemes when a file of our own cases needs them.

    Raises:
        UsageError: when a file is no file of cases.
        CatalogueError: when one of our own case files is not what it must be.
    """
    return tuple(result for path in case_files(paths) for result in _run_file(path, open_catalogue))


def case_files(paths: Sequence[Path]) -> list[Path]:
    """Return the files to run, those of a folder in the order of their names.

    Raises:
        UsageError: when there is no such file, or nothing in a folder.
    """
    found: list[Path] = []
    for path in paths:
        inside = sorted([*path.rglob("*.yaml"), *path.rglob("*.json")]) if path.is_dir() else [path]
        if not inside or not inside[0].is_file():
            raise UsageError(f"{path.name}: holds no case file in YAML or JSON")
        found += inside
    return found


def _run_file(path: Path, open_catalogue: Callable[[], Catalogue]) -> Iterator[CaseResult]:
    if path.suffix == ".json":
        for peer_case in read_peer_cases(path):
            yield _run_peer(path.name, peer_case)
        return
    catalogue = open_catalogue()
    currencies = {name: scheme.currency for name, scheme in catalogue.schemes.items()}
    for case in read_cases(path, currencies):
        yield _run_own(case, catalogue)


def _run_own(case: PricingCase, catalogue: Catalogue) -> CaseResult:
    """Price one case of ours under the figures known on its day."""
    known = catalogue if case.known_on is None else catalogue.as_known(case.known_on)
    priced = price(case.given, known, production=case.is_production)
    found = outcome_of(priced, list(case.expected))
    differences = tuple(
        f"{key}: the case says {wanted}, we say {found[key]}"
        for key, wanted in case.expected.items()
        if found[key] != wanted
    )
    return CaseResult(
        file=case.file,
        case_id=case.name,
        stage=PRICING,
        what=case.source,
        verdict=Verdict.DIFFERS if differences else Verdict.PASS,
        side=case.authority,
        reason="",
        differences=differences,
    )


def _run_peer(file: str, case: PeerCase) -> CaseResult:
    question = case.question
    side = read_sides().cases.get(question.case_id)
    absent = UNKNOWN if side is None else side.absent
    if side is None or absent:
        return CaseResult(
            file, question.case_id, question.stage, question.description,
            Verdict.NOT_APPLICABLE, "", absent,
        )  # fmt: skip
    compared = compare(case)
    return CaseResult(
        file=file,
        case_id=question.case_id,
        stage=question.stage,
        what=question.description,
        verdict=Verdict.DIFFERS if compared.differences else Verdict.PASS,
        side=compared.side.side,
        reason=compared.side.why,
        differences=compared.differences,
    )


def summary_of(results: Sequence[CaseResult]) -> Mapping[str, int]:
    """Return how many cases passed, differ, and are not applicable, and whose side was taken."""
    verdicts = Counter(result.verdict.value for result in results)
    sides = Counter(result.side for result in results if result.side)
    return {
        "cases": len(results),
        "applicable": len(results) - verdicts[Verdict.NOT_APPLICABLE],
        **{verdict.value: verdicts[verdict.value] for verdict in Verdict},
        **{f"side {side}": count for side, count in sorted(sides.items())},
    }


def as_text(results: Sequence[CaseResult]) -> str:
    """Return a line for each case with what differs or why, and the sums."""
    lines: list[str] = []
    for result in results:
        side = "" if result.side in ("", PEER) else f" [{result.side}]"
        lines.append(f"{result.verdict.value:<14} {result.case_id}{side}")
        lines += [f"               {text}" for text in (*result.differences, result.reason) if text]
    sums = ", ".join(f"{name}: {count}" for name, count in summary_of(results).items())
    return "\n".join([*lines, "", sums])


def as_table(results: Sequence[CaseResult]) -> str:
    """Return the cases as a table in Markdown, as it stands in ``docs/conformance.md``."""
    rows = ["| case | what | verdict | side | why |", "|---|---|---|---|---|"]
    for result in results:
        why = "; ".join((*result.differences, *([result.reason] if result.reason else [])))
        cells = (result.case_id, result.what, result.verdict.value, result.side or "–", why or "–")
        rows.append("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |")
    return "\n".join(rows)
