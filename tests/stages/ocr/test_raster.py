"""Files become pages: bounded, hashed by their pixels, damaged ones told."""

import io

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageFile

from tasks.ocr.raster import TOO_MANY, Limits, PageRange, raster_pages


def saved(image: Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, format=kind, **options)
    return out.getvalue()


def a_page(shade: int = 0, size: tuple[int, int] = (1_654, 2_339)) -> Image.Image:
    image = Image.new("L", size, 255)
    image.paste(shade, (100, 100, 400, 160))
    return image


def pages(data: bytes, media_type: str, limits: Limits | None = None):
    return list(raster_pages(data, media_type, limits or Limits()))


def test_every_page_of_a_tiff_is_read_in_order():
    data = saved(a_page(0), "TIFF", save_all=True, append_images=[a_page(90)])
    found = pages(data, "image/tiff")
    assert [int(page.image.min()) for page in found] == [0, 90]


@pytest.mark.parametrize(
    ("wanted", "shades"),
    [
        (PageRange(), [0, 30, 60, 90]),
        (PageRange(2, 3), [30, 60]),
        (PageRange(3), [60, 90]),
        (PageRange(4, 9), [90]),
        (PageRange(9, 9), []),
    ],
)
@pytest.mark.parametrize("kind", ["TIFF", "PDF"])
def test_a_dossier_s_own_pages_alone_are_read(kind: str, wanted: PageRange, shades: list[int]):
    images = [a_page(shade, (400, 560)) for shade in (0, 30, 60, 90)]
    data = saved(images[0], kind, save_all=True, append_images=images[1:])
    media_type = "application/pdf" if kind == "PDF" else "image/tiff"
    found = list(raster_pages(data, media_type, Limits(), wanted))
    assert [round(int(page.image.min()) / 30) * 30 for page in found] == shades


def test_a_range_has_no_more_pages_than_a_dossier_may():
    data = saved(a_page(), "TIFF", save_all=True, append_images=[a_page()] * 3)
    read = raster_pages(data, "image/tiff", Limits(pages_max=2), PageRange(2, 4))
    assert [page.problem for page in read] == ["", "", TOO_MANY]


def test_the_same_pixels_in_another_file_have_the_same_hash():
    image = a_page()
    tiff = pages(saved(image, "TIFF"), "image/tiff")
    png = pages(saved(image, "PNG"), "image/png")
    assert tiff[0].pixel_sha256 == png[0].pixel_sha256
    assert tiff[0].pixel_sha256 != pages(saved(a_page(9), "PNG"), "image/png")[0].pixel_sha256


def test_a_page_scanned_finer_than_needed_is_made_smaller():
    found = pages(saved(a_page(size=(2_480, 3_508)), "PNG", dpi=(300, 300)), "image/png")
    assert found[0].dpi == 200
    assert abs(found[0].image.shape[1] - 1_653) <= 2


def test_a_page_without_a_resolution_is_taken_for_a4():
    assert pages(saved(a_page(size=(827, 1_169)), "PNG"), "image/png")[0].dpi == 100


def test_transparent_paper_is_white():
    image = Image.new("RGBA", (500, 700), (0, 0, 0, 0))
    assert int(pages(saved(image, "PNG"), "image/png")[0].image.min()) == 255


def test_a_pdf_page_is_drawn_at_two_hundred_dots_an_inch():
    document = pypdfium2.PdfDocument.new()
    document.new_page(595, 842)
    out = io.BytesIO()
    document.save(out)
    found = pages(out.getvalue(), "application/pdf")
    assert found[0].image.shape == (2_339, 1_653)
    assert found[0].words == ()


@pytest.mark.parametrize("media_type", ["application/pdf", "image/png", "image/tiff"])
def test_a_damaged_file_leaves_one_page_that_says_so(media_type):
    found = pages(b"%PDF-1.4 nothing more", media_type)
    assert [bool(page.problem) for page in found] == [True]


@pytest.mark.parametrize("is_lenient", [False, True])
def test_a_file_cut_in_the_middle_leaves_a_page_that_says_so(monkeypatch, is_lenient):
    # WeasyPrint sets this for its whole process when it is imported.
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", is_lenient)
    noise = np.random.default_rng(1).integers(0, 255, (400, 300), dtype=np.uint8)
    data = saved(Image.fromarray(noise), "PNG")
    assert pages(data[: len(data) // 2], "image/png")[0].problem


def test_a_page_with_too_many_pixels_is_not_decoded():
    found = pages(saved(a_page(), "PNG"), "image/png", Limits(pixels_max=1_000_000))
    assert "too large" in found[0].problem


def test_no_more_pages_are_read_than_allowed():
    data = saved(a_page(), "TIFF", save_all=True, append_images=[a_page()] * 4)
    found = pages(data, "image/tiff", Limits(pages_max=2))
    assert [page.problem for page in found] == ["", "", TOO_MANY]
    assert len(pages(data, "image/tiff", Limits(pages_max=5))) == 5
