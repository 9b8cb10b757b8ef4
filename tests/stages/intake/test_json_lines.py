import json
from collections.abc import Iterable, Iterator

from tasks.intake.decode import decode_lines
from tasks.intake.limits import Limits, ReadingContext
from tasks.intake.lines import LINES_PER_BATCH, count_lines, read_in_batches
from tasks.intake.result import Reading, ReceivedRecord, Records, Refused

CONTEXT = ReadingContext(Limits(document_bytes=2_000), {"ma-amo-salaries": "MAD"})
RECORD = {
    "public_number": "AMO-2026-0001",
    "scheme": "ma-amo-salaries",
    "deposit_date": "2026-11-18",
    "insured_id": "100000001",
    "provider_id": "200000001",
    "kind_of_care": "ambulatory",
    "lines": [],
    "total_minor": 0,
}
GOOD = json.dumps(RECORD).encode()


class InProcess:
    """Reads without a child, and fails as a whole on a batch with the fatal word in it."""

    def read_lines(self, batches: Iterable[bytes]) -> Iterator[Reading]:
        for batch in batches:
            yield Refused("IN_TIME") if b"fatal" in batch else decode_lines(batch, CONTEXT)


def parts_of(data: bytes) -> dict[int, object]:
    batches = read_in_batches(InProcess(), data)
    return {
        part: "received" if isinstance(record, ReceivedRecord) else record.code
        for batch in batches
        for part, record in batch
    }


def test_a_bad_line_refuses_that_line_alone() -> None:
    data = b"\n".join([GOOD, b'{"cut": ', GOOD, b"", b"\xff", GOOD]) + b"\n"
    assert parts_of(data) == {
        1: "received",
        2: "IN_JSON_SYNTAX",
        3: "received",
        5: "IN_JSON_ENCODING",
        6: "received",
    }


def test_a_line_longer_than_a_document_may_be_is_refused_alone() -> None:
    data = b"\n".join([GOOD, b'{"a": "' + b"x" * 3_000 + b'"}', GOOD])
    assert parts_of(data) == {1: "received", 2: "IN_SIZE", 3: "received"}


def test_lines_keep_their_numbers_over_batches() -> None:
    count = 2 * LINES_PER_BATCH + 3
    data = b"\n".join([GOOD] * (count - 1) + [b"oops"])
    parts = parts_of(data)
    assert list(parts) == list(range(1, count + 1))
    assert [part for part, answer in parts.items() if answer != "received"] == [count]


def test_a_batch_that_kills_its_reader_is_halved_until_the_line_stands_alone() -> None:
    lines = [GOOD] * 21
    lines[13] = b'{"fatal": 1}'
    parts = parts_of(b"\n".join(lines) + b"\n")
    assert {part for part, answer in parts.items() if answer == "received"} == {
        *range(1, 14),
        *range(15, 22),
    }
    assert parts[14] == "IN_TIME"


def test_windows_line_ends_are_read() -> None:
    assert parts_of(GOOD + b"\r\n" + GOOD + b"\r\n") == {1: "received", 2: "received"}


def test_lines_are_counted_with_and_without_a_last_line_end() -> None:
    assert count_lines(b"a\nb\n") == count_lines(b"a\nb") == 2


def test_blank_lines_are_no_records() -> None:
    assert decode_lines(b"\n \n\t\n", CONTEXT) == Records(())
