"""What the page that splits and joins dossiers needs of the machines."""

from dataclasses import dataclass
from typing import Protocol

from models.desk import Account, Holder


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page on the table: its name, its number in its dossier and in its file, its picture."""

    key: str
    dossier_id: str
    page_no: int
    file_page: int
    has_picture: bool


@dataclass(frozen=True, slots=True)
class OnTable:
    """A dossier on the table; ``why_not`` names the sentence that says why it stays as it is."""

    dossier_id: str
    public_number: str
    pages: tuple[ShownPage, ...]
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The dossier of a task with its pages, and the one beside it, if there is one.

    ``split_at`` is the page number at which a second care sheet begins, 0 where none does.
    """

    task_id: str
    own: OnTable
    beside: OnTable | None
    holder: Holder | None
    is_mine: bool
    split_at: int = 0

    @property
    def may_move(self) -> bool:
        """Whether this colleague may move pages now."""
        papers = [self.own, self.beside] if self.beside else [self.own]
        return self.is_mine and not any(one.why_not for one in papers)


class PageTable(Protocol):
    """Pages of dossiers side by side; moving them SHALL be refused to who does not hold them."""

    def lay_out(self, task_id: str, beside_id: str, account: Account) -> Table:
        """The pages of a task's dossier, and of the one beside it."""

    def find_beside(self, public_number: str, account: Account) -> str:
        """The id of the dossier to lay beside, by its public number."""

    def shown_page(self, dossier_id: str, page_no: int, account: Account) -> bytes:
        """The stored picture of a page; each look leaves an event."""

    def move(
        self,
        task_id: str,
        beside_id: str,
        piles: tuple[list[str], list[str]],
        account: Account,
    ) -> str:
        """Lay the pages anew; return the public number of a new dossier, empty when none opened."""
