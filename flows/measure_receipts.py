"""Real receipts of free layout, read and compared with a key, for ``tasfiya bench ocr --receipts``.

The folder holds ``img/<id>.jpg`` and ``key/<id>.json`` with company, date and total as printed, as
in SROIE 2019; ``ids.json`` may give the order. Nothing of a receipt is printed, only counts.
"""

import datetime as dt
import json
import re
import resource
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.clock import today
from infra.measure import PeakMemory
from models.bounds import exact_upper_95, wilson_95
from models.errors import UsageError
from tasks.extraction.document import describe_pages
from tasks.ocr.document import read_document_pages

#: The compared fields, as named in the key and in what is read.
FIELDS: Mapping[str, str] = {"total": "total_minor", "date": "date", "company": "company"}


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of one receipt: right or wrong, and what was said of it."""

    field: str
    is_right: bool
    is_accepted: bool
    chance: float


def receipt_figures(folder: Path, first: int, forms_dir: Path) -> dict[str, Any]:
    """Read real receipts: fields right, bounds, errors by stated chance, seconds and memory.

    ``first`` reads only so many; 0 reads all. The peak of all processes counts the reference
    engine's twice at its start, when it still is a copy of this one; this process's own peak
    stands apart.
    """
    ids = receipt_ids(folder)[: first or None]
    compared: list[list[Compared]] = []
    with PeakMemory() as memory:
        started = _cpu_seconds()
        for receipt_id in ids:
            compared.append(list(compare(folder, receipt_id, forms_dir, today())))
        seconds = _cpu_seconds() - started
    everything = [one for receipt in compared for one in receipt]
    return {
        "count": len(ids),
        "fields": _by_field(everything),
        "first_half_even_places": _by_field([one for each in compared[::2] for one in each]),
        "second_half_odd_places": _by_field([one for each in compared[1::2] for one in each]),
        "accepted": _accepted(everything),
        "errors_by_chance": _by_chance(everything),
        "cpu_seconds": round(seconds, 1),
        "cpu_seconds_per_page": round(seconds / max(1, len(ids)), 2),
        "pages_per_cpu_second": round(len(ids) / seconds, 3),
        "peak_rss_mb": memory.peak_mb,
        "own_peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def receipt_ids(folder: Path) -> list[str]:
    """Return the receipts of a folder, in the order of ``ids.json`` or of their names.

    Raises:
        UsageError: when the folder has no receipt with a key.
    """
    listed = folder / "ids.json"
    if listed.is_file():
        return [str(one) for one in json.loads(listed.read_text(encoding="utf-8"))]
    ids = sorted(path.stem for path in (folder / "key").glob("*.json"))
    if not ids:
        raise UsageError(f"{folder}: no key/*.json; name a folder with img/ and key/")
    return ids


def compare(folder: Path, receipt_id: str, forms_dir: Path, latest: dt.date) -> Iterator[Compared]:
    """Yield how each field that the key gives was read."""
    key = json.loads((folder / "key" / f"{receipt_id}.json").read_text(encoding="utf-8"))
    pages = read_document_pages(folder / "img" / f"{receipt_id}.jpg", forms_dir)
    described = describe_pages(pages, forms_dir, latest)["pages"][0]
    read = {entry["field"]: entry for entry in described["fields"]}
    for name, field in FIELDS.items():
        if not key.get(name):
            continue
        entry = read.get(field)
        yield Compared(
            field=name,
            is_right=entry is not None and is_right(name, entry, key[name]),
            is_accepted=entry is not None and not entry["is_doubtful"],
            chance=entry["error_probability"] if entry is not None else 1.0,
        )


def is_right(name: str, entry: Mapping[str, Any], truth: str) -> bool:
    """Whether a field is exactly the key's: amounts to the cent, texts by letters and digits.

    A date is compared as printed, and its value must be the same day in the order day, month.
    """
    if name == "total":
        digits = re.sub(r"[^\d.]", "", truth)
        whole, _, cents = digits.partition(".")
        return bool(entry["value"] == str(int(whole or 0) * 100 + int(f"{cents:0<2}"[:2])))
    if name == "date":
        is_same_day = entry["value"] in {day.isoformat() for day in _days(truth)}
        return is_same_day and _letters(entry["readings"][1]) == _letters(truth)
    return _letters(entry["value"]) == _letters(truth)


def _days(text: str) -> Iterator[dt.date]:
    """The day that a key may mean: day before month before year, or the year first."""
    plain = re.sub(r"[^A-Z0-9]+", "/", text.upper())
    for form in ("%d/%m/%Y", "%d/%m/%y", "%d/%b/%Y", "%d/%b/%y", "%d/%B/%Y", "%Y/%m/%d"):
        try:
            yield dt.datetime.strptime(plain, form).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue


def _letters(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def _by_field(compared: Sequence[Compared]) -> dict[str, Any]:
    return {name: _counted([one for one in compared if one.field == name]) for name in FIELDS}


def _counted(compared: Sequence[Compared]) -> dict[str, Any]:
    right = sum(one.is_right for one in compared)
    low, high = wilson_95(right, len(compared))
    return {
        "right": right,
        "of": len(compared),
        "lower_95": round(low, 4),
        "upper_95": round(high, 4),
    }


def _accepted(compared: Sequence[Compared]) -> dict[str, Any]:
    """How many fields go on without a person, and how many of these are wrong; exact bounds."""
    answer = {}
    for name in FIELDS:
        own = [one for one in compared if one.field == name]
        accepted = [one for one in own if one.is_accepted]
        wrong = sum(not one.is_right for one in accepted)
        answer[name] = {
            "accepted": len(accepted),
            "of": len(own),
            "wrong": wrong,
            "wrong_upper_95": round(exact_upper_95(wrong, len(accepted)), 4),
        }
    return answer


def _by_chance(compared: Sequence[Compared]) -> list[dict[str, Any]]:
    """The reliability of the stated chances: for each, how often it was wrong."""
    rows = []
    for name, chance in sorted({(one.field, one.chance) for one in compared}):
        own = [one for one in compared if (one.field, one.chance) == (name, chance)]
        wrong = sum(not one.is_right for one in own)
        rows.append(
            {
                "field": name,
                "stated": chance,
                "count": len(own),
                "wrong": wrong,
                "wrong_upper_95": round(wilson_95(wrong, len(own))[1], 4),
            }
        )
    return rows


def _cpu_seconds() -> float:
    """CPU seconds of this process and of its ended children, the reference engine's calls."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)
