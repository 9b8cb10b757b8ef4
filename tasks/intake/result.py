"""What reading a file gives: dossiers as received, pages of paper, or a refusal with its cause."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.cover_sheet import CoverSheet


@dataclass(frozen=True, slots=True)
class Refused:
    """A file or a record that cannot be taken in; ``params`` fill the sentence of the code.

    The params hold positions, field names, counts and kinds, never a value that was read.
    ``public_number`` is the sender's own number where it could be read and is well formed.
    """

    code: str
    params: Mapping[str, str] = field(default_factory=dict)
    public_number: str = ""


@dataclass(frozen=True, slots=True)
class ReceivedRecord:
    """One electronic dossier that fits the published form, with what the dossier's row needs.

    ``payload`` is the record as JSON text in the native form, without what equals the form's own
    defaults; ``unmapped`` lists the paths of a foreign form that have no place in it.
    ``insured_id`` is kept to compare a complement with the dossier it completes.
    """

    public_number: str
    kind_of_submission: str
    scheme: str
    channel: str
    agency: str
    region: str
    deposit_date: dt.date
    insured_id: str
    payload: str
    unmapped: str = ""


Record = ReceivedRecord | Refused


@dataclass(frozen=True, slots=True)
class Records:
    """The dossiers of one file, each with its part: the line, or the claim, counted from 1."""

    parts: tuple[tuple[int, Record], ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """What the cover sheets before some pages say of them.

    ``adds_to`` is the public number of the dossier that the pages complete. ``problem`` is the code
    of what a person should know, with its parameters.
    """

    agency: str = ""
    bordereau: CoverSheet | None = None
    adds_to: str = ""
    problem: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of a sound document, to be read by OCR: all of them, or a range.

    ``page_count`` counts the pages of the file; ``last_page`` 0 stands for its last one.
    ``sheets`` are the pages that bear a code of ours, with its text; ``backs`` their blank backs.
    """

    media_type: str
    page_count: int
    first_page: int = 1
    last_page: int = 0
    sheets: tuple[tuple[int, str], ...] = ()
    backs: tuple[int, ...] = ()
    origin: Origin = field(default_factory=Origin)

    @property
    def last(self) -> int:
        """The last page of the range, counted in the file from 1."""
        return self.last_page or self.page_count


Reading = Records | Pages | Refused


def to_wire(reading: Reading) -> list[Any]:
    """A reading as plain lists and texts, as a decoding child sends it."""
    if isinstance(reading, Pages):
        sheets = [list(sheet) for sheet in reading.sheets]
        return ["pages", reading.media_type, reading.page_count, sheets, list(reading.backs)]
    if isinstance(reading, Records):
        return ["records", [[part, _record_to_wire(one)] for part, one in reading.parts]]
    return _record_to_wire(reading)


def from_wire(wire: Any) -> Reading:
    """A reading from what a decoding child sent; anything of another form is an error.

    Raises:
        ValueError: when the message is none of ours.
    """
    if wire[0] == "pages":
        _kind, media_type, page_count, sheets, backs = wire
        return Pages(
            str(media_type),
            int(page_count),
            sheets=tuple((int(page), str(code)) for page, code in sheets),
            backs=tuple(int(page) for page in backs),
        )
    if wire[0] == "records":
        return Records(tuple((int(part), _record_from_wire(record)) for part, record in wire[1]))
    record = _record_from_wire(wire)
    if not isinstance(record, Refused):
        raise ValueError("a decoding child sent a dossier outside of a list of records")
    return record


def _record_to_wire(record: Record) -> list[Any]:
    if isinstance(record, Refused):
        return ["refused", record.code, dict(record.params), record.public_number]
    return [
        "received",
        record.public_number,
        record.kind_of_submission,
        record.scheme,
        record.channel,
        record.agency,
        record.region,
        record.deposit_date.isoformat(),
        record.insured_id,
        record.payload,
        record.unmapped,
    ]


def _record_from_wire(wire: Any) -> Record:
    kind, *values = wire
    if kind == "refused":
        code, params, public_number = values
        texts = {str(name): str(value) for name, value in params.items()}
        return Refused(str(code), texts, str(public_number))
    if kind != "received":
        raise ValueError("a decoding child sent a message of an unknown kind")
    number, submission, scheme, channel, agency, region, day, insured, payload, unmapped = values
    return ReceivedRecord(
        public_number=str(number),
        kind_of_submission=str(submission),
        scheme=str(scheme),
        channel=str(channel),
        agency=str(agency),
        region=str(region),
        deposit_date=dt.date.fromisoformat(day),
        insured_id=str(insured),
        payload=str(payload),
        unmapped=str(unmapped),
    )
