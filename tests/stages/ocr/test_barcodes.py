"""Bar codes are found in their zones and on the page, and painted over before reading."""

import numpy as np
import zxingcpp

from models.reading import Box
from tasks.ocr.barcodes import read_page_barcodes, read_zone_barcodes, without_bars
from tasks.ocr.form import FormZone

EAN = "6118000010050"


def a_page() -> np.ndarray:
    page = np.full((600, 900), 255, dtype=np.uint8)
    code = zxingcpp.create_barcode(EAN, zxingcpp.BarcodeFormat.EAN13)
    bars = np.asarray(code.to_image(scale=1, add_quiet_zones=False))[0]
    wide = np.tile(np.repeat(bars, 3), (80, 1))
    page[200:280, 300 : 300 + wide.shape[1]] = wide
    page[320:340, 300:320] = 0
    return page


def test_a_bar_code_of_the_page_is_read_with_its_place():
    codes = read_page_barcodes(a_page())
    assert [code.text for code in codes] == [EAN]
    assert 190 <= codes[0].box.top <= 280


def test_a_bar_code_is_read_in_its_zone():
    zone = FormZone("ean", Box(280, 190, 340, 100), "barcode", "")
    assert [code.text for code in read_zone_barcodes(a_page(), (zone,))] == [EAN]


def test_a_zone_without_a_code_gives_none():
    zone = FormZone("ean", Box(0, 0, 200, 100), "barcode", "")
    assert read_zone_barcodes(a_page(), (zone,)) == ()


def test_bars_are_painted_over_and_what_stands_below_stays():
    page = a_page()
    painted = without_bars(page, read_page_barcodes(page))
    assert int(painted[200:280].min()) == 255
    assert int(painted[320:340, 300:320].max()) == 0
