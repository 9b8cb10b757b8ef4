"""The record of what was imported into a table: which list, which file, when, how many rows.

It stands beside the imported table as ``<table>.imports.yaml``. Each entry is a source of its own:
every imported row names the file that it was taken from.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tasks.pricing.sources import Authority, Source
from tasks.pricing.strict_yaml import (
    as_date,
    as_date_or_none,
    as_list,
    as_mapping,
    as_text,
    fail,
    read_yaml,
)

RECORDS_SUFFIX = ".imports.yaml"
KEYS = (
    "source",
    "title",
    "issuer",
    "url",
    "list",
    "list_date",
    "list_date_from",
    "file",
    "sha256",
    "imported_on",
    "is_extract",
    "reviewed_until",
    "counts",
)
HEAD = "# Written by `tasfiya tariff import`: the lists that this table was taken from.\n"


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One import: the list, the file by its hash, its date and where that was found, the counts.

    ``reviewed_until`` is the day until which the payer says that this list is the one in force;
    without it, the day that the shipped table names counts.
    """

    source: str
    title: str
    issuer: str
    url: str
    list_name: str
    list_date: dt.date
    list_date_from: str
    file: str
    sha256: str
    imported_on: dt.date
    is_extract: bool
    reviewed_until: dt.date | None
    counts: Mapping[str, int]

    def as_source(self) -> Source:
        """Return the list as an entry of the register of sources.

        Nobody of ours checked that the file is the authority's own: it is a third party's copy.
        """
        return Source(
            self.source, self.title, self.issuer, self.list_date, self.url, Authority.THIRD_PARTY
        )


def records_path(table_path: Path) -> Path:
    """Return where the record of an imported table stands."""
    return table_path.with_name(table_path.stem + RECORDS_SUFFIX)


def read_records(path: Path) -> tuple[ImportRecord, ...]:
    """Return the imports of a table, oldest first; none where there is no record.

    Raises:
        CatalogueError: names the file and the entry.
    """
    if not path.exists():
        return ()
    return tuple(
        _read_record(node, f"imported {path.name}: entry {number}")
        for number, node in enumerate(as_list(read_yaml(path), path.name), start=1)
    )


def reviewed_until_of(table_path: Path) -> dt.date | None:
    """Return until when the last import of a table says that its list is in force, if it does.

    Raises:
        CatalogueError: names the file and the entry.
    """
    records = read_records(records_path(table_path))
    return records[-1].reviewed_until if records else None


def records_text(records: Sequence[ImportRecord]) -> str:
    """Return the record file's text."""
    nodes = [_node_of(record) for record in records]
    return HEAD + yaml.safe_dump(nodes, sort_keys=False, allow_unicode=True, width=1000)


def _node_of(record: ImportRecord) -> dict[str, Any]:
    return {
        "source": record.source,
        "title": record.title,
        "issuer": record.issuer,
        "url": record.url,
        "list": record.list_name,
        "list_date": record.list_date,
        "list_date_from": record.list_date_from,
        "file": record.file,
        "sha256": record.sha256,
        "imported_on": record.imported_on,
        "is_extract": record.is_extract,
        "reviewed_until": record.reviewed_until,
        "counts": dict(record.counts),
    }


def _read_record(node: object, where: str) -> ImportRecord:
    entry = as_mapping(node, where, required=KEYS)
    counts, is_extract = entry["counts"], entry["is_extract"]
    if not isinstance(counts, dict) or not isinstance(is_extract, bool):
        fail(where, "counts must be a mapping and is_extract true or false")
    return ImportRecord(
        source=as_text(entry["source"], f"{where}: source"),
        title=as_text(entry["title"], f"{where}: title"),
        issuer=as_text(entry["issuer"], f"{where}: issuer"),
        url=as_text(entry["url"], f"{where}: url"),
        list_name=as_text(entry["list"], f"{where}: list"),
        list_date=as_date(entry["list_date"], f"{where}: list_date"),
        list_date_from=as_text(entry["list_date_from"], f"{where}: list_date_from"),
        file=as_text(entry["file"], f"{where}: file"),
        sha256=as_text(entry["sha256"], f"{where}: sha256"),
        imported_on=as_date(entry["imported_on"], f"{where}: imported_on"),
        is_extract=is_extract,
        reviewed_until=as_date_or_none(entry["reviewed_until"], f"{where}: reviewed_until"),
        counts={str(name): int(str(count)) for name, count in counts.items()},
    )
