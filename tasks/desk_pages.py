"""Opens the desk's doors to pages: laid out side by side, shown, moved between dossiers."""

from collections.abc import Container, Sequence
from dataclasses import dataclass

from infra.audit import append_events
from infra.stores.desk_accounts import access_chain
from infra.stores.desk_leases import give_back, handed_to, holder_of, take
from infra.stores.dossiers import DOSSIER, heads_where, load_findings, rows_of_content
from infra.stores.page_moves import (
    Mover,
    TablePaper,
    find_beside,
    move_pages,
    paper_on_table,
)
from infra.stores.review_tasks import task_row
from models.audit import AuditEvent
from models.desk import WORKERS, Account
from models.errors import ApprovalRefused, UnknownDossier, UsageError
from models.paper_pages import FilePages
from tasks.desk_work import DeskWork
from tasks.review.piles import check_movable, lay
from tasks.review.web.piles_port import OnTable, ShownPage, Table
from tasks.review.web.wording import error_key

#: Said by extraction of a dossier with more than one care sheet.
SEVERAL_SHEETS = "PLUSIEURS_FEUILLES"


@dataclass(frozen=True, slots=True)
class DeskPages:
    """The pages of dossiers, for the colleague who holds them; opened beside the desk's work."""

    work: DeskWork

    def lay_out(self, task_id: str, beside_id: str, account: Account) -> Table:
        """The pages of a task's dossier, and of the one beside it.

        Raises:
            UnknownDossier: when there is no such task or dossier.
        """
        work, at = self.work, self.work.clock()
        with work.database.reading() as connection:
            task = task_row(connection, task_id)
            given = handed_to(connection, task_id)
            holder = holder_of(connection, task.dossier_id, at)
            keys = [task.dossier_id, *([beside_id] if beside_id else [])]
            papers = [paper_on_table(connection, key) for key in keys]
            heads = [paper.head for paper in papers]
            pages = {
                (row.dossier_id, row.page_no): row
                for row in rows_of_content(connection, "page_reading", heads, "page_no")
            }
            said = load_findings(connection, heads[:1]).get(task.dossier_id, ())
        is_open = task.state == "open" and heads[0].version == task.version
        is_free = holder is None or holder.login == account.login
        if (
            is_open
            and account.may(WORKERS)
            and is_free
            and (given is None or given.is_for(account))
        ):
            seconds = work.times.lease_seconds
            holder = take(work.database, task.dossier_id, account.login, at, seconds)
        tables = [_on_table(paper, pages.keys()) for paper in papers]
        has_several = any(one.code == SEVERAL_SHEETS for one in said)
        sheets = [no for (key, no), row in pages.items() if key == task.dossier_id and row.form_id]
        return Table(
            task_id=task_id,
            own=tables[0],
            beside=tables[1] if beside_id else None,
            holder=holder,
            is_mine=is_open and holder is not None and holder.login == account.login,
            split_at=sorted(sheets)[1] if has_several and len(sheets) > 1 else 0,
        )

    def find_beside(self, public_number: str, account: Account) -> str:
        """The id of the dossier to lay beside, by its public number; asking leaves an event.

        Raises:
            UsageError: when no dossier bears the number.
        """
        with self.work.database.reading() as connection:
            key = find_beside(connection, public_number)
        self._note(account, "desk_laid_beside", key)
        return key

    def shown_page(self, dossier_id: str, page_no: int, account: Account) -> bytes:
        """The stored picture of a page; each look leaves an event.

        Raises:
            UnknownDossier: when the dossier has no such page.
        """
        with self.work.database.reading() as connection:
            heads = heads_where(connection, DOSSIER.c.dossier_id == dossier_id)
            pages = rows_of_content(connection, "page_reading", heads, "page_no")
        found = next((one for one in pages if one.page_no == page_no and one.image_key), None)
        if found is None:
            raise UnknownDossier("this dossier has no such page")
        self._note(account, "desk_page_shown", dossier_id, f"page {page_no}")
        return self.work.storage.get(found.image_key)

    def move(
        self,
        task_id: str,
        beside_id: str,
        piles: tuple[list[str], list[str]],
        account: Account,
    ) -> str:
        """Lay the pages anew; the dossiers are read again in the next lot.

        Raises:
            ApprovalRefused: when this colleague does not hold the dossiers.
            UsageError: when pages are missing or may not be moved.
        """
        work, at = self.work, self.work.clock()
        if not account.may(WORKERS) or not work.keep(task_id, account):
            raise ApprovalRefused("somebody else works on this dossier; open it again")
        mover = Mover(account.login, work.today(), at)

        def laid(
            papers: Sequence[TablePaper],
        ) -> tuple[tuple[FilePages, ...], tuple[FilePages, ...]]:
            for paper in papers:
                _check(paper)
            own, beside = papers[0].pages, papers[1].pages if len(papers) > 1 else ()
            found = lay(own, beside, *piles)
            return found.first, found.second

        moved = move_pages(work.database, task_id, beside_id, laid, mover)
        for key in (moved.dossier_id, beside_id):
            give_back(work.database, key, account.login)
        return moved.other_public_number

    def _note(self, account: Account, action: str, key: str, detail: str = "") -> None:
        at = self.work.clock()
        event = AuditEvent(
            access_chain(at), account.login, action, at, "desk_pages", key, 0, "", "", detail
        )
        with self.work.database.transaction() as connection:
            append_events(self.work.database, connection, [event])


def _check(paper: TablePaper) -> None:
    head = paper.head
    check_movable(head.status, head.channel, is_paid=paper.is_paid, outcomes=paper.outcomes)


def _on_table(paper: TablePaper, shown: Container[tuple[str, int]]) -> OnTable:
    try:
        _check(paper)
        why_not = ""
    except UsageError as error:
        why_not = error_key(str(error))
    pages = tuple(
        ShownPage(
            page.key,
            page.dossier_id,
            page.page_no,
            page.file_page,
            (page.dossier_id, page.page_no) in shown,
        )
        for page in paper.pages
    )
    return OnTable(paper.head.dossier_id, paper.head.public_number, pages, why_not)
