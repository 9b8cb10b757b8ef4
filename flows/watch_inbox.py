"""Every few minutes: receive what came into the inbox, so that every sender has an answer soon."""

import datetime as dt

from prefect import flow
from prefect.artifacts import create_table_artifact

from flows.name_runs import named_by_day
from models.errors import SettingsError
from tasks.doors import open_doors
from tasks.intake.task import receive_source


@flow(
    name="watch inbox",
    flow_run_name=named_by_day("inbox"),
    description="Receives and acknowledges what waits in the inbox; the day's run makes the lots.",
    validate_parameters=False,
)
def watch_inbox(day: dt.date | None = None, inbox: str = "") -> int:
    """Receive the inbox named, or the one of the settings; return the number of files answered.

    Answered files of a folder are set aside below ``received/`` in the home folder.

    Raises:
        SettingsError: when no inbox is named.
    """
    settings = open_doors().settings
    day = day or settings.business_day()
    source = inbox or settings.inbox
    if not source:
        raise SettingsError(
            "no inbox is named; set TASFIYA_INBOX to a folder or s3://bucket/prefix"
        )
    received = settings.home / "received" / day.isoformat()
    report = receive_source(settings, source, day, received)
    create_table_artifact(
        key=f"inbox-{day.isoformat()}",
        description=f"Answers given at intake on {day}",
        table=[{"code": code, "count": count} for code, count in sorted(report.codes.items())],
    )
    return report.files
