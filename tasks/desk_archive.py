"""The desk's door to archived documents: who may have one is asked before; a look is noted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from infra.audit import append_events
from infra.stores.archives import with_pages
from infra.stores.desk_accounts import access_chain
from models.audit import AuditEvent
from models.desk import Account
from tasks.archiving import Archive
from tasks.review.web.ports import ArchivedFile


@dataclass(frozen=True, slots=True)
class DeskArchive:
    """The archive behind the desk, at the moments a clock says."""

    archive: Archive
    clock: Callable[[], str]

    def with_pages(self, dossier_ids: Sequence[str]) -> frozenset[str]:
        """Those of the dossiers of which something was read from paper."""
        with self.archive.database.reading() as connection:
            return with_pages(connection, dossier_ids)

    def file(self, dossier_id: str, account: Account) -> ArchivedFile:
        """The latest searchable PDF of a dossier, made now if it is missing; leaves an event.

        Raises:
            UnknownDossier: when there is none to make.
            StorageError: when what is kept is gone, or is not what was kept.
        """
        entry = self.archive.found(dossier_id)
        data = self.archive.bytes_of(entry)
        at = self.clock()
        event = AuditEvent(
            access_chain(at), account.login, "archive_shown", at, "archive", dossier_id,
            entry.content_version, "", "", entry.sha256,
        )  # fmt: skip
        with self.archive.database.transaction() as connection:
            append_events(self.archive.database, connection, [event])
        return ArchivedFile(f"{entry.dossier_id}-{entry.content_version}.pdf", data)
