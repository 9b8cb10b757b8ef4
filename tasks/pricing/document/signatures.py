"""Signatures under a scheme's page: who signed which fingerprint, and whether it still holds.

``docs/tariffs/signatures/<scheme>.yaml`` lists them. A scheme without the file is not signed; a
signed scheme whose page has changed needs a new signature, and the test of signatures fails.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from models.errors import CatalogueError
from tasks.pricing.strict_yaml import as_date, as_list, as_mapping, as_text, fail, read_yaml

KEYS = ("page_sha256", "role", "name", "signed_on")
ROLES = ("lawyer", "actuary")


@dataclass(frozen=True, slots=True)
class Signature:
    """One person's signature under one page."""

    page_sha256: str
    role: str
    name: str
    signed_on: dt.date


def read_signatures(folder: Path) -> Mapping[str, tuple[Signature, ...]]:
    """Return the signatures of every signed scheme of a folder, oldest first.

    Raises:
        CatalogueError: names the file and the entry.
    """
    return {path.stem: _read_file(path) for path in sorted(folder.glob("*.yaml"))}


def _read_file(path: Path) -> tuple[Signature, ...]:
    found: list[Signature] = []
    for number, node in enumerate(as_list(read_yaml(path), path.name), start=1):
        where = f"{path.name}: entry {number}"
        entry = as_mapping(node, where, required=KEYS)
        role = as_text(entry["role"], f"{where}: role")
        if role not in ROLES:
            fail(f"{where}: role", f"must be one of {', '.join(ROLES)}")
        found.append(
            Signature(
                as_text(entry["page_sha256"], f"{where}: page_sha256"),
                role,
                as_text(entry["name"], f"{where}: name"),
                as_date(entry["signed_on"], f"{where}: signed_on"),
            )
        )
    return tuple(found)


def unsigned_changes(
    signatures: Mapping[str, Sequence[Signature]], pages: Mapping[str, str]
) -> list[str]:
    """Return a sentence for each signed scheme whose present page not every role has signed.

    ``pages`` are the fingerprints of the present pages by scheme.
    """
    faults: list[str] = []
    for scheme_id, signed in sorted(signatures.items()):
        if scheme_id not in pages:
            faults.append(f"{scheme_id}: is signed and not in the catalogue")
            continue
        for role in sorted({signature.role for signature in signed}):
            if not any(
                signature.role == role and signature.page_sha256 == pages[scheme_id]
                for signature in signed
            ):
                faults.append(
                    f"{scheme_id}: the page has changed since the {role} signed it; "
                    "it wants a new signature"
                )
    return faults


def add_signature(folder: Path, scheme_id: str, signature: Signature) -> Path:
    """Write a signature behind those a scheme has; what was signed before stays.

    Raises:
        CatalogueError: when that person has signed that page already.
    """
    path = folder / f"{scheme_id}.yaml"
    before = _read_file(path) if path.exists() else ()
    if any(
        (old.page_sha256, old.role, old.name)
        == (signature.page_sha256, signature.role, signature.name)
        for old in before
    ):
        raise CatalogueError(f"{path.name}: this page is signed by them already")
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        {
            "page_sha256": each.page_sha256,
            "role": each.role,
            "name": each.name,
            "signed_on": each.signed_on,
        }
        for each in (*before, signature)
    ]
    path.write_text(yaml.safe_dump(rows, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path
