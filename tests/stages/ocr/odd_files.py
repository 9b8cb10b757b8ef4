"""Files in odd shape, made small: each is something that a scanner or a telephone really leaves."""

import io

import numpy as np
import pypdfium2
from PIL import Image, ImageDraw

DARK, PAPER = 40, 230


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format=kind, **options)
    return out.getvalue()


def sheet(size: tuple[int, int] = (300, 400)) -> Image.Image:
    """Grey paper with a dark bar across the upper left."""
    image = Image.new("L", size, PAPER)
    ImageDraw.Draw(image).rectangle((30, 40, 150, 80), fill=DARK)
    return image


def deep(factor: float, kind: type[np.generic]) -> Image.Image:
    """The sheet with greys of another depth."""
    return Image.fromarray((np.asarray(sheet(), dtype=np.float64) * factor).astype(kind))


def transparent() -> Image.Image:
    """The bar alone, on nothing."""
    image = Image.new("RGBA", (300, 400), (0, 0, 0, 0))
    image.paste((DARK, DARK, DARK, 255), (30, 40, 150, 80))
    return image


def two_tone(**options: object) -> bytes:
    """The sheet in a palette of two colours, the paper's transparent where asked."""
    return saved(sheet().quantize(2), "PNG", **options)


def tiff_of(count: int, size: tuple[int, int] = (300, 400)) -> bytes:
    images = [sheet(size) for _ in range(count)]
    return saved(
        images[0], "TIFF", save_all=True, append_images=images[1:], compression="tiff_deflate"
    )


def with_broken_pixels(data: bytes, place: int) -> bytes:
    """A TIFF in which the pixels of one page are overwritten."""
    broken = bytearray(data)
    with Image.open(io.BytesIO(data)) as picture:
        picture.seek(place)
        for start, count in zip(picture.tag_v2[273], picture.tag_v2[279], strict=True):
            broken[start : start + count] = b"\xff" * count
    return bytes(broken)


def with_broken_directory(data: bytes, place: int) -> bytes:
    """A TIFF in which the directory of one page has lost its width (tag 256), little-endian."""
    with Image.open(io.BytesIO(data)) as picture:
        picture.seek(place)
        start = picture._frame_pos[place]
    broken = bytearray(data)
    entry = broken.index(b"\x00\x01", start)
    broken[entry : entry + 2] = b"\xf0\xff"
    return bytes(broken)


def turned_pdf(degrees: int) -> bytes:
    """A PDF whose page says that it is to be shown turned."""
    document = pypdfium2.PdfDocument(saved(sheet(), "PDF", resolution=200))
    document[0].set_rotation(degrees)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def locked_pdf() -> bytes:
    """A PDF that opens with a password alone."""
    key = "<" + "28" * 32 + ">"
    bodies = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
        f"<< /Filter /Standard /V 1 /R 2 /O {key} /U {key} /P -4 >>",
    ]
    text, starts = "%PDF-1.4\n", []
    for number, body in enumerate(bodies, start=1):
        starts.append(len(text))
        text += f"{number} 0 obj\n{body}\nendobj\n"
    place = len(text)
    rows = "".join(f"{start:010d} 00000 n \n" for start in starts)
    text += f"xref\n0 5\n0000000000 65535 f \n{rows}"
    trailer = "<< /Size 5 /Root 1 0 R /Encrypt 4 0 R /ID [<61> <61>] >>"
    return f"{text}trailer\n{trailer}\nstartxref\n{place}\n%%EOF\n".encode()
