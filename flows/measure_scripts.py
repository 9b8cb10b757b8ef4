"""``tasfiya bench scripts``: amounts of Chinese receipts, and documents told in three scripts.

Receipts are drawn, damaged and read as forms; an amount's characters are compared with those
printed. Headed pages of no form, in French, Arabic and Chinese, must be named by their kind.
"""

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rapidfuzz.distance import Levenshtein

from flows.show_result import AsJson, show
from infra.measure import PeakMemory, commit, machine
from infra.settings import Settings
from infra.simulation.paper.chongqing import RECEIPT_FORM, PrintedReceipt, a_receipt
from infra.simulation.paper.containers import file_bytes
from infra.simulation.paper.degrade import degrade
from infra.simulation.paper.fonts import typefaces
from infra.simulation.paper.headed_page import read_headings, render_headed
from infra.simulation.paper.render import render_sheet
from infra.simulation.paper.writing import amount_text
from models.bounds import wilson_95
from models.reading import PageText
from tasks.extraction.document import describe_pages
from tasks.ocr.document import read_document_pages

#: How the pages are damaged, in turn: a fax is told apart, it is no scan.
PROFILES = ("clean", "scan", "compressed", "noisy", "pale", "shaded", "photo")
#: Seeds of this bench, apart from those of the tests and of the simulated day.
_FIRST_SEED = 770_000
#: A picture bears no date.
_DAY = dt.date.min


@dataclass(frozen=True, slots=True)
class ReadAmount:
    """One printed amount: what each engine and the two together made of it; empty: nothing."""

    profile: str
    printed: str
    first: str
    second: str
    value: str
    is_accepted: bool


@dataclass(frozen=True, slots=True)
class ReadHeading:
    """One headed page: its language and whether its kind was found."""

    lang: str
    profile: str
    is_right: bool
    has_money: bool


def scripts(
    pages: Annotated[int, typer.Option(min=1, help="Chongqing receipts to read.")] = 70,
    headings: Annotated[int, typer.Option(min=0, help="Headed pages to read.")] = 54,
    first_seed: Annotated[int, typer.Option(help="Seed of the first page.")] = _FIRST_SEED,
    as_json: AsJson = False,
) -> None:
    """Read drawn Chinese receipts and headed pages in three scripts, and count what is right."""
    settings = Settings()
    with PeakMemory() as memory:
        receipts = [read_receipt(first_seed + seed, settings) for seed in range(pages)]
        heads = [read_heading(first_seed + seed, settings) for seed in range(headings)]
    amounts = [one for receipt in receipts for one in receipt.amounts]
    show(
        {
            "machine": machine(),
            "commit": commit(),
            "receipts": len(receipts),
            "receipts_recognised": sum(one.is_recognised for one in receipts),
            "receipts_without_doubt": sum(one.is_sure for one in receipts),
            "amounts": _counted(amounts),
            "amounts_by_profile": {
                name: _counted([one for one in amounts if one.profile == name]) for name in PROFILES
            },
            "headings": _by_lang(heads),
            "arabic_pages_with_an_amount": sum(one.has_money for one in heads if one.lang == "ar"),
            "peak_rss_mb": memory.peak_mb,
        },
        as_json,
    )


@dataclass(frozen=True, slots=True)
class ReadReceipt:
    """One receipt as read: whether it was recognised and needs nobody, and its amounts."""

    is_recognised: bool
    is_sure: bool
    amounts: tuple[ReadAmount, ...]


def read_receipt(seed: int, settings: Settings) -> ReadReceipt:
    """Return how the receipt of one seed was read, damaged in the way that is its turn."""
    rng = random.Random(f"scripts/{seed}")
    profile = PROFILES[seed % len(PROFILES)]
    printed = a_receipt(seed)
    template = settings.forms_dir / RECEIPT_FORM / "template.yaml"
    picture = render_sheet(template, printed.values, typeface=rng.choice(typefaces()), seed=seed)
    data = file_bytes([degrade(picture, profile, rng)], "png", _DAY)
    pages = read_document_pages(data, settings.forms_dir)
    fields = _fields(pages, settings)
    amounts = tuple(_amounts(printed, fields, profile))
    return ReadReceipt(
        is_recognised=pages[0].form_id == RECEIPT_FORM,
        is_sure=bool(fields) and all(one.is_accepted for one in amounts),
        amounts=amounts,
    )


