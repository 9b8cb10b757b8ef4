"""Which pages of which kept files are a paper dossier's, and in which order."""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: Characters of the public number that a paper dossier is given; longer ones settle collisions.
PAPER_NUMBER_LENGTHS = (10, 16, 26)
PAPER_PREFIX = "AMO-P-"


@dataclass(frozen=True, slots=True)
class FilePages:
    """A run of pages of one kept file; pages are counted from 1 and both ends belong to it."""

    sha256: str
    media_type: str
    page_count: int
    first_page: int
    last_page: int


@dataclass(frozen=True, slots=True)
class PaperPage:
    """One page of a paper dossier: its number among the dossier's, and its place in its file."""

    dossier_id: str
    page_no: int
    file: FilePages
    file_page: int

    @property
    def key(self) -> str:
        """How the page is called where pages of two dossiers lie side by side."""
        return f"{self.dossier_id}.{self.page_no}"


def pages_of(dossier_id: str, files: Iterable[FilePages]) -> tuple[PaperPage, ...]:
    """The pages of a dossier's files in their order, numbered from 1 through all of them."""
    places = [(file, page) for file in files for page in range(file.first_page, file.last_page + 1)]
    return tuple(
        PaperPage(dossier_id, number, file, page)
        for number, (file, page) in enumerate(places, start=1)
    )


def files_of(pages: Sequence[PaperPage]) -> tuple[FilePages, ...]:
    """The runs of pages that pages in this order make; neighbours of one file are one run."""
    runs: list[FilePages] = []
    for page in pages:
        file = page.file
        last = runs[-1] if runs else None
        if last and last.sha256 == file.sha256 and page.file_page == last.last_page + 1:
            runs[-1] = FilePages(
                file.sha256, file.media_type, file.page_count, last.first_page, page.file_page
            )
        else:
            runs.append(
                FilePages(
                    file.sha256, file.media_type, file.page_count, page.file_page, page.file_page
                )
            )
    return tuple(runs)


def paper_numbers(sha256: str, part: int = 1) -> tuple[str, ...]:
    """Public numbers that a paper document may be given; the first one that is free is taken."""
    if part > 1:
        sha256 = hashlib.sha256(f"{sha256}/{part}".encode()).hexdigest()
    letters = base64.b32encode(bytes.fromhex(sha256)).decode()
    return tuple(PAPER_PREFIX + letters[:length] for length in PAPER_NUMBER_LENGTHS)
