"""A paper dossier put together from its pages: sheet, bills, prescription, pieces, evidence."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from models.dossier import CareKind, Dossier, Piece, PieceKind, Relation, RequestKind, Stay
from models.reading import FieldEvidence, PageText
from tasks.extraction.acceptance import P_DOUBTFUL, P_EMPTY, Judged, Source
from tasks.extraction.analyses import AnalysesBill, read_analyses
from tasks.extraction.belief import Belief
from tasks.extraction.bill import BillHead, days_on, has_amounts, read_body, read_date, read_head
from tasks.extraction.bill_marks import BillKey, key_of, other_currency, sheet_currency
from tasks.extraction.class_totals import ITEMS
from tasks.extraction.completion import completed, lines_of
from tasks.extraction.electronic import DossierHead
from tasks.extraction.fields import is_ean
from tasks.extraction.found import Found, missing
from tasks.extraction.hospital import (
    PATIENT,
    THIRD_PARTY,
    HospitalBill,
    read_hospital,
    with_stay,
)
from tasks.extraction.invoice import read_invoice
from tasks.extraction.kinds import Document, bill_kind, document_of, is_arabic
from tasks.extraction.lines import (
    Bills,
    DatedInvoice,
    ReadLine,
    ReadLines,
    facts_of,
)
from tasks.extraction.paid_parts import FORM_FIELDS, judge_paid_parts
from tasks.extraction.piece_count import STATED_ZONE
from tasks.extraction.sheet import Sheet, read_sheet
from tasks.extraction.template import Template
from tasks.extraction.vocabulary import Vocabulary

#: Fields that decide nothing: a doubtful one is left empty and keeps nobody waiting.
UNDECIDING = frozenset(
    {"agency", "insured_cin", "beneficiary_cin", "label", "tooth", THIRD_PARTY, PATIENT}
)
#: The name under which the number of an earlier dossier is kept (complement, appeal).
REFERS_TO = "refers_to"
_KEPT = (FORM_FIELDS, f"{ITEMS}[")
_BILL_KINDS = frozenset(
    {
        PieceKind.PHARMACY_INVOICE,
        PieceKind.LAB_BILL,
        PieceKind.RADIOLOGY_BILL,
        PieceKind.HOSPITAL_INVOICE,
        PieceKind.FEE_NOTE,
    }
)
#: Bills whose rows are lines of the dossier.
_ITEMISED = frozenset({PieceKind.PHARMACY_INVOICE, PieceKind.LAB_BILL, PieceKind.HOSPITAL_INVOICE})
#: Bills of what somebody has prescribed.
_PRESCRIBED = frozenset({PieceKind.PHARMACY_INVOICE, PieceKind.LAB_BILL, PieceKind.RADIOLOGY_BILL})


@dataclass(frozen=True, slots=True)
class Notice:
    """What the paper says of itself that a person has to look at: a code and its parameters."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PaperReading:
    """A dossier read from paper: its fields, the evidence of each, and the number it refers to."""

    dossier: Dossier
    evidence: tuple[FieldEvidence, ...]
    refers_to: str
    notices: tuple[Notice, ...] = ()
    stated_pieces: Found | None = None

    @property
    def doubtful_fields(self) -> tuple[str, ...]:
        """Names of the doubtful fields that a person has to look at before the dossier goes on.

        When all of them are amounts that both engines read and that do not add up, the dossier is
        read as well as it can be: validation finds the wrong sum, and one person settles it all.
        """
        doubtful = [
            one
            for one in self.evidence
            if one.is_doubtful
            and one.field.rpartition(".")[2] not in UNDECIDING
            and not one.field.startswith(_KEPT)
        ]
        if self._is_wrong_sum and all(one.source == Source.NOT_CLOSED for one in doubtful):
            return ()
        return tuple(one.field for one in doubtful)

    @property
    def _is_wrong_sum(self) -> bool:
        return sum(line.amount_minor for line in self.dossier.lines) != self.dossier.total_minor


@dataclass(frozen=True, slots=True)
class NoSheet:
    """No page of the dossier is a known form."""


