"""``tasfiya tariff replay``: the past under a changed or retroactive figure, and what it costs."""

import csv
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from flows.show_result import AsJson, columns, day_of, show
from infra.stores.replay_families import Period
from models.errors import UsageError
from models.money import format_minor
from tasks.doors import open_doors
from tasks.pricing.changes import first_difference, read_changes
from tasks.pricing.replay import Affected
from tasks.replaying import ReplayOrder, ReplayReport, present_catalogue, replay_period

#: Decisions that a screen shows and that JSON holds; ``--list`` writes all of them.
SHOWN_MAX = 50
HELD_MAX = 10_000
LIST_COLUMNS = (
    "dossier_id", "version", "public_number", "scheme", "currency", "status", "is_in_period",
    "decided_minor", "before_minor", "after_minor",
)  # fmt: skip


class _Listing:
    """The affected decisions: the first ones are held, all are written where a file is named."""

    def __init__(self, path: Path | None, stack: ExitStack) -> None:
        self.held: list[dict[str, Any]] = []
        self._writer: Any = None
        if path is not None:
            file = stack.enter_context(path.open("w", encoding="utf-8", newline=""))
            self._writer = csv.writer(file)
            self._writer.writerow(LIST_COLUMNS)

    def tell(self, affected: Sequence[Affected]) -> None:
        """Take the next decisions."""
        for one in affected:
            row = {name: getattr(one, name) for name in LIST_COLUMNS}
            if self._writer is not None:
                self._writer.writerow(row.values())
            if len(self.held) < HELD_MAX:
                self.held.append(row)


def replay_tariff(
    first: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD.")],
    last: Annotated[str, typer.Option("--to", help="Last day, YYYY-MM-DD.")],
    change: Annotated[Path, typer.Option(help="The changed figures, as YAML.")],
    scheme: Annotated[
        list[str] | None, typer.Option(help="Only these schemes; those of the changes otherwise.")
    ] = None,
    by: Annotated[Literal["care", "decision"], typer.Option(help="Which days are meant.")] = "care",
    create_versions: Annotated[
        bool, typer.Option("--create-versions", help="Have the affected ones decided again.")
    ] = False,
    signed: Annotated[
        str, typer.Option("--by-whom", help="Who does so, for the audit trail.")
    ] = "tariff-replay",
    listing: Annotated[
        Path | None, typer.Option("--list", help="Write every affected decision as CSV.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Price a period's decided dossiers again under changed figures; say what that affects."""
    doors = open_doors()
    settings = doors.settings
    catalogue = present_catalogue(settings)
    if not change.is_file():
        raise UsageError(f"{change.name}: there is no such file")
    changes = read_changes(change, catalogue)
    schemes = tuple(scheme or sorted({each.scheme_id for each in changes}))
    if unknown := sorted(set(schemes) - set(catalogue.schemes)):
        raise UsageError(f"--scheme {unknown[0]}: the catalogue has no such scheme")
    period = Period(day_of(first, settings), day_of(last, settings), by == "care", schemes)
    if period.last < period.first:
        raise UsageError("--to lies before --from")
    # What the scheme holds already is compared with the books, anything else with the scheme.
    is_in_force = all(first_difference(catalogue, each) is None for each in changes)
    order = ReplayOrder(period, changes, settings.business_day(), is_in_force)
    with ExitStack() as stack:
        told = _Listing(listing, stack)
        report = replay_period(
            doors, order, tell=told.tell, opened_by=signed if create_versions else ""
        )
    show(_plain(report, told.held), as_json, _text(report, told.held, create_versions))


def _plain(report: ReplayReport, held: Sequence[Any]) -> dict[str, Any]:
    return {
        "decisions_read": report.read,
        "decisions_affected": report.affected,
        "decisions_differing_otherwise": report.differing_otherwise,
        "versions_opened": report.opened,
        "money": [
            {
                "scheme": category[0],
                "currency": category[1],
                "care_kind": category[2],
                "rule": category[3],
                "decisions": sums.decisions,
                "before_minor": sums.before_minor,
                "after_minor": sums.after_minor,
                "difference_minor": sums.after_minor - sums.before_minor,
            }
            for category, sums in sorted(report.sums.items())
        ],
        "decisions": held,
        "decisions_left_off": report.affected - len(held),
    }


def _text(report: ReplayReport, held: Sequence[dict[str, Any]], is_opening: bool) -> str:
    money = [
        (
            *category,
            sums.decisions,
            format_minor(sums.before_minor, category[1]),
            format_minor(sums.after_minor, category[1]),
            format_minor(sums.after_minor - sums.before_minor, category[1]),
        )
        for category, sums in sorted(report.sums.items())
    ]
    rows = [
        (
            one["public_number"],
            one["version"],
            one["status"],
            format_minor(one["before_minor"], one["currency"]),
            format_minor(one["after_minor"], one["currency"]),
        )
        for one in held[:SHOWN_MAX]
    ]
    parts = [f"{report.read} decisions priced again, {report.affected} affected"]
    if report.differing_otherwise:
        parts.append(f"{report.differing_otherwise} differ for another reason and are left alone")
    if rows:
        parts.append(columns(rows, ("dossier", "version", "status", "before", "after")))
        if report.affected > len(rows):
            parts.append(f"and {report.affected - len(rows)} more; --list writes all of them")
        heads = ("scheme", "currency", "care", "rule", "decisions", "before", "after", "difference")
        parts.append(columns(money, heads))
    if is_opening:
        parts.append(f"{report.opened} new versions; the next `tasfiya process` decides them")
    return "\n\n".join(parts)
