"""The pages of one dossier or of two, laid in two piles by a colleague: what may be done with them.

Every page that lay on the table lies in exactly one pile afterwards. The first pile stays with the
dossier that was opened; the second becomes a dossier of its own, or belongs to the one beside it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from models.errors import UsageError
from models.paper_pages import FilePages, PaperPage, files_of
from models.stage import Channel, Status

#: States in which a dossier's pages may be laid anew: it waits, and nothing was decided for good.
MOVABLE = frozenset({Status.IN_REVIEW.value, Status.RETURNED.value, Status.SUSPENDED.value})


@dataclass(frozen=True, slots=True)
class Piles:
    """The runs of pages of both piles; an empty second one joins its dossier to the first."""

    first: tuple[FilePages, ...]
    second: tuple[FilePages, ...]


def lay(
    own: Sequence[PaperPage],
    beside: Sequence[PaperPage],
    first: Sequence[str],
    second: Sequence[str],
) -> Piles:
    """Return the piles that page keys in this order make.

    Raises:
        UsageError: when a page is missing or twice, no page stays, or nothing was moved.
    """
    table = {page.key: page for page in (*own, *beside)}
    if sorted((*first, *second)) != sorted(table):
        raise UsageError("every page belongs in exactly one pile; the pages changed meanwhile")
    if not first:
        raise UsageError("a dossier keeps at least one page; return it to empty it")
    if list(first) == [one.key for one in own] and list(second) == [one.key for one in beside]:
        raise UsageError("nothing was moved")
    return Piles(files_of([table[key] for key in first]), files_of([table[key] for key in second]))


def check_movable(status: str, channel: str, *, is_paid: bool, outcomes: Collection[str]) -> None:
    """Say why a dossier's pages may not be laid anew, if they may not.

    Raises:
        UsageError: when it is no paper, was paid or accepted, or is not waiting.
    """
    if channel != Channel.PAPER.value:
        raise UsageError("only pages of paper can be moved")
    if is_paid or "accepted" in outcomes:
        raise UsageError("this dossier was decided or paid; its pages stay as they were decided on")
    if status not in MOVABLE:
        raise UsageError("this dossier does not wait at the desk; its pages cannot be moved now")
