"""Calendar arithmetic of the law: months and years counted on the calendar, never in days."""

import calendar
import datetime as dt

_MONTHS_IN_YEAR = 12


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the same day so many months later; the month's last day where it has no such day.

    A result outside the calendar is its first or last day, so that an absurd date in a dossier
    is answered by a check and never by an exception.
    """
    years, month = divmod(month_number(day) + months, _MONTHS_IN_YEAR)
    if years < dt.MINYEAR:
        return dt.date.min
    if years > dt.MAXYEAR:
        return dt.date.max
    last = calendar.monthrange(years, month + 1)[1]
    return dt.date(years, month + 1, min(day.day, last))


def add_years(day: dt.date, years: int) -> dt.date:
    """Return the same day so many years later; 28 February for a 29th where there is none."""
    return add_months(day, years * _MONTHS_IN_YEAR)


def add_days(day: dt.date, days: int) -> dt.date:
    """Return the day so many days later, or the calendar's last day."""
    return day + dt.timedelta(days=min(days, (dt.date.max - day).days))


def month_number(day: dt.date) -> int:
    """Return the number of a day's month, counted through the years without a gap."""
    return day.year * _MONTHS_IN_YEAR + day.month - 1


def days_since_month(month: int, day: dt.date) -> int:
    """Return how many days have gone by on ``day`` since a month's last day; negative before.

    A month outside the calendar is longer ago, or further away, than any day.
    """
    years, index = divmod(month, _MONTHS_IN_YEAR)
    if not dt.MINYEAR <= years <= dt.MAXYEAR:
        return dt.date.max.toordinal() * (1 if years < dt.MINYEAR else -1)
    last = dt.date(years, index + 1, calendar.monthrange(years, index + 1)[1])
    return (day - last).days
