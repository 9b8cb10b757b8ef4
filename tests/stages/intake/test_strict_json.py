import json

import pytest

from tasks.intake.result import Refused
from tasks.intake.strict_json import JsonText, read_json


def read(text: str | bytes) -> JsonText | Refused:
    return read_json(text.encode() if isinstance(text, str) else text, depth_max=50)


def code(text: str | bytes) -> str:
    refused = read(text)
    assert isinstance(refused, Refused), "it was read"
    return refused.code


def test_sound_json_is_read_with_exact_numbers() -> None:
    sound = read('{"a": [1, 2.50, "é", null, true]}')
    assert isinstance(sound, JsonText)
    assert [str(one) for one in sound.value["a"]] == ["1", "2.50", "é", "None", "True"]


def test_a_syntax_error_names_line_and_column() -> None:
    assert read('{\n  "a": oops\n}') == Refused("IN_JSON_SYNTAX", {"line": "2", "column": "8"})


def test_text_after_the_end_has_a_code_of_its_own() -> None:
    assert read('{"a": 1} x') == Refused("IN_JSON_TRAILING", {"line": "1", "column": "10"})


def test_a_key_written_twice_is_refused_with_the_place_of_the_second() -> None:
    text = '{"a": {"total": 1},\n "b": {"total": 1, "x": "total", "total": 2}}'
    assert read(text) == Refused("IN_JSON_DUPLICATE_KEY", {"line": "2", "column": "34"})


def test_a_key_that_is_the_same_only_after_its_escapes_is_written_twice() -> None:
    assert code('{"a": 1, "\\u0061": 2}') == "IN_JSON_DUPLICATE_KEY"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1E-400"])
def test_a_number_that_is_not_finite_is_refused(number: str) -> None:
    assert read(f"[1,\n {number}]") == Refused("IN_JSON_NUMBER", {"line": "2", "column": "2"})


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63)])
def test_the_last_64_bit_integers_are_read(number: int) -> None:
    assert read(f"[{number}]") == JsonText(f"[{number}]", [number])


@pytest.mark.parametrize("digits", [str(2**63), str(-(2**63) - 1), "1" + "0" * 5_000])
def test_the_first_integers_beyond_64_bits_are_refused(digits: str) -> None:
    assert code(f'["12", {digits}]') == "IN_JSON_NUMBER"


def test_nesting_up_to_the_limit_is_read_and_one_level_more_is_refused() -> None:
    assert isinstance(read("[" * 50 + "]" * 50), JsonText)
    assert read("[" * 51 + "]" * 51) == Refused(
        "IN_DEPTH", {"line": "1", "column": "51", "limit": "50"}
    )


def test_brackets_in_texts_are_no_nesting() -> None:
    assert isinstance(read(json.dumps(["[" * 100, '\\"[' * 100])), JsonText)


def test_a_million_brackets_are_refused_without_a_crash() -> None:
    assert code("[" * 1_000_000) == "IN_DEPTH"


def test_a_million_quotes_are_refused_without_a_stall() -> None:
    assert code('["' + '\\"' * 1_000_000) == "IN_JSON_SYNTAX"


def test_half_a_character_is_refused() -> None:
    assert read('["a", "\\ud83d x"]') == Refused("IN_JSON_SURROGATE", {"line": "1", "column": "7"})
    assert isinstance(read('["\\ud83d\\ude00"]'), JsonText)


def test_bytes_that_are_not_utf8_are_refused_with_their_place() -> None:
    assert read(b'{"a":\n "\xe9"}') == Refused("IN_JSON_ENCODING", {"line": "2", "byte": "8"})


def test_a_byte_order_mark_is_refused_as_such() -> None:
    assert code(b"\xef\xbb\xbf{}") == "IN_JSON_BOM"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_refused_as_such(encoding: str) -> None:
    assert code('{"a": 1}'.encode(encoding)) == "IN_JSON_UTF16"
