import numpy as np
import pytest
import zxingcpp

from infra.simulation.paper.fonts import font, typefaces
from infra.simulation.paper.pen import MM_PER_INCH, PAGE_DPI, WRITTEN
from infra.simulation.paper.render import SheetValues, render_blank, render_sheet
from infra.simulation.paper.sheet import sheet_values
from infra.simulation.paper.template import read_template
from models.errors import UsageError
from tests.stages.simulation_paper.papers import (
    CONSULTATION,
    PRESCRIBER,
    PROVIDER,
    SHEET,
    a_paper,
    a_pharmacy_paper,
)


def ink_of(values: SheetValues) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns, in millimetres, of the pixels that filling in has changed."""
    filled = np.asarray(render_sheet(SHEET, values), dtype=np.int16)
    blank = np.asarray(render_blank(SHEET, dpi=PAGE_DPI), dtype=np.int16)
    rows, columns = np.nonzero(np.abs(filled - blank) > 10)
    return rows * MM_PER_INCH / PAGE_DPI, columns * MM_PER_INCH / PAGE_DPI


def test_a_sheet_is_an_a4_page_at_200_dpi() -> None:
    assert render_sheet(SHEET, SheetValues()).size == (1654, 2339)


def test_the_bar_codes_of_a_sheet_say_the_inpe_numbers() -> None:
    values = sheet_values(a_paper(), read_template(SHEET))
    codes = zxingcpp.read_barcodes(render_sheet(SHEET, values))
    assert {(code.text, str(code.symbology)) for code in codes} == {
        (PRESCRIBER, "Code 128"),
        (PROVIDER, "Code 128"),
    }


@pytest.mark.parametrize("typeface", typefaces())
def test_the_same_values_give_the_same_pixels(typeface: str) -> None:
    values = sheet_values(a_pharmacy_paper(), read_template(SHEET))
    first = render_sheet(SHEET, values, typeface=typeface, seed=5)
    second = render_sheet(SHEET, values, typeface=typeface, seed=5)
    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize("name", [zone.name for zone in read_template(SHEET).zones])
def test_a_value_is_typed_inside_its_zone(name: str) -> None:
    zone = next(zone for zone in read_template(SHEET).zones if zone.name == name)
    text = "8" * (zone.length or 6)
    rows, columns = ink_of(SheetValues(zones={name: text}))
    left, top, width, height = zone.box_mm
    assert rows.size > 0
    assert rows.min() >= top - 0.2
    assert rows.max() <= top + height + 0.2
    assert columns.min() >= left - 0.2
    assert columns.max() <= left + width + 0.2


def test_a_long_name_is_set_smaller_so_that_it_fits() -> None:
    zone = next(z for z in read_template(SHEET).zones if z.name == "insured_name")
    _, columns = ink_of(SheetValues(zones={"insured_name": "BENABDELJALIL " * 4}))
    assert columns.max() <= zone.box_mm[0] + zone.box_mm[2]


def test_a_ticked_box_is_more_than_a_tenth_ink() -> None:
    box = next(b for b in read_template(SHEET).checkboxes if b.name == "prior_agreement")
    rows, _ = ink_of(SheetValues(checked=frozenset({"prior_agreement"})))
    area = (box.box_mm[2] * PAGE_DPI / MM_PER_INCH) ** 2
    assert rows.size > area / 10


def test_an_arabic_name_is_joined_and_set_from_the_right() -> None:
    name = "بناني"
    rows, columns = ink_of(SheetValues(zones={"insured_name": name}))
    joined = font("arabic", 11, PAGE_DPI).getlength(name, direction="rtl", language="ar")
    assert rows.size > 0
    assert (columns.max() - columns.min()) * PAGE_DPI / MM_PER_INCH <= joined + 4


def test_what_was_written_is_kept_with_the_page_and_not_with_the_blank_form() -> None:
    filled = render_sheet(SHEET, SheetValues(zones={"insured_name": "EXEMPLE AICHA"}))
    texts = [written.text for written in filled.info[WRITTEN]]
    blank = [written.text for written in render_blank(SHEET, dpi=PAGE_DPI).info[WRITTEN]]
    assert "EXEMPLE AICHA" in texts
    assert "EXEMPLE AICHA" not in blank


def test_more_acts_than_rows_are_refused() -> None:
    crowded = a_paper(lines=(CONSULTATION,) * 9)
    with pytest.raises(UsageError, match="9 acts do not fit"):
        sheet_values(crowded, read_template(SHEET))
