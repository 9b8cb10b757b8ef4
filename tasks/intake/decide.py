"""Decides the answer to one received part: accepted, duplicate or refused, and what it opens.

Nothing here reads or writes: what is already known comes in, a decision goes out, and the known
dossiers are brought up to date so that the next part of the same file sees the one before it.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from models.paper_pages import FilePages, paper_numbers
from models.stage import Channel, Stage, Status
from tasks.intake.result import Pages, ReceivedRecord, Refused

#: In which states a dossier waits for, or can take, what a sender may send after the first time.
COMPLETABLE = frozenset({Status.RETURNED, Status.SUSPENDED, Status.IN_REVIEW})
APPEALABLE = frozenset({Status.REFUSED, Status.PAID, Status.CLOSED_AT_ZERO})
WITHDRAWABLE = frozenset(
    {
        Status.IN_PROGRESS,
        Status.IN_REVIEW,
        Status.SUSPENDED,
        Status.RETURNED,
        Status.UNDER_APPEAL,
        Status.QUARANTINED,
    }
)
#: Said of late pages whose sheet names no dossier, or one that takes none now.
LATE_UNKNOWN = "RATTACHEMENT_INCONNU"
LATE_NOT_TAKEN = "RATTACHEMENT_IMPOSSIBLE"


class Reply(StrEnum):
    """What a sender is told."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


class Opening(StrEnum):
    """What an accepted part does."""

    FIRST = "first"
    COMPLEMENT = "complement"
    APPEAL = "appeal"
    WITHDRAWAL = "withdrawal"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Filing:
    """What the person who files a paper document says of it; an electronic record says it itself.

    ``public_number`` names the dossier that a complement, an appeal or a withdrawal is about.
    """

    kind: Opening = Opening.FIRST
    public_number: str = ""
    agency: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """The file a part stands in. ``file_ref`` is the SHA-256 of the source's name."""

    sha256: str
    file_ref: str
    business_day: dt.date
    received_at: str
    filing: Filing = field(default_factory=Filing)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a dossier of an already known public number stands.

    ``sent_scheme`` is the scheme its sender knows, where a person chose another one since.
    """

    dossier_id: str
    public_number: str
    scheme: str
    stage: str
    status: str
    version: int
    insured_id: str = ""
    channel: str = ""
    sent_scheme: str = ""


@dataclass(slots=True)
class Known:
    """What is known before a part is decided.

    ``by_number`` are the standings by public number, with those of this very batch;
    ``accepted_before`` says which dossier the same part of the same bytes already opened.
    ``files`` are the pages that the dossiers late pages are for have so far, by dossier.
    """

    by_number: dict[str, Standing]
    accepted_before: Mapping[int, Standing] = field(default_factory=dict)
    files: Mapping[str, tuple[FilePages, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one part and, where it was accepted, what it opens on which dossier.

    ``before`` is where an already known dossier stood; None for a new one. ``files`` are all pages
    that a paper dossier has with this part: late pages stand behind those that came before.
    """

    submission_id: str
    part: int
    channel: str
    reply: Reply
    code: str
    params: Mapping[str, str]
    public_number: str
    dossier_id: str = ""
    duplicate_of: str = ""
    opening: Opening = Opening.NOTHING
    version: int = 0
    before: Standing | None = None
    content: ReceivedRecord | Pages | None = None
    files: tuple[FilePages, ...] = ()


def submission_id_of(file: ReceivedFile, part: int) -> str:
    """The id of one part of one submission: the same again when the work is done again."""
    text = f"{file.sha256}/{part}/{file.file_ref}/{file.business_day.isoformat()}"
    if file.filing.kind is not Opening.FIRST:
        # The same sheet may come again as the complement of its own dossier, on the same day.
        text += f"/{file.filing.kind}/{file.filing.public_number}"
    return "s" + hashlib.sha256(text.encode()).hexdigest()[:24]


def dossier_id_of(origin: str) -> str:
    """The id of a dossier, from its public number or, on paper, from its file and part."""
    return "D" + hashlib.sha256(origin.encode()).hexdigest()[:16]


def decide(
    file: ReceivedFile, part: int, content: ReceivedRecord | Pages | Refused, known: Known
) -> Decision:
    """Return the answer to one part and bring ``known`` up to date."""
    blank = Decision(
        submission_id=submission_id_of(file, part),
        part=part,
        channel=_channel_of(content),
        reply=Reply.REFUSED,
        code="",
        params={},
        public_number="",
    )
    if isinstance(content, Refused):
        return replace(
            blank, code=content.code, params=content.params, public_number=content.public_number
        )
    content = _attachable(content, known) if isinstance(content, Pages) else content
    kind, number, dossier_id = _what_is_asked(file, part, content, known)
    asked = replace(blank, public_number=number, content=content)
    earlier = known.accepted_before.get(part)
    is_filed = file.filing.kind is not Opening.FIRST and isinstance(content, Pages)
    if earlier is not None and not is_filed:
        return replace(
            asked,
            reply=Reply.DUPLICATE,
            code="DOUBLON_FICHIER",
            public_number=earlier.public_number,
            duplicate_of=earlier.dossier_id,
        )
    standing = known.by_number.get(number)
    if isinstance(content, Pages):
        asked = replace(asked, files=_files(file, content, standing, known))
    if kind is Opening.FIRST:
        return _open_first(asked, dossier_id, standing, known)
    return _open_again(asked, kind, standing, known)


