"""Labels from simulated paper: what was read of kept pages, against what was written there."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from infra.settings import ROOT
from infra.stores.register_hints import known_eans
from models.errors import UsageError
from models.reading import FieldEvidence, PageText
from models.register_hints import Asked, Household, KnownPerson, RegisterHints
from tasks.extraction.calibration.cells import Cell, evidence_of
from tasks.extraction.calibration.compare import SINGLE
from tasks.extraction.calibration.fit import Label
from tasks.extraction.chunk import Extracted, ExtractionContext, extract_paper
from tasks.extraction.pages import page_of_json
from tasks.extraction.registers import asked_of
from tasks.extraction.template import read_templates
from tasks.paper_measure import FIELDS, head_of, score_fields
from tasks.reading_policy import once_afterwards


def label_folder(folder: Path, context: ExtractionContext) -> list[Label]:
    """Return the labels of all dossiers of a folder that ``tasfiya bench ocr --keep`` left.

    Each dossier is extracted three times. Without registers, every field is labelled; with the
    second reading taken away wherever one might do, those read once; asking the folder's registers
    as the payer's would be, only what they have. Where they contradict is no label: simulated paper
    agrees with them by construction, so there it is always a misreading, which it is not on real
    paper.

    Raises:
        UsageError: when nothing was read into the folder.
    """
    labels: list[Label] = []
    free = replace(context, belief=context.belief.without_limits)
    for _, extracted, truth in extract_folder(folder, free, asks_registers=False):
        labels += labels_of(extracted, truth)
    change = once_afterwards(context.forms_dir)
    for _, extracted, truth in extract_folder(folder, free, asks_registers=False, change=change):
        labels += [one for one in labels_of(extracted, truth) if one.cell.evidence == SINGLE]
    for _, extracted, truth in extract_folder(folder, free):
        labels += [one for one in labels_of(extracted, truth) if _has_register(one.cell.evidence)]
    return labels


def _has_register(evidence: str) -> bool:
    return "register" in evidence.split("+")


def extract_folder(
    folder: Path,
    context: ExtractionContext,
    *,
    asks_registers: bool = True,
    change: Callable[[PageText], PageText] = lambda page: page,
) -> Iterator[tuple[Sequence[PageText], Extracted, Mapping[str, Any]]]:
    """Yield the pages of each kept dossier, each changed, the dossier as extracted, and its truth.

    Raises:
        UsageError: when nothing was read into the folder.
    """
    if not (folder / "dossiers.jsonl").is_file():
        raise UsageError(f"{folder}: no dossiers.jsonl; make one with tasfiya bench ocr --keep")
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    day = dt.date.fromisoformat(about["day"])
    rows, truths = _rows(folder / "dossiers.jsonl"), _rows(folder / "truth.jsonl")
    hints = None
    if asks_registers:
        hints = hints_of_folder(folder, [row["pages"] for row in rows], context.forms_dir)
    for row, truth in zip(rows, truths, strict=False):
        own = [change(page_of_json((folder / name).read_bytes())) for name in row["pages"]]
        head = head_of(row["dossier_id"], truth, day)
        yield own, extract_paper(own, head, context, hints), truth


def labels_of(extracted: Extracted, truth: Mapping[str, Any]) -> Iterator[Label]:
    """Yield a label for each field with evidence: those with a value, and those rightly empty.

    Where a line was lost or made up, those behind it stand in the place of others, and none of the
    lines is labelled: that the sum does not close is what finds such a loss.
    """
    is_whole = len(extracted.dossier.lines) == len(truth["expected_lines"])
    evidence = {
        one.field: one
        for one in extracted.evidence
        if is_whole or not one.field.startswith("lines[")
    }
    seen: set[str] = set()
    for scored in score_fields(extracted, truth):
        if scored.field in evidence:
            seen.add(scored.field)
            yield label_of(evidence[scored.field], is_wrong=not scored.is_right)
    for name in FIELDS:
        if name in evidence and name not in seen:
            yield label_of(evidence[name], is_wrong=False)


def label_of(evidence: FieldEvidence, *, is_wrong: bool) -> Label:
    """Return the label of a field whose true value is known."""
    cell = Cell(
        evidence.field_type,
        evidence_of(evidence.source, evidence.flags.split()),
        evidence.quality_band,
    )
    return Label(cell, is_wrong, evidence.error_probability, not evidence.is_doubtful)


def hints_of_folder(
    folder: Path, pages: Iterable[Sequence[str]], forms_dir: Path
) -> RegisterHints | None:
    """Return what the folder's registers say of the numbers on its pages, named as files in it.

    None when it has no registers.
    """
    if not (folder / "registers" / "person.jsonl").is_file():
        return None
    read = [page_of_json((folder / name).read_bytes()) for own in pages for name in own]
    return _hints(folder / "registers", asked_of(read, read_templates(forms_dir)))


def _hints(folder: Path, asked: Asked) -> RegisterHints:
    people = {
        row["person_id"]: KnownPerson(
            row["family_name"],
            row["given_name"],
            dt.date.fromisoformat(row["birth_date"]),
            row["cin"],
        )
        for row in _values(folder / "person.jsonl")
    }
    dependants: dict[str, dict[str, KnownPerson]] = {}
    for row in _values(folder / "dependant.jsonl"):
        dependants.setdefault(row["insured_id"], {})[row["person_id"]] = people[row["person_id"]]
    households: dict[str, dict[str, Household]] = {}
    for row in _values(folder / "affiliation.jsonl"):
        key, number = row["person_id"], row["number"]
        if number in asked.numbers and key in people:
            own = tuple(dependants.get(key, {}).values())
            households.setdefault(number, {})[key] = Household(number, people[key], own)
    providers = {row["inpe"] for row in _values(folder / "provider.jsonl")}
    return RegisterHints(
        {number: tuple(found.values()) for number, found in households.items()},
        asked.inpes & providers,
        known_eans(ROOT / "tasks" / "pricing" / "national"),
    )


def _values(path: Path) -> Iterator[Mapping[str, Any]]:
    for row in _rows(path):
        if row["op"] == "assert":
            yield row["values"]


def _rows(path: Path) -> list[Mapping[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