def read_paper(
    pages: Sequence[PageText],
    head: DossierHead,
    templates: Mapping[str, Template],
    vocabulary: Vocabulary,
    belief: Belief | None = None,
) -> PaperReading | NoSheet:
    """Return the dossier that the pages make, or that there is no known form among them.

    Without a ``belief`` the shipped calibration judges the fields, and no register is asked.
    """
    forms = [page for page in pages if page.form_id in templates]
    if not forms:
        return NoSheet()
    sheets = _sheets(forms, templates)
    sheet = read_sheet(sheets[0], templates[sheets[0].form_id])
    care_kind = sheet.fields.get("care_kind")
    care = CareKind(care_kind.value if care_kind else CareKind.AMBULATORY)
    documents = _documents(pages, templates, care, vocabulary)
    currency = sheet.template.currency or head.currency
    bills = _bills(documents, vocabulary, head.receipt_date, currency)
    lines = lines_of(sheet, bills, vocabulary)
    found = _fields(sheet, documents, lines, vocabulary)
    with_stay(found, bills.stays)
    for page in forms:
        if page not in sheets:
            found = _with_form(found, read_sheet(page, templates[page.form_id]))
    belief = (belief or Belief()).of_pages(pages)
    found = belief.weigh_sheet(found)
    lines = replace(lines, lines=tuple(_weighed(read, belief) for read in lines.lines))
    paid, paid_codes = judge_paid_parts(sheet, lines.total.judged)
    found |= {f"{FORM_FIELDS}{name}": one for name, one in paid.items()} | dict(lines.kept)
    head, scheme_notices = _in_scheme(head, sheet.template, found.pop("scheme", None))
    pieces = _pieces(documents, [templates[page.form_id] for page in forms], pages)
    dossier = _dossier(head, found, pieces, lines, care)
    notices = (
        *_sheet_notices(sheets, forms, documents),
        *_currency_notices(sheet, documents, vocabulary, currency),
        *_box_notices(sheet),
        *map(Notice, paid_codes),
        *scheme_notices,
    )
    stated = sheet.zones.get(STATED_ZONE)
    return PaperReading(dossier, _evidence(found, lines), found[REFERS_TO].value, notices, stated)


def _with_form(found: Mapping[str, Found], beside: Sheet) -> dict[str, Found]:
    """The fields, with those that only a form beside the sheet says."""
    filled = {name: one for name, one in found.items() if one.value or name not in beside.fields}
    return {**beside.fields, **filled}


def _sheets(forms: Sequence[PageText], templates: Mapping[str, Template]) -> list[PageText]:
    """The care sheets; a dossier without any is made by the first form in it."""
    sheets = [page for page in forms if templates[page.form_id].piece is PieceKind.CARE_SHEET]
    return sheets or list(forms[:1])


def _sheet_notices(
    sheets: Sequence[PageText],
    forms: Sequence[PageText],
    documents: Sequence[Sequence[Document]],
) -> list[Notice]:
    """One sheet is one person and one event: a second one may be another person's dossier.

    So may a page that calls itself a care sheet, bears amounts and is no form that is known.
    """
    repeated = max(Counter(page.form_id for page in forms).values())
    unknown = sum(
        pages[0].kind is PieceKind.CARE_SHEET and has_amounts(pages) for pages in documents
    )
    count = max(len(sheets), repeated) + unknown
    return [Notice("PLUSIEURS_FEUILLES", {"count": str(count)})] if count > 1 else []


def _currency_notices(
    sheet: Sheet, documents: Sequence[Sequence[Document]], vocabulary: Vocabulary, own: str
) -> list[Notice]:
    bills = [pages for pages in documents if pages[0].kind in _BILL_KINDS]
    named = [other_currency(pages, own, vocabulary) for pages in bills]
    found = dict.fromkeys((sheet_currency(sheet, own, vocabulary), *named))
    return [Notice("AUTRE_MONNAIE", {"found": one, "own": own}) for one in found if one]


def _box_notices(sheet: Sheet) -> list[Notice]:
    return [
        Notice(box.finding)
        for box in sheet.template.checkboxes
        if box.finding and box.name in sheet.ticked
    ]


def _in_scheme(
    head: DossierHead, template: Template, ticked: Found | None
) -> tuple[DossierHead, list[Notice]]:
    """The head under the scheme the form belongs to, and what is uncertain about it.

    A form of one scheme decides; of several, what is ticked or written on it, else the one intake
    gave. What is written and cannot be read is never replaced by what intake gave. What a person
    chose at the desk stands against all of them.
    """
    if head.is_scheme_chosen:
        return head, []
    schemes = template.schemes
    is_unread = False
    if ticked is not None and ticked.value in schemes and not ticked.is_doubtful:
        schemes = (ticked.value,)
    else:
        is_unread = any(zone.field == "scheme" for zone in template.zones)
    if not schemes or (head.scheme in schemes and not is_unread):
        return head, []
    notices = []
    if len(schemes) > 1:
        notices = [Notice("REGIME_INCERTAIN", {"given": head.scheme, "taken": schemes[0]})]
    return replace(head, scheme=schemes[0], currency=template.currency), notices


