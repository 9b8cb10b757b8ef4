"""Every file of the hostile collection is answered, soon, with a code that names its cause."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from models.messages import read_codes
from tasks.intake.acknowledge import CODES_FILE
from tasks.intake.limits import Limits, ReadingContext
from tasks.intake.result import Pages, Reading, Records, Refused
from tasks.intake.sandbox import DecoderPool

HOSTILE = Path(__file__).resolve().parents[4] / "shared" / "data" / "hostile"
SECONDS_MAX = 20
SYNTAX = {
    "IN_JSON_SYNTAX",
    "IN_JSON_TRAILING",
    "IN_JSON_ENCODING",
    "IN_JSON_NUMBER",
    "IN_JSON_BOM",
    "IN_JSON_UTF16",
    "IN_JSON_SURROGATE",
    "IN_DEPTH",
    "IN_EMPTY",
    # Text that does not even begin like JSON, and control characters.
    "IN_TYPE_TEXT",
    "IN_TYPE_BLANK",
    "IN_TYPE_UNKNOWN",
    "IN_XML",
}
#: What a well-formed JSON text is refused for when it is no dossier: its content.
CONTENT = {"IN_SCHEMA", "IN_JSON_DUPLICATE_KEY", "IN_CONTROL_CHARACTER"}

pytestmark = pytest.mark.skipif(
    not HOSTILE.is_dir(), reason="the hostile collection is not beside the project"
)


@dataclass(frozen=True, slots=True)
class Answered:
    """The reading of one file, how long it took, and the code where it was refused."""

    reading: Reading
    seconds: float

    @property
    def code(self) -> str:
        """The refusal's code, or what was read."""
        if isinstance(self.reading, Refused):
            return self.reading.code
        return type(self.reading).__name__


@pytest.fixture(scope="module")
def answers() -> Mapping[str, Answered]:
    given: dict[str, Answered] = {}
    context = ReadingContext(Limits(), {"ma-amo-salaries": "MAD"})
    with DecoderPool(context, workers=1) as pool:
        for path in sorted(HOSTILE.rglob("*")):
            if path.is_file():
                started = time.monotonic()
                reading = pool.read(path)
                name = path.relative_to(HOSTILE).as_posix()
                given[name] = Answered(reading, time.monotonic() - started)
    return given


def codes_of(answers: Mapping[str, Answered], part: str) -> dict[str, str]:
    return {name: answered.code for name, answered in answers.items() if part in name}


def test_every_file_is_answered_in_time(answers: Mapping[str, Answered]) -> None:
    assert len(answers) > 700
    slow = {name: one.seconds for name, one in answers.items() if one.seconds > SECONDS_MAX}
    assert slow == {}


def test_no_decoder_crashed_or_ran_out_of_its_bounds(answers: Mapping[str, Answered]) -> None:
    broken = {"IN_DECODER", "IN_TIME", "IN_MEMORY"}
    assert {name: one.code for name, one in answers.items() if one.code in broken} == {}


def test_nothing_of_it_becomes_a_dossier(answers: Mapping[str, Answered]) -> None:
    assert [name for name, one in answers.items() if isinstance(one.reading, Records)] == []


def test_codes_name_causes_and_have_sentences(answers: Mapping[str, Answered]) -> None:
    counted = Counter(one.code for one in answers.values())
    refused = {code: count for code, count in counted.items() if code != "Pages"}
    assert len(refused) >= 20
    assert max(refused.values()) < len(answers) / 4
    assert set(refused) <= set(read_codes(CODES_FILE))


def test_well_formed_json_is_parsed_and_refused_for_its_content(
    answers: Mapping[str, Answered],
) -> None:
    well_formed = codes_of(answers, "test_parsing/y_")
    assert len(well_formed) > 90
    assert {name: code for name, code in well_formed.items() if code not in CONTENT} == {}
    duplicate = [name for name, code in well_formed.items() if code == "IN_JSON_DUPLICATE_KEY"]
    assert [name.rpartition("/")[2] for name in duplicate] == [
        "y_object_duplicated_key.json",
        "y_object_duplicated_key_and_value.json",
    ]


def test_malformed_json_is_refused_for_its_form(answers: Mapping[str, Answered]) -> None:
    malformed = codes_of(answers, "test_parsing/n_")
    assert len(malformed) > 180
    assert {name: code for name, code in malformed.items() if code not in SYNTAX} == {}
    named_json = [code for code in malformed.values() if code.startswith(("IN_JSON", "IN_DEPTH"))]
    assert len(named_json) > 0.9 * len(malformed)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("artur_pdf/corrupted.pdf", "IN_PDF_DAMAGED"),
        ("artur_pdf/encrypted.pdf", "IN_PDF_ENCRYPTED"),
        ("pypdf/resources/encryption/r6-user-password.pdf", "IN_PDF_ENCRYPTED"),
        ("pillow/Tests/images/truncated_jpeg.jpg", "IN_IMAGE_DAMAGED"),
        ("pillow/Tests/images/broken_data_stream.png", "IN_IMAGE_DAMAGED"),
        ("pillow/Tests/images/decompression_bomb.gif", "IN_IMAGE_FORMAT"),
        ("pillow/Tests/images/negative_layer_count.psd", "IN_IMAGE_FORMAT"),
        ("pillow/Tests/images/crash-5762152299364352.fli", "IN_IMAGE_FORMAT"),
        ("defusedxml_xml/xmltestdata/xmlbomb.xml", "IN_XML_ENTITY"),
        ("defusedxml_xml/xmltestdata/dtd.xml", "IN_XML_DOCTYPE"),
        ("defusedxml_xml/xmltestdata/xalan_exec.xsl", "IN_XML_PROGRAM"),
        ("defusedxml_xml/xmltestdata/simple.xml", "IN_XML"),
        ("csv_injection/Intruder/csv-payload.txt", "IN_TYPE_FORMULA"),
        ("qpdf/fuzz/qpdf_extra/70245.fuzz", "IN_EMPTY"),
        ("json_test_suite/test_parsing/n_structure_100000_opening_arrays.json", "IN_DEPTH"),
        ("json_test_suite/test_parsing/n_number_NaN.json", "IN_JSON_NUMBER"),
    ],
)
def test_a_known_fault_gets_its_own_code(
    answers: Mapping[str, Answered], name: str, code: str
) -> None:
    assert answers[name].code == code


@pytest.mark.parametrize(
    ("name", "pages"),
    [
        ("artur_pdf/not_encrypted.pdf", Pages("application/pdf", 1)),
        ("pypdf/resources/crazyones.pdf", Pages("application/pdf", 1)),
        ("pypdf/resources/two-different-pages.pdf", Pages("application/pdf", 2)),
        ("pypdf/resources/encryption/r6-empty-password.pdf", Pages("application/pdf", 1)),
        ("pillow/Tests/images/copyleft.png", Pages("image/png", 1)),
        ("pillow/Tests/images/copyleft.tiff", Pages("image/tiff", 1)),
        ("pillow/Tests/images/multipage.tiff", Pages("image/tiff", 3)),
        ("pillow/Tests/images/hopper_bigtiff.tif", Pages("image/tiff", 1)),
        ("pillow/Tests/images/exif_gps.jpg", Pages("image/jpeg", 1)),
    ],
)
def test_sound_pages_are_read_whatever_they_are_called(
    answers: Mapping[str, Answered], name: str, pages: Pages
) -> None:
    assert answers[name].reading == pages