def read_heading(seed: int, settings: Settings) -> ReadHeading:
    """Return how the headed page of one seed was named."""
    rng = random.Random(f"headings/{seed}")
    known = read_headings()
    heading = known[seed % len(known)]
    profile = PROFILES[seed // len(known) % len(PROFILES)]
    data = file_bytes([degrade(render_headed(heading, seed), profile, rng)], "png", _DAY)
    pages = read_document_pages(data, settings.forms_dir)
    described = describe_pages(pages, settings.forms_dir)["pages"][0]
    return ReadHeading(
        lang=heading.lang,
        profile=profile,
        is_right=described["kind"] == heading.kind,
        has_money=any(
            entry["value"] and entry["field"].endswith("_minor") for entry in described["fields"]
        ),
    )


def right_characters(printed: str, read: str) -> int:
    """Return how many characters of a printed text are right in a reading, by edit distance."""
    return max(0, len(printed) - Levenshtein.distance(printed, read))


def _fields(pages: Sequence[PageText], settings: Settings) -> dict[str, Mapping[str, Any]]:
    if pages[0].form_id != RECEIPT_FORM:
        return {}
    described = describe_pages(pages, settings.forms_dir)["pages"][0]
    return {entry["field"]: entry for entry in described["fields"]}


def _amounts(
    printed: PrintedReceipt, fields: Mapping[str, Mapping[str, Any]], profile: str
) -> Iterator[ReadAmount]:
    for name, amount in printed.amounts.items():
        entry = fields.get(_field_of(name), {})
        first, second = entry.get("readings") or ("", "")
        value = str(entry.get("value", ""))
        is_number = value.isascii() and value.isdigit()
        yield ReadAmount(
            profile=profile,
            printed=amount_text(amount, "dot"),
            first="".join(first.split()),
            second="".join(second.split()),
            value=amount_text(int(value), "dot") if is_number else "",
            is_accepted=bool(entry) and not entry["is_doubtful"],
        )


def _field_of(name: str) -> str:
    """The field of the evidence in which the amount of a place on the receipt stands."""
    if name == "total":
        return "total_minor"
    return name.replace(".amount", ".amount_minor") if "[" in name else f"form.{name}"


def _counted(amounts: Sequence[ReadAmount]) -> dict[str, Any]:
    characters = sum(len(one.printed) for one in amounts)
    rights = {
        "tesseract": sum(right_characters(one.printed, one.first) for one in amounts),
        "rapidocr": sum(right_characters(one.printed, one.second) for one in amounts),
        "value": sum(right_characters(one.printed, one.value) for one in amounts),
    }
    accepted = [one for one in amounts if one.is_accepted]
    wrong = sum(one.value != one.printed for one in accepted)
    low, high = wilson_95(rights["value"], characters)
    return {
        "amounts": len(amounts),
        "right": sum(one.value == one.printed for one in amounts),
        "characters": characters,
        "characters_right": {
            name: round(right / max(1, characters), 4) for name, right in rights.items()
        },
        "characters_right_95": [round(low, 4), round(high, 4)],
        "accepted": len(accepted),
        "wrong_among_accepted": wrong,
        "wrong_upper_95": round(wilson_95(wrong, len(accepted))[1], 4),
    }


def _by_lang(heads: Sequence[ReadHeading]) -> dict[str, Any]:
    counts = Counter(one.lang for one in heads)
    rights = Counter(one.lang for one in heads if one.is_right)
    return {
        lang: {
            "right": rights[lang],
            "of": counts[lang],
            "lower_95": round(wilson_95(rights[lang], counts[lang])[0], 4),
        }
        for lang in sorted(counts)
    }
