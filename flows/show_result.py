"""How every command shows its result: as text for people, as JSON for programs."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import Annotated, Any

import typer

from infra.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Day = Annotated[str, typer.Option(help="The day, YYYY-MM-DD; today when left out.")]

#: Exit code of a command whose result needs a person.
NEEDS_PERSON = 1


def day_of(text: str, settings: Settings) -> dt.date:
    """The day named, or the present business day.

    Raises:
        typer.BadParameter: when it is no date.
    """
    if not text:
        return settings.business_day()
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter("a day is written YYYY-MM-DD") from error


def plain(value: Any) -> Any:
    """A value in the types JSON knows; amounts stay whole numbers."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, str | bytes):
        return [plain(entry) for entry in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


def show(value: Any, as_json: bool, text: str = "") -> None:
    """Print a result: JSON when asked for, the text otherwise."""
    if as_json or not text:
        typer.echo(json.dumps(plain(value), indent=1, ensure_ascii=False))
    else:
        typer.echo(text)


def columns(rows: Sequence[Sequence[Any]], heads: Sequence[str]) -> str:
    """Rows as aligned columns; numbers to the right."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [
        max(len(heads[place]), *(len(row[place]) for row in cells), 0)
        for place in range(len(heads))
    ]
    lines = ["  ".join(head.ljust(width) for head, width in zip(heads, widths, strict=True))]
    for row, raw in zip(cells, rows, strict=True):
        parts = [
            cell.rjust(width) if isinstance(value, int) else cell.ljust(width)
            for cell, value, width in zip(row, raw, widths, strict=True)
        ]
        lines.append("  ".join(parts))
    return "\n".join(line.rstrip() for line in lines)