def _weighed(read: ReadLine, belief: Belief) -> ReadLine:
    found = belief.weigh_line(read.found)
    # The list of drugs may have decided which of two readings is the code.
    line = replace(read.line, ean=found["ean"].value) if "ean" in found else read.line
    return replace(read, line=line, found=found)


def _documents(
    pages: Sequence[PageText],
    templates: Mapping[str, Template],
    care: CareKind,
    vocabulary: Vocabulary,
) -> list[list[Document]]:
    """The documents beside the sheet, each with its pages in order."""
    groups: list[list[Document]] = []
    for page in pages:
        if page.form_id in templates:
            continue
        document = document_of(page, vocabulary)
        document = replace(document, kind=bill_kind(document.kind, care, vocabulary))
        if document.is_next and groups and groups[-1][0].kind is document.kind:
            groups[-1].append(document)
        else:
            groups.append([document])
    return groups


def _bills(
    documents: Sequence[Sequence[Document]],
    vocabulary: Vocabulary,
    latest: dt.date,
    currency: str,
) -> Bills:
    """The bills that list lines of their own; Arabic ones, copies and other currencies are none."""
    invoices: list[DatedInvoice] = []
    analyses: list[AnalysesBill] = []
    stays: list[HospitalBill] = []
    known: list[BillKey] = []
    for pages in documents:
        kind = pages[0].kind
        if kind not in _ITEMISED or any(is_arabic(document.page) for document in pages):
            continue
        body = read_body(pages, vocabulary)
        key = key_of(read_head(pages, vocabulary, latest), body)
        is_copy = any(key.is_copy_of(other) for other in known)
        if not body.items or is_copy or other_currency(pages, currency, vocabulary):
            continue
        known.append(key)
        if kind is PieceKind.PHARMACY_INVOICE:
            invoices.append(DatedInvoice(key.date, read_invoice(pages, body), days_on(pages)))
        elif kind is PieceKind.LAB_BILL:
            analyses.append(read_analyses(body))
        else:
            stays.append(read_hospital(pages, body, vocabulary))
    return Bills(tuple(invoices), tuple(analyses), tuple(stays))


def _fields(
    sheet: Sheet,
    documents: Sequence[Sequence[Document]],
    lines: ReadLines,
    vocabulary: Vocabulary,
) -> dict[str, Found]:
    found = completed(sheet.fields, sheet.template)
    refers_to = found.pop("public_number", None)
    found[REFERS_TO] = refers_to or missing(sheet.page_no, chance=P_EMPTY, is_doubtful=False)
    found["total_minor"] = lines.total
    prescriptions = [pages for pages in documents if pages[0].kind is PieceKind.PRESCRIPTION]
    if prescriptions:
        found["prescription_date"] = _dated(read_date(prescriptions[0]))
    bills = [pages for pages in documents if pages[0].kind in _BILL_KINDS]
    unnamed = [pages for pages in documents if pages[0].kind is PieceKind.OTHER]
    if unnamed and not prescriptions and any(pages[0].kind in _PRESCRIBED for pages in bills):
        # A page that nobody could name may be it: a person looks before it is asked for.
        page_no = unnamed[0][0].page.page_no
        found["prescription_date"] = missing(page_no, chance=P_DOUBTFUL, is_doubtful=True)
    if bills:
        bill: BillHead = read_head(bills[0], vocabulary)
        found["invoice_number"], found["invoice_ice"] = bill.number, bill.ice
    if "ald_box_with_code" in sheet.template.cross_checks:
        found["ald_code"] = _with_box(found["ald_code"], is_ticked="ald" in sheet.ticked)
    return found


def _dated(date: Found) -> Found:
    """The date of a prescription, which has one: nothing read is a doubt."""
    if date.value:
        return date
    return date.judged_as(Judged("", P_DOUBTFUL, True, Source.DOUBTFUL))


def _with_box(code: Found, *, is_ticked: bool) -> Found:
    """The code and its box say the same, or a person looks."""
    if bool(code.value) == is_ticked:
        return code
    return code.judged_as(Judged(code.value, P_DOUBTFUL, True, Source.DOUBTFUL))


