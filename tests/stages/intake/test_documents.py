"""Sound and damaged pages, made here; the hostile collection has a test of its own."""

import io

import pypdfium2 as pdfium
import pytest
from PIL import Image

from tasks.intake.decode import decode, reader_of
from tasks.intake.document import Document
from tasks.intake.limits import Limits, ReadingContext
from tasks.intake.readers import all_readers
from tasks.intake.result import Pages, Reading, Refused
from tasks.intake.sniff import Kind

CONTEXT = ReadingContext(Limits(pages=3, page_pixels=4_000_000), {})


def an_image(form: str, *, size: tuple[int, int] = (60, 40), pages: int = 1) -> bytes:
    image = Image.linear_gradient("L").resize(size)
    stream = io.BytesIO()
    more = {"save_all": True, "append_images": [image] * (pages - 1)} if pages > 1 else {}
    image.save(stream, format=form, **more)
    return stream.getvalue()


def a_pdf(*, pages: int = 1, width: float = 200, height: float = 300) -> bytes:
    pdf = pdfium.PdfDocument.new()
    for _page in range(pages):
        pdf.new_page(width, height).close()
    stream = io.BytesIO()
    pdf.save(stream)
    pdf.close()
    return stream.getvalue()


def read(data: bytes) -> Reading:
    return decode(data, CONTEXT)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
def test_a_sound_image_is_one_page(form: str) -> None:
    assert read(an_image(form)) == Pages(f"image/{form.lower()}", 1)


def test_a_tiff_has_as_many_pages_as_frames() -> None:
    assert read(an_image("TIFF", pages=3)) == Pages("image/tiff", 3)


def test_a_tiff_of_too_many_frames_is_refused_before_all_are_decoded() -> None:
    assert read(an_image("TIFF", pages=9)) == Refused("IN_PAGES", {"count": ">3", "limit": "3"})


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
def test_an_image_cut_short_is_damaged(form: str) -> None:
    data = an_image(form, size=(300, 200))
    cut = data[: len(data) // 2]
    assert read(cut) == Refused("IN_IMAGE_DAMAGED", {"page": "1"})


def test_an_image_of_too_many_pixels_is_refused_undecoded() -> None:
    data = an_image("PNG", size=(3_000, 3_000))
    assert read(data) == Refused("IN_PIXELS", {"page": "1", "limit": "4000000"})


def test_a_later_frame_of_too_many_pixels_is_refused_too() -> None:
    stream = io.BytesIO()
    small = Image.new("1", (10, 10))
    small.save(stream, "TIFF", save_all=True, append_images=[Image.new("1", (3_000, 3_000))])
    assert read(stream.getvalue()) == Refused("IN_PIXELS", {"page": "2", "limit": "4000000"})


def test_a_sound_pdf_has_its_pages() -> None:
    assert read(a_pdf(pages=2)) == Pages("application/pdf", 2)


def test_a_pdf_of_too_many_pages_is_refused() -> None:
    assert read(a_pdf(pages=4)) == Refused("IN_PAGES", {"count": "4", "limit": "3"})


def test_a_pdf_page_too_large_to_draw_is_refused() -> None:
    assert read(a_pdf(width=5_000, height=5_000)) == Refused(
        "IN_PIXELS", {"page": "1", "limit": "4000000"}
    )


def test_a_pdf_without_its_body_is_damaged() -> None:
    assert read(b"%PDF-1.7\nnothing else") == Refused("IN_PDF_DAMAGED")


def test_a_pdf_without_pages_is_refused() -> None:
    assert read(a_pdf(pages=0)) in (Refused("IN_PDF_NO_PAGE"), Refused("IN_PDF_DAMAGED"))


def test_a_document_beyond_its_size_is_refused_unread() -> None:
    context = ReadingContext(Limits(document_bytes=100), {})
    assert decode(b"%PDF-" + b"x" * 200, context) == Refused(
        "IN_SIZE", {"bytes": "205", "limit": "100"}
    )


@pytest.mark.parametrize("kind", list(Kind))
def test_every_readable_kind_has_exactly_one_reader(kind: Kind) -> None:
    assert reader_of(Document(kind, b"", "{}", {})).name


def test_readers_are_found_in_the_order_of_their_files() -> None:
    names = [reader.name for reader in all_readers()]
    assert names == sorted(names) == ["fhir_r4", "image", "json_lines", "native_json", "pdf"]
