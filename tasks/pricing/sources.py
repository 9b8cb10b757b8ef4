"""The register of sources: every figure names one, and every one can be found again."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tasks.pricing.strict_yaml import (
    as_date_or_none,
    as_list,
    as_mapping,
    as_text,
    fail,
    read_yaml,
)

KEYS = ("id", "title", "issuer", "date", "url", "authority")


class Authority(StrEnum):
    """What kind of text a source is, strongest first."""

    LAW = "law"
    DECISION = "decision"
    CIRCULAR = "circular"
    OFFICIAL_PAGE = "official-page"
    PRESS = "press"
    THIRD_PARTY = "third-party"
    NONE = "none"
    FICTIONAL = "fictional"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure was read: title, issuer, date of the text and address, if known."""

    source_id: str
    title: str
    issuer: str
    date: dt.date | None
    url: str
    authority: Authority


def read_sources(path: Path) -> Mapping[str, Source]:
    """Return the sources of one register file by id.

    Raises:
        CatalogueError: names the file and the source.
    """
    sources: dict[str, Source] = {}
    for number, node in enumerate(as_list(read_yaml(path), path.name), start=1):
        entry = as_mapping(node, f"{path.name}: entry {number}", required=KEYS)
        source_id = as_text(entry["id"], f"{path.name}: entry {number}: id")
        where = f"{path.name}: {source_id}"
        if source_id in sources:
            fail(where, "registered twice")
        if entry["authority"] not in list(Authority):
            fail(where, f"authority must be one of {', '.join(Authority)}")
        sources[source_id] = Source(
            source_id,
            as_text(entry["title"], f"{where}: title"),
            as_text(entry["issuer"], f"{where}: issuer"),
            as_date_or_none(entry["date"], f"{where}: date"),
            "" if entry["url"] is None else as_text(entry["url"], f"{where}: url"),
            Authority(str(entry["authority"])),
        )
    return sources