def _files(
    file: ReceivedFile, pages: Pages, standing: Standing | None, known: Known
) -> tuple[FilePages, ...]:
    own = FilePages(file.sha256, pages.media_type, pages.page_count, pages.first_page, pages.last)
    is_late = standing is not None and bool(pages.origin.adds_to)
    return (*known.files.get(standing.dossier_id, ()), own) if standing and is_late else (own,)


def _channel_of(content: ReceivedRecord | Pages | Refused) -> str:
    if isinstance(content, ReceivedRecord):
        return content.channel
    return "paper" if isinstance(content, Pages) else "unknown"


def _attachable(pages: Pages, known: Known) -> Pages:
    """Late pages as they are, or as a dossier of their own where no dossier can take them.

    Paper cannot be sent back by a machine: a person joins the two, or answers the sender.
    """
    number = pages.origin.adds_to
    standing = known.by_number.get(number)
    if not number or (
        standing is not None
        and standing.channel == Channel.PAPER.value
        and Status(standing.status) in COMPLETABLE
    ):
        return pages
    problem = LATE_UNKNOWN if standing is None else LATE_NOT_TAKEN
    params = {"number": number}
    return replace(pages, origin=replace(pages.origin, adds_to="", problem=problem, params=params))


def _what_is_asked(
    file: ReceivedFile, part: int, content: ReceivedRecord | Pages, known: Known
) -> tuple[Opening, str, str]:
    """The kind of submission, the public number it is about, and the id of a new dossier."""
    if isinstance(content, ReceivedRecord):
        number = content.public_number
        return Opening(content.kind_of_submission), number, dossier_id_of(number)
    dossier_id = dossier_id_of(f"{file.sha256}/{part}")
    if file.filing.kind is not Opening.FIRST:
        return file.filing.kind, file.filing.public_number, dossier_id
    if content.origin.adds_to:
        return Opening.COMPLEMENT, content.origin.adds_to, dossier_id
    numbers = paper_numbers(file.sha256, part)
    free = [
        number
        for number in numbers
        if number not in known.by_number or known.by_number[number].dossier_id == dossier_id
    ]
    return Opening.FIRST, free[0] if free else numbers[-1], dossier_id


def _open_first(
    asked: Decision, dossier_id: str, standing: Standing | None, known: Known
) -> Decision:
    if standing is not None:
        return replace(
            asked,
            reply=Reply.DUPLICATE,
            code="DOUBLON_NUMERO",
            duplicate_of=standing.dossier_id,
        )
    record = asked.content if isinstance(asked.content, ReceivedRecord) else None
    known.by_number[asked.public_number] = Standing(
        dossier_id=dossier_id,
        public_number=asked.public_number,
        scheme=record.scheme if record else "",
        stage=Stage.INTAKE.value,
        status=Status.IN_PROGRESS.value,
        version=1,
        insured_id=record.insured_id if record else "",
        channel=record.channel if record else Channel.PAPER.value,
    )
    return replace(
        asked,
        reply=Reply.ACCEPTED,
        code="IN_ACCEPTED",
        dossier_id=dossier_id,
        opening=Opening.FIRST,
        version=1,
    )


#: Per kind: the states in which it is taken, the code when it is, and the code when it is not.
_AGAIN: Mapping[Opening, tuple[frozenset[Status], str, str]] = {
    Opening.COMPLEMENT: (COMPLETABLE, "IN_COMPLEMENT", "IN_NOT_COMPLETABLE"),
    Opening.APPEAL: (APPEALABLE, "IN_APPEAL", "IN_NOT_APPEALABLE"),
    Opening.WITHDRAWAL: (WITHDRAWABLE, "IN_WITHDRAWN", "IN_NOT_WITHDRAWABLE"),
}


def _open_again(
    asked: Decision, kind: Opening, standing: Standing | None, known: Known
) -> Decision:
    if standing is None:
        return replace(asked, code="IN_NO_PRIOR")
    states, accepted, refused = _AGAIN[kind]
    if _is_of_another(asked.content, standing):
        return replace(asked, code="IN_PRIOR_MISMATCH")
    if Status(standing.status) not in states:
        return replace(asked, code=refused)
    is_withdrawn = kind is Opening.WITHDRAWAL
    after = replace(
        standing,
        stage=standing.stage if is_withdrawn else Stage.INTAKE.value,
        status=Status.WITHDRAWN.value if is_withdrawn else Status.IN_PROGRESS.value,
        version=standing.version if is_withdrawn else standing.version + 1,
    )
    known.by_number[standing.public_number] = after
    return replace(
        asked,
        reply=Reply.ACCEPTED,
        code=accepted,
        dossier_id=standing.dossier_id,
        opening=kind,
        version=after.version,
        before=standing,
    )


def _is_of_another(content: ReceivedRecord | Pages | None, standing: Standing) -> bool:
    """Whether a record bears the number of somebody else's dossier; on paper OCR finds out."""
    if not isinstance(content, ReceivedRecord):
        return False
    is_other_person = bool(standing.insured_id) and standing.insured_id != content.insured_id
    return is_other_person or content.scheme not in (standing.scheme, standing.sent_scheme)
