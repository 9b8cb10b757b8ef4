"""Pages of forms as if both engines had read every value of a case without a mistake."""

from pathlib import Path

from infra.simulation.paper.form_cases import FormCase, read_form_cases
from models.reading import Barcode, Box, PageText, Token, ZoneReading
from tasks.ocr.form import read_forms

FORMS_DIR = Path(__file__).parents[3] / "tasks" / "extraction" / "forms"
CASES = [
    case
    for folder in sorted(FORMS_DIR.iterdir())
    if (folder / "cases.yaml").is_file()
    for case in read_form_cases(folder)
]


def form_of(case: FormCase) -> str:
    """The id of the form a case is written on."""
    return case.template_path.parent.name


def case_id(case: FormCase) -> str:
    """A case's name in test reports."""
    return f"{form_of(case)}: {case.name}"


def page_of(case: FormCase, page_no: int = 1) -> PageText:
    """The page of a case, read perfectly, without any engine."""
    form = next(form for form in read_forms(FORMS_DIR) if form.form_id == form_of(case))
    texts = dict(case.values.zones)
    for table, rows in case.values.tables.items():
        for number, row in enumerate(rows, start=1):
            texts.update({f"{table}[{number}].{name}": cell for name, cell in row.items()})
    zones = [
        ZoneReading(zone.name, zone.box, _tokens(texts.get(zone.name, ""), zone.box))
        for zone in form.zones
    ]
    boxes = [
        ZoneReading(box.name, box.box, (), checked=box.name in case.values.checked)
        for box in form.checkboxes
    ]
    codes = [
        Barcode(case.values.barcodes[code.name], "Code128", code.box)
        for code in form.barcodes
        if code.name in case.values.barcodes
    ]
    return PageText(
        page_no=page_no,
        sha256="",
        width=form.width,
        height=form.height,
        dpi=200,
        form_id=form.form_id,
        inliers=300,
        skew_degrees=0.0,
        sharpness=300.0,
        is_text_layer=False,
        words=(),
        zones=(*zones, *boxes),
        barcodes=tuple(codes),
        quality_band="good",
    )


def _tokens(text: str, box: Box) -> tuple[Token, ...]:
    if not text:
        return ()
    return (Token(text, box, 90.0, "tesseract"), Token(text, box, 99.0, "rapidocr"))
