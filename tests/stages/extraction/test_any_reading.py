"""Whatever two engines read, extraction answers: no exception, and no amount beyond the database.

One dossier that raises stops its whole lot, and the text of an exception may hold what was read.
"""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.reading import Box, PageText, Token, ZoneReading
from tasks.extraction.chunk import ExtractionContext, ExtractionInput, extract_chunk
from tasks.extraction.template import Template, read_templates
from tests.stages.extraction.test_invoice import page as free_page
from tests.stages.extraction.test_paper import FORMS_DIR, HEAD, sheet

TEMPLATES = read_templates(FORMS_DIR)
#: What engines read: digits of several scripts, signs, long numbers, days that are none.
TEXTS = st.one_of(
    st.text(alphabet="0123456789,.-/ €٣٨０８²½Ⅷ零壹万元角|()CKBx", max_size=18),
    st.sampled_from([
        "", "150,00", "-150,00", "9" * 40 + ",00", "1,5", "80", "02/11/2026", "31/02/2026",
        "00/00/0000", "29022026", "٠٢/١١/٢٠٢٦", "C", "PH", "K 50", "M", "F", "oui", "100000001",
        "6118000010050", "壹佰元整", "DIVERS", "\u202f", "\x00",
    ]),
)  # fmt: skip
LARGEST = 2**63 - 1
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def zones_of(template: Template) -> list[str]:
    cells = [
        f"{table.name}[{row}].{column.name}"
        for table in template.tables
        for row in range(1, min(table.rows, 3) + 1)
        for column in table.columns
    ]
    return [*(zone.name for zone in template.zones), *cells]


def numbers_of(*pages: PageText) -> list[int]:
    """Every whole number that extraction would write of a dossier with these pages."""
    output = extract_chunk([ExtractionInput(HEAD, pages=pages)], ExtractionContext(FORMS_DIR))
    assert len(output.tables["extracted_dossier"].rows) == 1
    rows = [row for one in output.tables.values() for row in one.rows]
    return [value for row in rows for value in row if isinstance(value, int)]


@FEW
@given(st.sampled_from(sorted(TEMPLATES)), st.data())
def test_any_two_readings_of_a_form_s_zones_are_answered(form_id: str, data: st.DataObject) -> None:
    template = TEMPLATES[form_id]
    box = Box(10, 20, 300, 40)
    readings = [
        ZoneReading(
            name, box,
            (Token(data.draw(TEXTS), box, 95.0, "tesseract"),
             Token(data.draw(TEXTS), box, 95.0, "rapidocr")),
        )
        for name in zones_of(template)
    ]  # fmt: skip
    ticked = data.draw(st.sets(st.sampled_from([box.name for box in template.checkboxes] or [""])))
    boxes = [
        ZoneReading(one.name, box, (), checked=one.name in ticked) for one in template.checkboxes
    ]
    page = replace(sheet(), form_id=form_id, zones=(*readings, *boxes))
    assert max(map(abs, numbers_of(page)), default=0) <= LARGEST


HEADS = ("PHARMACIE", "FACTURE D'ANALYSES", "FACTURE D'HOSPITALISATION", "ORDONNANCE", "FACTURE N°")


@FEW
@given(st.sampled_from(HEADS), st.lists(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5)))
def test_any_two_readings_of_a_bill_are_answered(
    head: str, rows: list[list[tuple[str, str]]]
) -> None:
    words = [Token(head, Box(0, 80, 400, 30), 95.0, "tesseract")]
    for number, row in enumerate(rows, start=3):
        for column, (first, second) in enumerate(row):
            box = Box(column * 250, number * 80, 200, 30)
            words.append(Token(first, box, 95.0, "tesseract"))
            words.append(Token(second, box, 95.0, "rapidocr"))
    words.append(Token("TOTAL", Box(0, 1_600, 200, 30), 95.0, "tesseract"))
    summary = {"lines[1].act": "PH", "lines[1].coefficient": ""}
    assert max(map(abs, numbers_of(sheet(summary), free_page(words)))) <= LARGEST
