import pytest

from tasks.intake.result import Refused
from tasks.intake.sniff import Kind, Sniffed, sniff


def code(data: bytes) -> str:
    refused = sniff(data)
    assert isinstance(refused, Refused), f"it was taken for {refused}"
    return refused.code


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n...", Kind.PDF),
        (b"rubbish before \x00\x01 the header %PDF-1.4\n", Kind.PDF),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", Kind.JPEG),
        (b"\x89PNG\r\n\x1a\n", Kind.PNG),
        (b"II*\x00\x08\x00\x00\x00", Kind.TIFF),
        (b"MM\x00*\x00\x00\x00\x08", Kind.TIFF),
        (b'{"public_number": "X"}', Kind.JSON),
        (b"\n\t [1, 2]", Kind.JSON),
        (b"42", Kind.JSON),
        (b'"text"', Kind.JSON),
        (b"\xff\xfe{\x00}\x00", Kind.JSON),
        (b'{"a": 1}\n{"a": 2}\n', Kind.JSON_LINES),
        (b'{"a": 1\n{"a": 2}\n{"a": 3}\n', Kind.JSON_LINES),
    ],
)
def test_the_kind_of_a_file_is_told_from_its_bytes(data: bytes, kind: Kind) -> None:
    assert sniff(data) == Sniffed(kind)


def test_an_indented_document_is_not_taken_for_json_lines() -> None:
    assert sniff(b'{\n  "lines": [\n    {"a": 1},\n    {"a": 2}\n  ]\n}\n') == Sniffed(Kind.JSON)
    assert sniff(b'{"lines": [\n{"a": 1}\n]}\n') == Sniffed(Kind.JSON)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "IN_EMPTY"),
        (b" \n\t ", "IN_TYPE_BLANK"),
        (b"Bonjour, voici mon dossier.", "IN_TYPE_TEXT"),
        ("Réf;Montant\n1;80,00\n".encode("latin-1"), "IN_TYPE_TEXT"),
        (b"nom;montant\n=HYPERLINK(A1)\n", "IN_TYPE_FORMULA"),
        (b'DDE ("cmd";"/C calc";"x")\n@SUM(1+9)*cmd|\' /C calc\'!A0\n', "IN_TYPE_FORMULA"),
        (b"PK\x03\x04....", "IN_TYPE_ARCHIVE"),
        (b"\x1f\x8b\x08\x00", "IN_TYPE_ARCHIVE"),
        (b"\x00\x01\x02\x03\x04", "IN_TYPE_UNKNOWN"),
        (b"GIF89a....", "IN_IMAGE_FORMAT"),
        (b"BM\x00\x00", "IN_IMAGE_FORMAT"),
        (b"8BPS\x00\x01", "IN_IMAGE_FORMAT"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "IN_IMAGE_FORMAT"),
        (b"\x00\x00\x01\x00\x01\x00", "IN_IMAGE_FORMAT"),
        (b"\x00\x10\x00\x00\x11\xaf\x01\x00", "IN_IMAGE_FORMAT"),
        (b"\x00\x00\x00\x18ftypheic", "IN_IMAGE_FORMAT"),
        (b"P6 10 10 255\n", "IN_IMAGE_FORMAT"),
        (b"<?xml version='1.0'?><a/>", "IN_XML"),
        ("<?xml version='1.0'?><a/>".encode("utf-16"), "IN_XML"),
        (b"<?xml version='1.0'?><!DOCTYPE a SYSTEM 'http://x/'><a/>", "IN_XML_DOCTYPE"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "IN_XML_ENTITY"),
        (b"<x xmlns='http://www.w3.org/1999/XSL/Transform'/>", "IN_XML_PROGRAM"),
        (b"<!doctype html><p>x", "IN_TYPE_TEXT"),
    ],
)
def test_what_cannot_be_read_is_named(data: bytes, expected: str) -> None:
    assert code(data) == expected


def test_a_refused_image_says_which_format_it_is() -> None:
    assert sniff(b"GIF89a") == Refused("IN_IMAGE_FORMAT", {"format": "GIF"})
