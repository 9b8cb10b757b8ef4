"""Writes an archived document as PDF/A-2b: pictures as kept, invisible text, highlights.

Pictures are taken over byte by byte. Fields are highlight annotations, so that a viewer shows name
and value when one points at them and can hide them. The same document gives the same bytes.
ISO 19005-2 is kept by construction: one embedded font, an sRGB output intent, XMP metadata, an
appearance for each annotation, nothing that runs or lies outside.
"""

import functools
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, Stream, String
from PIL import Image, ImageCms

from models.archive import ArchiveDocument, ArchiveMark, ArchivePage, ArchiveWord, Trust
from models.reading import Box
from tasks.archive_font import ADVANCE, FONT_NAME, UNITS, font_program, glyph_map, unicode_map

#: Points of PDF in an inch.
_POINTS = 72
#: Colours of the highlights: green, blue, amber; they are multiplied onto the page.
COLOURS: Mapping[Trust, tuple[float, float, float]] = {
    Trust.MACHINE: (0.66, 0.94, 0.66),
    Trust.PERSON: (0.62, 0.82, 1.0),
    Trust.DOUBTFUL: (1.0, 0.82, 0.40),
}
#: Who is shown as the author of a highlight.
_AUTHOR = "tasfiya"
#: The annotation is printed with the page (ISO 32000-1, table 165, bit 3).
_PRINTED = 4
#: Classes of Unicode's bidirectional algorithm with a direction; Arabic digits run like ours.
_DIRECTIONS = {"R": "R", "AL": "R", "L": "L", "EN": "L", "AN": "L"}
#: Nothing is compared at a finer grain than this; it keeps the bytes short.
_DIGITS = 2
#: Where the date of an ICC profile stands (ICC.1:2022, 7.2.8), and a date that never changes.
_ICC_DATE = slice(24, 36)
_ICC_FIXED_DATE = bytes.fromhex("07d0" + "0001" * 2 + "0000" * 3)
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<pdf:Producer>tasfiya</pdf:Producer>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


@dataclass(frozen=True, slots=True)
class _Shared:
    """What all pages of one file refer to."""

    font: pikepdf.Object
    looks: Mapping[Trust, pikepdf.Object]


def pdf_of(document: ArchiveDocument) -> bytes:
    """Return the document as the bytes of a PDF file."""
    pdf = Pdf.new()
    shared = _Shared(_font(pdf), _looks(pdf))
    for page in document.pages:
        _add_page(pdf, page, shared)
    _describe(pdf, document)
    target = io.BytesIO()
    pdf.save(
        target,
        min_version="1.7",
        deterministic_id=True,
        compress_streams=True,
        object_stream_mode=ObjectStreamMode.generate,
        fix_metadata_version=False,
    )
    return target.getvalue()


def _add_page(pdf: Pdf, page: ArchivePage, shared: _Shared) -> None:
    scale = _POINTS / max(1, page.dpi)
    width, height = page.width * scale, page.height * scale
    content = f"q {_n(width)} 0 0 {_n(height)} 0 0 cm /P Do Q\n" + _text(page.words, scale, height)
    resources = Dictionary(
        XObject=Dictionary(P=pdf.make_indirect(_picture(pdf, page))),
        Font=Dictionary(F=shared.font),
    )
    made = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, _number(width), _number(height)]),
        Resources=resources,
        Contents=pdf.make_indirect(Stream(pdf, content.encode("ascii"))),
    )
    if page.marks:
        made.Group = Dictionary(Type=Name.Group, S=Name.Transparency, CS=Name.DeviceRGB)
        made.Annots = Array(
            pdf.make_indirect(_annotation(mark, scale, height, shared)) for mark in page.marks
        )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(made)))


def _picture(pdf: Pdf, page: ArchivePage) -> Stream:
    """The picture of a page: a JPEG as it is, or the pixels of a drawn page."""
    if page.is_drawn:
        mode, (width, height) = "1", (page.width, page.height)
    else:
        with Image.open(io.BytesIO(page.picture), formats=("JPEG",)) as image:
            mode, (width, height) = image.mode, image.size
    stream = Stream(pdf, page.picture)
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.Width, stream.Height = width, height
    stream.ColorSpace = Name.DeviceRGB if mode == "RGB" else Name.DeviceGray
    stream.BitsPerComponent = 1 if page.is_drawn else 8
    if not page.is_drawn:
        stream.Filter = Name.DCTDecode
    return stream


def _text(words: Sequence[ArchiveWord], scale: float, height: float) -> str:
    lines = ["BT 3 Tr"]
    lines += [line for word in words for line in _word(word, scale, height)]
    return "\n".join([*lines, "ET"])


def _word(word: ArchiveWord, scale: float, height: float) -> list[str]:
    """A text stretched over its box; signs beyond two bytes of Unicode are left out."""
    text = "".join(sign for sign in word.text if " " <= sign < "\ufffe" and sign.isprintable())
    box = word.box
    if not text.strip() or box.width <= 0 or box.height <= 0:
        return []
    size = box.height * scale
    stretch = 100 * box.width * scale / (len(text) * size * ADVANCE / UNITS)
    left, bottom = box.left * scale, height - (box.top + box.height) * scale
    codes = visual(text).encode("utf-16-be").hex().upper()
    return [
        f"/F {_n(size)} Tf {_n(stretch)} Tz",
        f"1 0 0 1 {_n(left)} {_n(bottom)} Tm <{codes}> Tj",
    ]


