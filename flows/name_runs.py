"""How runs are called in the Prefect UI: by business day, also when the schedule names none."""

from collections.abc import Callable

from prefect.runtime import flow_run

from infra.settings import Settings


def named_by_day(what: str) -> Callable[[], str]:
    """A function that names the present run, such as ``payments 2026-11-20``."""

    def name() -> str:
        return f"{what} {flow_run.parameters.get('day') or Settings().business_day()}"

    return name
