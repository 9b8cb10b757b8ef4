"""What supervisors and administrators see: load, age, people, agreement; and the accounts."""

from starlette.responses import Response

from models.errors import UsageError
from tasks.review.web.visit import Visit

#: Days back that the figures of people cover.
TEAM_DAYS = 7


def show_team(visit: Visit) -> Response:
    """The desk's figures and its people's."""
    figures = visit.site.doors.queue.team(TEAM_DAYS)
    return visit.html(
        "team",
        figures=figures,
        days=TEAM_DAYS,
        typing=visit.site.doors.typing.typing_figures(TEAM_DAYS),
        waiting=sum(figures.waiting.values()),
        late=sum(figures.late.values()),
        largest_age=max([*figures.ages.values(), 1]),
    )


def show_accounts(visit: Visit) -> Response:
    """Every account with its roles."""
    return visit.html("accounts", accounts=visit.site.doors.registrar.accounts())


def change_account(visit: Visit) -> Response:
    """Disable an account, or let it in again; nobody shuts themselves out."""
    login = visit.form.get("login", "")
    if login == visit.account.login:
        raise UsageError("nobody disables their own account")
    wanted = visit.form.get("active", "")
    if wanted not in {"0", "1"}:
        raise UsageError("say whether the account is disabled or let in")
    visit.site.doors.registrar.set_active(login, wanted == "1", visit.account.login)
    return visit.go("/accounts", said="changed")
