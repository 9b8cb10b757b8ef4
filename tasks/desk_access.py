"""Opens the desk's doors to accounts and sessions: who comes in, who leaves, who was refused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from infra.audit import append_events
from infra.database import Database
from infra.passwords import is_password
from infra.stores.desk_accounts import (
    account_event,
    all_accounts,
    begin_attempt,
    change_account,
    end_attempt,
    find_account,
    set_language,
)
from infra.stores.desk_sessions import begin_session, end_session, find_session
from models.desk import DESK_LANGUAGES, Account, OpenSession, Times
from models.errors import UsageError
from tasks.desk_lookups import Turnstile
from tasks.review.web.ports import SignIn

#: The actor of an event when nobody is signed in.
NOBODY = "nobody"
#: Refusals of one kind and login that leave an event within one minute: whoever is refused without
#: end cannot fill the audit trail, and the first ones tell the story.
REFUSALS_PER_MINUTE = 60

Clock = Callable[[], str]


@dataclass(frozen=True, slots=True)
class DeskAccess:
    """Accounts and sessions in a database, at the moments a clock says."""

    database: Database
    clock: Clock
    times: Times
    turnstile: Turnstile = field(default_factory=Turnstile)

    def sign_in(self, login: str, password: str, address: str, old_token: str) -> SignIn:
        """Begin a session under a new token when the password is right.

        An unknown login takes as long as a wrong password and is answered alike.
        """
        at = self.clock()
        attempt = begin_attempt(self.database, login, address, at)
        account = self._account(login)
        known = account.login if account else NOBODY
        if attempt is None:
            if self._is_noted(known, "attempts", at):
                told = "too many attempts"
                event = account_event(known, "sign_in_refused", at, known, "", "", told)
                end_attempt(self.database, None, [event], is_success=False)
            return SignIn("", is_too_many=True)
        is_right = is_password(password, account.password_hash if account else "")
        if account is None or not account.is_active or not is_right:
            event = account_event(known, "sign_in_failed", at, known)
            end_attempt(self.database, attempt, [event], is_success=False)
            return SignIn("")
        end_attempt(self.database, attempt, [], is_success=True)
        return SignIn(begin_session(self.database, account, "password", at, self.times, old_token))

    def sign_in_proxied(self, login: str, old_token: str) -> str:
        """Begin a session for whom the proxy names; empty when they have no active account."""
        at = self.clock()
        account = self._account(login)
        if account is None or not account.is_active:
            self.note_refusal(account.login if account else NOBODY, "proxy")
            return ""
        return begin_session(self.database, account, "proxy", at, self.times, old_token)

    def session(self, token: str) -> OpenSession | None:
        """The session of a token, None when it ended."""
        return find_session(self.database, token, self.clock(), self.times)

    def sign_out(self, token: str, login: str) -> None:
        """End a session and give back what was open."""
        end_session(self.database, token, login, self.clock())

    def accounts(self) -> Sequence[Account]:
        """Every account."""
        return all_accounts(self.database)

    def set_active(self, login: str, is_active: bool, by: str) -> None:
        """Disable an account and end its sessions, or let it in again."""
        change_account(self.database, login, by, self.clock(), is_active=is_active)

    def set_language(self, login: str, language: str) -> None:
        """Remember a colleague's language."""
        if language in DESK_LANGUAGES:
            set_language(self.database, login, language)

    def note_refusal(self, login: str, what: str) -> None:
        """Leave an event: somebody was refused something at the desk."""
        at = self.clock()
        if not self._is_noted(login or NOBODY, what, at):
            return
        event = account_event(login or NOBODY, "desk_refused", at, login or NOBODY, "", "", what)
        with self.database.transaction() as connection:
            append_events(self.database, connection, [event])

    def _is_noted(self, login: str, what: str, at: str) -> bool:
        try:
            self.turnstile.pass_one(login, what, at, REFUSALS_PER_MINUTE)
        except UsageError:
            return False
        return True

    def _account(self, login: str) -> Account | None:
        with self.database.reading() as connection:
            return find_account(connection, login)
