"""Reads one native electronic dossier: a JSON object of the published form."""

from tasks.intake.document import Document, Reader
from tasks.intake.limits import ReadingContext
from tasks.intake.native import read_record
from tasks.intake.result import Reading, Records, Refused
from tasks.intake.sniff import Kind


def accepts(document: Document) -> bool:
    """JSON of any form but FHIR's: what is no dossier is refused with its fields named."""
    is_fhir = isinstance(document.value, dict) and "resourceType" in document.value
    return document.kind is Kind.JSON and not is_fhir


def read(document: Document, context: ReadingContext) -> Reading:
    """Return the one dossier of the document, as part 1, or the refusal."""
    record = read_record(document.text, document.value, context)
    return record if isinstance(record, Refused) else Records(((1, record),))


READER = Reader(name="native_json", accepts=accepts, read=read)
