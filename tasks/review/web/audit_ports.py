"""What the pages of the random audit need of the machines."""

from collections.abc import Sequence
from typing import Protocol

from models.desk import Account
from models.reading_audit import AuditDispute, AuditFigures, AuditQuestion, AuditState


class Auditing(Protocol):
    """The questions of the random audit. A question SHALL not hold what the machine read."""

    def next_audit(self, behind: str) -> str:
        """The next question behind the one just left; empty when none waits."""

    def figures(self) -> AuditFigures:
        """How many questions wait, and how the answered ones came out."""

    def disputes(self) -> Sequence[AuditDispute]:
        """The wrong readings that wait for a supervisor."""

    def question(self, audit_id: str) -> AuditQuestion:
        """One question."""

    def picture(self, audit_id: str, account: Account) -> bytes:
        """The stored picture of its page, as it was kept."""

    def answer(
        self, audit_id: str, typed: str, account: Account, *, is_unreadable: bool = False
    ) -> AuditState:
        """Keep whether the machine had read the field as this colleague reads it."""

    def settle(self, audit_id: str, account: Account) -> None:
        """Note that a supervisor has followed up a wrong reading."""