def visual(text: str) -> str:
    """A text in the order in which its signs stand from left to right, as PDF keeps it.

    Viewers turn Arabic back when they search and copy. Runs are told apart by the direction of
    their letters alone; numbers keep their order.
    """
    kinds = [_DIRECTIONS.get(unicodedata.bidirectional(sign), "") for sign in text]
    if "R" not in kinds:
        return text
    base = next(kind for kind in kinds if kind)
    runs: list[tuple[str, str]] = []
    for place, (sign, kind) in enumerate(zip(text, kinds, strict=True)):
        # A blank belongs to its neighbours where they agree, else to the whole text.
        after = next((later for later in kinds[place:] if later), base)
        before = runs[-1][0] if runs else base
        own = kind or (before if before == after else base)
        if runs and own == before:
            runs[-1] = (own, runs[-1][1] + sign)
        else:
            runs.append((own, sign))
    turned = [run[::-1] if kind == "R" else run for kind, run in runs]
    return "".join(turned if base == "L" else reversed(turned))


def _annotation(mark: ArchiveMark, scale: float, height: float, shared: _Shared) -> Dictionary:
    left, bottom, right, top = _corners(mark.box, scale, height)
    return Dictionary(
        Type=Name.Annot,
        Subtype=Name.Highlight,
        Rect=Array([left, bottom, right, top]),
        QuadPoints=Array([left, top, right, top, left, bottom, right, bottom]),
        C=Array([_number(part) for part in COLOURS[mark.trust]]),
        F=_PRINTED,
        T=String(f"{_AUTHOR} · {mark.trust.value}"),
        Subj=String(mark.field),
        Contents=String(mark.note),
        AP=Dictionary(N=shared.looks[mark.trust]),
    )


def _corners(box: Box, scale: float, height: float) -> tuple[float, float, float, float]:
    left, right = box.left * scale, (box.left + box.width) * scale
    bottom, top = height - (box.top + box.height) * scale, height - box.top * scale
    return _number(left), _number(bottom), _number(right), _number(top)


def _looks(pdf: Pdf) -> Mapping[Trust, pikepdf.Object]:
    """What a highlight of each colour looks like: a unit square that viewers bring to its place."""
    looks = {}
    for trust, colour in COLOURS.items():
        parts = " ".join(_n(part) for part in colour)
        look = Stream(pdf, f"/M gs {parts} rg 0 0 1 1 re f".encode("ascii"))
        look.Type, look.Subtype = Name.XObject, Name.Form
        look.BBox = Array([0, 0, 1, 1])
        look.Group = Dictionary(Type=Name.Group, S=Name.Transparency, CS=Name.DeviceRGB)
        state = Dictionary(Type=Name.ExtGState, BM=Name.Multiply)
        look.Resources = Dictionary(ExtGState=Dictionary(M=state))
        looks[trust] = pdf.make_indirect(look)
    return looks


def _font(pdf: Pdf) -> pikepdf.Object:
    name = Name("/" + FONT_NAME)
    program = Stream(pdf, font_program())
    program.Length1 = len(font_program())
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=name,
        Flags=5,  # fixed width, symbolic
        FontBBox=Array([0, 0, ADVANCE, UNITS]),
        ItalicAngle=0,
        Ascent=UNITS,
        Descent=0,
        CapHeight=UNITS,
        StemV=80,
        FontFile2=pdf.make_indirect(program),
    )
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=name,
        CIDSystemInfo=Dictionary(
            Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0
        ),
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=ADVANCE,
        CIDToGIDMap=pdf.make_indirect(Stream(pdf, glyph_map())),
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=name,
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(descendant)]),
            ToUnicode=pdf.make_indirect(Stream(pdf, unicode_map())),
        )
    )


def _describe(pdf: Pdf, document: ArchiveDocument) -> None:
    """Title, metadata and output intent; a conforming file says the same in both places."""
    xmp = _XMP.format(title=escape(document.title), subject=escape(document.subject))
    metadata = Stream(pdf, xmp.encode("utf-8"))
    metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
    profile = Stream(pdf, _srgb())
    profile.N = 3
    root = pdf.Root
    root.Metadata = pdf.make_indirect(metadata)
    root.Lang = String("fr")
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    root.OutputIntents = Array(
        [
            Dictionary(
                Type=Name.OutputIntent,
                S=Name.GTS_PDFA1,
                OutputConditionIdentifier=String("sRGB"),
                Info=String("sRGB IEC61966-2.1"),
                DestOutputProfile=pdf.make_indirect(profile),
            )
        ]
    )
    pdf.docinfo[Name.Title] = String(document.title)
    pdf.docinfo[Name.Subject] = String(document.subject)
    pdf.docinfo[Name.Producer] = String("tasfiya")


@functools.cache
def _srgb() -> bytes:
    """The colour profile sRGB, with a fixed date in place of the moment it was made."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    data[_ICC_DATE] = _ICC_FIXED_DATE
    return bytes(data)


def _number(value: float) -> float:
    return round(value, _DIGITS)


def _n(value: float) -> str:
    return f"{value:.{_DIGITS}f}".rstrip("0").rstrip(".")