def _pieces(
    documents: Sequence[Sequence[Document]],
    forms: Sequence[Template],
    pages: Sequence[PageText],
) -> tuple[Piece, ...]:
    counts = dict(Counter(template.piece for template in forms))
    for group in documents:
        counts[group[0].kind] = counts.get(group[0].kind, 0) + 1
    stickers = sum(is_ean(code.text) for page in pages for code in page.barcodes)
    if stickers:
        counts[PieceKind.DRUG_BARCODES] = 1
    return tuple(Piece(kind, count) for kind, count in counts.items())


def pieces_of(
    pages: Sequence[PageText], templates: Mapping[str, Template], vocabulary: Vocabulary
) -> tuple[Piece, ...]:
    """Return which documents the pages are, where no sheet says what the care was."""
    documents = _documents(pages, templates, CareKind.AMBULATORY, vocabulary)
    pieces = _pieces(documents, (), pages)
    return tuple(piece for piece in pieces if piece.count > 0)


def _dossier(
    head: DossierHead,
    found: Mapping[str, Found],
    pieces: tuple[Piece, ...],
    lines: ReadLines,
    care: CareKind,
) -> Dossier:
    insured_number = _text(found, "insured_number")
    relation = Relation(_text(found, "relation") or Relation.SELF)
    return Dossier(
        dossier_id=head.dossier_id,
        version=head.version,
        public_number=head.public_number,
        scheme=head.scheme,
        currency=head.currency,
        channel=head.channel,
        agency=_text(found, "agency") or head.agency,
        region=head.region,
        care_kind=care,
        request_kind=RequestKind(_text(found, "request_kind") or RequestKind.REIMBURSEMENT),
        insured_number=insured_number,
        insured_cin=_text(found, "insured_cin"),
        insured_name=_text(found, "insured_name"),
        relation=relation,
        # The sheet has no number for a dependant: the register finds the person by name and birth.
        beneficiary_number=_text(found, "beneficiary_number")
        or (insured_number if relation is Relation.SELF else ""),
        beneficiary_name=_text(found, "beneficiary_name"),
        beneficiary_birth_date=_date(found, "beneficiary_birth_date"),
        beneficiary_cin=_text(found, "beneficiary_cin"),
        beneficiary_sex=_text(found, "beneficiary_sex"),
        prescriber_inpe=_text(found, "prescriber_inpe"),
        provider_inpe=_text(found, "provider_inpe"),
        deposit_date=_date(found, "deposit_date") or head.deposit_date,
        receipt_date=head.receipt_date,
        scan_date=head.scan_date,
        prescription_date=_date(found, "prescription_date"),
        is_continuous_care=_text(found, "is_continuous_care").lower() == "true",
        agreement_number=_text(found, "agreement_number"),
        ald_code=_text(found, "ald_code"),
        diagnosis=_text(found, "diagnosis"),
        invoice_number=_text(found, "invoice_number"),
        invoice_ice=_text(found, "invoice_ice"),
        stay=_stay(found),
        pieces=pieces,
        lines=tuple(read.line for read in lines.lines),
        total_minor=int(lines.total.value or 0),
        facts=facts_of(found),
    )


def _stay(found: Mapping[str, Found]) -> Stay | None:
    admission, discharge = _date(found, "stay.admission_date"), _date(found, "stay.discharge_date")
    if admission is None or discharge is None:
        return None
    return Stay(admission, discharge, _text(found, "provider_inpe"))


def _text(found: Mapping[str, Found], field: str) -> str:
    """A field's value; a doubtful one of no weight is left empty rather than wrong."""
    if field not in found or (found[field].is_doubtful and field in UNDECIDING):
        return ""
    return found[field].value


def _date(found: Mapping[str, Found], field: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(_text(found, field))
    except ValueError:
        return None


def _evidence(found: Mapping[str, Found], lines: ReadLines) -> tuple[FieldEvidence, ...]:
    evidence = [one.evidence(field) for field, one in found.items()]
    for read in lines.lines:
        evidence += _line_evidence(read)
    if not lines.lines:
        nothing = missing(lines.total.page_no, chance=P_DOUBTFUL, is_doubtful=True)
        evidence.append(nothing.evidence("lines"))
    return tuple(evidence)


def _line_evidence(read: ReadLine) -> list[FieldEvidence]:
    number = read.line.line_no
    return [
        one.evidence(f"lines[{number}].{field}")
        for field, one in read.found.items()
        if one.value or one.is_doubtful or one.judged.source is not Source.EMPTY
    ]
