"""Put a paper dossier together: the sheet, then a page for each of its documents."""

import functools
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from infra.simulation.paper.bill import Bill, Layout, layouts_of, render_bill
from infra.simulation.paper.dossier import PaperDossier
from infra.simulation.paper.fonts import is_hand, typefaces
from infra.simulation.paper.pen import Pen, blank_page
from infra.simulation.paper.plain_pages import (
    Prescription,
    render_dental_chart,
    render_letter,
    render_prescription,
)
from infra.simulation.paper.render import render_sheet
from infra.simulation.paper.sheet import sheet_values
from infra.simulation.paper.template import read_template
from infra.simulation.paper.writing import date_text
from models.dossier import PieceKind
from models.electronic import ElectronicLine
from models.yaml_loader import safe_load

WORDING_FILE = Path(__file__).with_name("wording.yaml")

#: Documents that are bills, and so have layouts.
BILLS = frozenset(
    {
        PieceKind.PHARMACY_INVOICE,
        PieceKind.LAB_BILL,
        PieceKind.RADIOLOGY_BILL,
        PieceKind.HOSPITAL_INVOICE,
        PieceKind.FEE_NOTE,
    }
)
#: Share of the hand-written sheets that bear a stamp over print.
_STAMPED_SHARE = 0.5
#: The kind of a page on which nothing is printed.
EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Page:
    """One page: which document it belongs to, and its picture."""

    kind: str
    image: Image.Image


@dataclass(frozen=True, slots=True)
class Look:
    """How one dossier is written: typeface of the sheet, issuer's typeface and layout numbers."""

    sheet_typeface: str
    issuer_typeface: str
    layout_no: int
    town: str
    street: str
    seed: int


def look_of(
    paper: PaperDossier, *, seed: int, group: str = "typed", issuers: str = "typed"
) -> Look:
    """Return the look of a dossier; an issuer always sets its bills the same way.

    ``group`` is the group of typefaces of the sheet, ``issuers`` that of the bills.
    """
    rng = random.Random(f"{seed}/{paper.record.public_number}")
    issuer = random.Random(f"{seed}/{paper.identity.provider_inpe}")
    words = wording()
    return Look(
        sheet_typeface=rng.choice(typefaces(group)),
        issuer_typeface=issuer.choice(typefaces(issuers)),
        layout_no=issuer.randrange(1_000),
        town=issuer.choice(words["towns"]),
        street=issuer.choice(words["streets"]),
        seed=rng.randrange(2**31),
    )


def render_pages(paper: PaperDossier, template_path: Path, look: Look) -> list[Page]:
    """Return the pages of a dossier in order, undamaged.

    Raises:
        UsageError: when the acts do not fit on the sheet.
    """
    values = sheet_values(named(paper, look), read_template(template_path))
    sheet = render_sheet(template_path, values, typeface=look.sheet_typeface, seed=look.seed)
    if is_hand(look.sheet_typeface):
        _stamp_over(sheet, random.Random(f"{look.seed}/stamp"), paper)
    pages = [Page(PieceKind.CARE_SHEET.value, sheet)]
    for piece in paper.record.pieces:
        pages += [Page(piece.kind.value, image) for image in _document(paper, piece.kind, look)]
    return pages


def _stamp_over(sheet: Image.Image, rng: random.Random, paper: PaperDossier) -> None:
    """Stamp half of the sheets where no place for a stamp is: over print and writing."""
    if rng.random() < _STAMPED_SHARE:
        box = (rng.uniform(10, 150), rng.uniform(40, 260), 50.0, 18.0)
        Pen(sheet).stamp(("REÇU LE", date_text(paper.record.deposit_date)), box, rng)


def letter_page(paper: PaperDossier, look: Look) -> Page:
    """Return a letter in place of the sheet: a page of no known form."""
    lines = wording()["letter"]
    sender = paper.identity.insured_name
    return Page("letter", render_letter(lines, sender, typeface=look.sheet_typeface))


def empty_page() -> Page:
    """Return a page on which nothing is printed, as a sheet scanned from its back."""
    return Page(EMPTY, blank_page())


@functools.cache
def wording() -> dict[str, Any]:
    """Return the words of the free-layout documents."""
    words: dict[str, Any] = safe_load(WORDING_FILE.read_text(encoding="utf-8"))
    return words


