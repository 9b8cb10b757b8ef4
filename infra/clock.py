"""The one reader of the clock; everything below a task or a command gets the time as a value."""

import datetime as dt


def now_text() -> str:
    """The present moment in UTC as ISO text with microseconds, which sorts as it passes."""
    return dt.datetime.now(tz=dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def later(at: str, seconds: int) -> str:
    """The moment so many seconds after another, or before it where they are negative."""
    moment = dt.datetime.fromisoformat(at) + dt.timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def today() -> dt.date:
    """The present day in UTC."""
    return dt.datetime.now(tz=dt.UTC).date()
