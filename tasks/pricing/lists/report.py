"""What an import did, for people and for programs: counts, reasons, and the rows not taken."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tasks.pricing.lists.cells import Reason
from tasks.pricing.lists.official_list import Refusal

#: Refused rows that the text names; JSON names them all.
REFUSALS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of every row of a list, and of every code of its table.

    ``rows_read`` is the sum of rows taken (an interval opened), unchanged, joined (with another
    row of the same code) and refused.
    """

    list_name: str
    table: str
    file: str
    sha256: str
    encoding: str
    list_date: dt.date
    list_date_from: str
    imported_on: dt.date
    is_extract: bool
    rows_read: int
    rows_taken: int
    rows_unchanged: int
    rows_joined: int
    rows_refused: int
    codes_added: int
    codes_changed: int
    codes_closed: int
    reasons: Mapping[Reason, int]
    warnings: Mapping[Reason, int]
    refusals: tuple[Refusal, ...]

    def counts(self) -> dict[str, int]:
        """Return the counts by name."""
        return {
            "rows_read": self.rows_read,
            "rows_taken": self.rows_taken,
            "rows_unchanged": self.rows_unchanged,
            "rows_joined": self.rows_joined,
            "rows_refused": self.rows_refused,
            "codes_added": self.codes_added,
            "codes_changed": self.codes_changed,
            "codes_closed": self.codes_closed,
        }

    def as_data(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return {
            "list": self.list_name,
            "table": self.table,
            "file": self.file,
            "sha256": self.sha256,
            "encoding": self.encoding,
            "list_date": self.list_date.isoformat(),
            "list_date_from": self.list_date_from,
            "imported_on": self.imported_on.isoformat(),
            "is_extract": self.is_extract,
            **self.counts(),
            "refused": _named(self.reasons),
            "warnings": _named(self.warnings),
            "refusals": [
                {"line": each.line, "code": each.code, "reason": each.reason.name}
                for each in self.refusals
            ],
        }

    def as_text(self) -> str:
        """Return the report as people read it."""
        lines = [
            f"{self.file} → {self.table}, list of {self.list_date} ({self.list_date_from}), "
            f"{self.encoding}{', a part of it' if self.is_extract else ''}",
            f"rows: {self.rows_read} read = {self.rows_taken} taken + {self.rows_unchanged} "
            f"unchanged + {self.rows_joined} joined + {self.rows_refused} refused",
            f"codes: {self.codes_added} added, {self.codes_changed} changed, "
            f"{self.codes_closed} closed",
            *(f"refused {count}: {reason.value}" for reason, count in _sorted(self.reasons)),
            *(f"warning {count}: {reason.value}" for reason, count in _sorted(self.warnings)),
            *(
                f"  line {each.line}, code {each.code or '(none)'}: {each.reason.value}"
                for each in self.refusals[:REFUSALS_SHOWN]
            ),
        ]
        if len(self.refusals) > REFUSALS_SHOWN:
            lines.append(f"  and {len(self.refusals) - REFUSALS_SHOWN} more: see --json")
        return "\n".join(lines)


def _sorted(counts: Mapping[Reason, int]) -> list[tuple[Reason, int]]:
    return sorted(((key, value) for key, value in counts.items() if value), key=lambda it: it[0])


def _named(counts: Mapping[Reason, int]) -> dict[str, int]:
    return {reason.name: count for reason, count in _sorted(counts)}