def named(paper: PaperDossier, look: Look) -> PaperDossier:
    """Return the dossier with an invented issuer, doctor and IF where the caller named none."""
    words, identity = wording(), paper.identity
    issuers = words["issuers"][paper.record.kind_of_care.value]
    return paper.written(
        provider_name=identity.provider_name or issuers[look.layout_no % len(issuers)],
        prescriber_name=identity.prescriber_name or _doctor(identity.prescriber_inpe),
        provider_tax_id=identity.provider_tax_id or str(10_000_000 + look.layout_no * 7_919),
    )


def _doctor(inpe: str) -> str:
    doctors = wording()["doctors"]
    return str(doctors[sum(map(ord, inpe)) % len(doctors)])


def _document(paper: PaperDossier, kind: PieceKind, look: Look) -> list[Image.Image]:
    paper = named(paper, look)
    rng = random.Random(f"{look.seed}/{kind.value}")
    if kind in BILLS:
        return _bills(paper, kind, look, rng)
    if kind is PieceKind.PRESCRIPTION:
        return [_prescription(paper, look, rng)]
    if kind is PieceKind.DENTAL_CHART:
        teeth = [line.tooth for line in paper.record.lines]
        name = paper.identity.beneficiary_name
        return [render_dental_chart(name, teeth, typeface=look.issuer_typeface)]
    return []


def _bills(
    paper: PaperDossier, kind: PieceKind, look: Look, rng: random.Random
) -> list[Image.Image]:
    """One bill; for drugs one a day, because an invoice has one date."""
    layouts = layouts_of(kind.value)
    layout = layouts[look.layout_no % len(layouts)]
    groups = [list(paper.record.lines)]
    if kind is PieceKind.PHARMACY_INVOICE:
        groups = list(paper.lines_by_date(of_drugs=True).values())
    pages = []
    for lines in groups:
        bill = _bill_of(paper, lines, layout, look)
        dates = {place: date_text(line.date, layout.dates) for place, line in enumerate(lines)}
        pages += render_bill(bill, layout, typeface=look.issuer_typeface, dates=dates, rng=rng)
    return pages


def _bill_of(paper: PaperDossier, lines: list[ElectronicLine], layout: Layout, look: Look) -> Bill:
    record, identity, words = paper.record, paper.identity, wording()["unlabelled"]
    fallback = words["act"]
    if lines and lines[0].ean:
        fallback = words["drug"]
    elif lines and lines[0].letter == "B":
        fallback = words["analysis"]
    labelled = [
        line if line.label else line.model_copy(update={"label": f"{fallback} {number}"})
        for number, line in enumerate(lines, start=1)
    ]
    last = max((line.date for line in lines), default=record.deposit_date)
    return Bill(
        issuer=identity.provider_name,
        address=f"{look.street}, {look.town}",
        inpe=identity.provider_inpe,
        tax_id=identity.provider_tax_id if record.invoice_ice else "",
        ice=record.invoice_ice,
        number=record.invoice_number,
        date=date_text(last, layout.dates),
        patient=identity.beneficiary_name,
        lines=labelled,
        total_minor=sum(line.amount_minor for line in lines),
        has_bars=PieceKind.DRUG_BARCODES in paper.piece_kinds,
    )


def _prescription(paper: PaperDossier, look: Look, rng: random.Random) -> Image.Image:
    record, identity, words = paper.record, paper.identity, wording()
    is_drugs = any(line.ean for line in record.lines)
    items = [
        (line.label or f"{line.letter or line.code}", rng.choice(words["posologies"]))
        if is_drugs
        else (line.label or f"{line.letter or line.code}", "")
        for line in record.lines[:9]
    ]
    has_stickers = PieceKind.DRUG_BARCODES in paper.piece_kinds
    prescribed = paper.prescription_date
    prescription = Prescription(
        doctor=identity.prescriber_name,
        inpe=identity.prescriber_inpe,
        address=f"{words['streets'][0]}, {look.town}",
        town=look.town,
        date=date_text(prescribed) if prescribed else "",
        patient=identity.beneficiary_name,
        items=items,
        stickers=[line.ean for line in record.lines if line.ean] if has_stickers else [],
    )
    # Who fills the sheet in by hand writes the prescription by hand; bills are printed.
    by_hand = is_hand(look.sheet_typeface)
    typeface = look.sheet_typeface if by_hand else look.issuer_typeface
    return render_prescription(prescription, typeface=typeface, rng=rng)
