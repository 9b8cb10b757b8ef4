"""What a received file is, told from its bytes alone; names given by senders say nothing."""

import re
from dataclasses import dataclass
from enum import StrEnum

from tasks.intake.result import Refused

#: A PDF reader accepts the header within this many bytes (ISO 32000-1, annex H, note 13).
PDF_HEADER_WITHIN = 1_024
#: How much of a file is looked at to tell text from JSON lines, in bytes.
HEAD_BYTES = 65_536
#: Longest text that may be a JSON value without brackets, in bytes; longer ones are prose.
SCALAR_BYTES_MAX = 4_096


class Kind(StrEnum):
    """What can be read further."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    TIFF = "image/tiff"
    JSON = "application/json"
    JSON_LINES = "application/jsonl"


@dataclass(frozen=True, slots=True)
class Sniffed:
    """A file of a kind that can be read."""

    kind: Kind


_READABLE: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF-", Kind.PDF),
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG", Kind.PNG),
    # A PNG that lost its first byte in a text-mode transfer; its reader says that it is damaged.
    (b"PNG\r\n", Kind.PNG),
    (b"II*\x00", Kind.TIFF),
    (b"MM\x00*", Kind.TIFF),
    (b"II+\x00", Kind.TIFF),
    (b"MM\x00+", Kind.TIFF),
)

#: Images that offices do not scan to, and whose decoders are where the bombs and overruns are.
_OTHER_IMAGES: tuple[tuple[bytes, str], ...] = (
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"8BPS", "PSD"),
    (b"\x00\x00\x01\x00", "ICO"),
    (b"\x00\x00\x02\x00", "CUR"),
    (b"icns", "ICNS"),
    (b"DDS ", "DDS"),
    (b"BLP", "BLP"),
    (b"\x01\xda", "SGI"),
    (b"\x00\x00\x00\x0cjP", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"SIMPLE  =", "FITS"),
    (b"DanM", "MSP"),
    (b"LinS", "MSP"),
    (b"%!PS", "EPS"),
    (b"\xc5\xd0\xd3\xc6", "EPS"),
    (b"GIMP Palette", "GIMP"),
)
_ARCHIVES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "ZIP"),
    (b"PK\x05\x06", "ZIP"),
    (b"\x1f\x8b", "GZIP"),
    (b"7z\xbc\xaf", "7Z"),
    (b"Rar!", "RAR"),
    (b"BZh", "BZIP2"),
    (b"\xfd7zXZ", "XZ"),
    (b"\xd0\xcf\x11\xe0", "OLE"),
)

_NETPBM = re.compile(rb"P[1-7][\s\d]")
_FLI = re.compile(rb"....[\x11\x12]\xaf", re.DOTALL)
_PDF_PARTS = re.compile(rb"%PDF|\d+ \d+ obj\b|\bendobj\b|\bstartxref\b|\bxref\s+\d|%%EOF")
_JSON_SCALAR = re.compile(rb'\s*(?:"(?:[^"\\\x00-\x1f]|\\.)*+"|-?[0-9.eE+-]+|true|false|null)\s*')
_FORMULA = re.compile(r"^[\"']?[=+\-@][^\s\n][^\n]*[(|!]", re.MULTILINE)
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def sniff(data: bytes) -> Sniffed | Refused:
    """Return the kind of a file that can be read, or the refusal that names what it is instead."""
    if not data:
        return Refused("IN_EMPTY")
    for magic, kind in _READABLE:
        if data.startswith(magic):
            return Sniffed(kind)
    refusal = _other_format(data)
    if refusal is not None:
        return refusal
    text = _as_text(data[:HEAD_BYTES])
    if text is not None and text.lstrip()[:1] in {"{", "["}:
        return Sniffed(Kind.JSON_LINES if _is_json_lines(data[:HEAD_BYTES]) else Kind.JSON)
    if _is_pdf(data):
        return Sniffed(Kind.PDF)
    if len(data) <= SCALAR_BYTES_MAX and _JSON_SCALAR.fullmatch(data):
        return Sniffed(Kind.JSON)
    return _not_readable(data, text)


def _other_format(data: bytes) -> Refused | None:
    for magic, name in _OTHER_IMAGES:
        if data.startswith(magic):
            return Refused("IN_IMAGE_FORMAT", {"format": name})
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return Refused("IN_IMAGE_FORMAT", {"format": "WEBP"})
    if data[4:8] == b"ftyp":
        return Refused("IN_IMAGE_FORMAT", {"format": "HEIF"})
    if _NETPBM.match(data):
        return Refused("IN_IMAGE_FORMAT", {"format": "NETPBM"})
    if _FLI.match(data):
        return Refused("IN_IMAGE_FORMAT", {"format": "FLI"})
    for magic, name in _ARCHIVES:
        if data.startswith(magic):
            return Refused("IN_TYPE_ARCHIVE", {"format": name})
    return None


def _is_pdf(data: bytes) -> bool:
    """A PDF with rubbish before its header, or the remains of one without."""
    return b"%PDF-" in data[:PDF_HEADER_WITHIN] or bool(_PDF_PARTS.search(data))


def _as_text(head: bytes) -> str | None:
    """The beginning of a text file, or None when it holds bytes that no text holds."""
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return head[len(bom) :].decode(encoding, errors="replace")
    if head[:1] == b"\x00" and head[1:2] in b"{[<":
        return head.decode("utf-16-be", errors="replace")
    if head[1:2] == b"\x00" and head[:1] in b"{[<":
        return head.decode("utf-16-le", errors="replace")
    stripped = head.lstrip(b" \t\r\n")
    if stripped[:1] in {b"{", b"["}:
        return head.decode("utf-8", errors="replace")
    if b"\x00" in head:
        return None
    # Latin-1 text with accents is text too: only control characters make a file binary.
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head[:1_000])
    return head.decode("utf-8", errors="replace") if controls == 0 else None


def _is_json_lines(head: bytes) -> bool:
    """Two objects, each beginning a line of its own; an indented JSON document never has them."""
    lines = [line.strip() for line in head.split(b"\n") if line.strip()][:3]
    if len(lines) < 2 or not (lines[0].startswith(b"{") and lines[1].startswith(b"{")):
        return False
    if lines[0].endswith(b"}"):
        return True
    return len(lines) == 3 and lines[1].endswith(b"}") and lines[2].startswith(b"{")


def _not_readable(data: bytes, text: str | None) -> Refused:
    if text is None:
        if data.rstrip(b"\x00").endswith(b"TRUEVISION-XFILE."):
            return Refused("IN_IMAGE_FORMAT", {"format": "TGA"})
        return Refused("IN_TYPE_UNKNOWN")
    if not text.strip():
        return Refused("IN_TYPE_BLANK")
    if text.lstrip().startswith("<"):
        return _markup(text)
    if _FORMULA.search(text):
        return Refused("IN_TYPE_FORMULA")
    return Refused("IN_TYPE_TEXT")


def _markup(text: str) -> Refused:
    """XML is never parsed here: what it declares is told from its text."""
    if "<!ENTITY" in text:
        return Refused("IN_XML_ENTITY")
    if text.lstrip()[:14].lower() == "<!doctype html":
        return Refused("IN_TYPE_TEXT")
    if "<!DOCTYPE" in text:
        return Refused("IN_XML_DOCTYPE")
    if "http://www.w3.org/1999/XSL/Transform" in text:
        return Refused("IN_XML_PROGRAM")
    return Refused("IN_XML")
