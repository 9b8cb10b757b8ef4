"""How much of a provider's day the lines of dossiers take, in standard minutes."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.dossier import Dossier, DossierLine
from tasks.fraud.act_tables import StandardMinutes
from tasks.fraud.history import DayLoad


@dataclass(frozen=True, slots=True)
class ProviderLine:
    """A line with the provider it was done by and the dossier it lies in."""

    provider_id: str
    provider_kind: str
    dossier_id: str
    order_key: str
    status: str
    line: DossierLine


def own_minutes(
    dossier: Dossier, provider_kind: str, standard: StandardMinutes
) -> dict[dt.date, int]:
    """Return a dossier's own minutes by care date."""
    totals: dict[dt.date, int] = {}
    for line in dossier.lines:
        taken = standard.minutes(provider_kind, line)
        totals[line.care_date] = totals.get(line.care_date, 0) + taken
    return totals


def day_loads(
    lines: Iterable[ProviderLine], standard: StandardMinutes
) -> Mapping[tuple[str, dt.date], tuple[DayLoad, ...]]:
    """Return the minutes of each dossier at each provider and day, for ``History.day_loads``."""
    totals: dict[tuple[str, dt.date], dict[tuple[str, str, str], int]] = {}
    for entry in lines:
        taken = standard.minutes(entry.provider_kind, entry.line)
        if taken:
            day = totals.setdefault((entry.provider_id, entry.line.care_date), {})
            key = (entry.order_key, entry.dossier_id, entry.status)
            day[key] = day.get(key, 0) + taken
    return {
        place: tuple(
            DayLoad(dossier_id, order_key, status, minutes)
            for (order_key, dossier_id, status), minutes in sorted(day.items())
        )
        for place, day in totals.items()
    }
