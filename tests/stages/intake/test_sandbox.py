"""Faulty readers are real programs: stand-ins for a child that stalls, dies or swells."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.intake import sandbox
from tasks.intake.limits import Limits, ReadingContext
from tasks.intake.result import Reading, Refused
from tasks.intake.sandbox import DecoderPool

#: A child of the right manners whose decoder does one bad thing.
CHILD = """
import os, sys, time
sys.path.insert(0, {root!r})
from tasks.intake import decoder_child
def decode(data, context):
    {deed}
decoder_child.decode = decode
decoder_child.main()
"""


@pytest.fixture(scope="module")
def pool() -> Iterator[DecoderPool]:
    context = ReadingContext(Limits(decodes_per_child=2), {"ma-amo-salaries": "MAD"})
    with DecoderPool(context, workers=1) as opened:
        yield opened


def read_with(deed: str, monkeypatch: pytest.MonkeyPatch, seconds: int = 60) -> Reading:
    program = CHILD.format(root=str(sandbox.ROOT), deed=deed)
    monkeypatch.setattr(sandbox, "COMMAND", (sys.executable, "-c", program))
    context = ReadingContext(Limits(seconds=seconds, memory_bytes=400_000_000), {})
    with DecoderPool(context, workers=1) as opened:
        return opened.read(b"any")


def test_bytes_and_files_are_read_alike(pool: DecoderPool, tmp_path: Path) -> None:
    path = tmp_path / "named.pdf"
    path.write_bytes(b"[1, 2")
    assert pool.read(path) == pool.read(b"[1, 2")


def test_a_child_is_replaced_after_its_share_of_documents(pool: DecoderPool) -> None:
    answers = [pool.read(b"") for _number in range(5)]
    assert answers == [Refused("IN_EMPTY")] * 5


def test_batches_are_answered_in_their_order(pool: DecoderPool) -> None:
    batches = [b"[%d]" % number for number in range(5)]
    codes = [reading.parts[0][1].code for reading in pool.read_lines(batches)]  # type: ignore
    assert codes == ["IN_SCHEMA"] * 5


def test_a_decoder_that_stalls_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    stalled = read_with("time.sleep(3600)", monkeypatch, seconds=1)
    assert stalled == Refused("IN_TIME", {"limit": "1"})


def test_a_decoder_that_swells_is_refused_for_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = read_with("return bytearray(600_000_000)", monkeypatch)
    assert refused == Refused("IN_MEMORY", {"limit": "400000000"})


def test_a_decoder_that_dies_is_refused_with_the_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_with("os.abort()", monkeypatch) == Refused("IN_DECODER", {"cause": "SIGABRT"})
    assert read_with("os._exit(3)", monkeypatch) == Refused("IN_DECODER", {"cause": "exit 3"})


def test_an_unforeseen_error_refuses_the_document_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = read_with("raise RuntimeError('Essai Premier')", monkeypatch)
    assert refused == Refused("IN_DECODER", {"cause": "RuntimeError"})


def test_a_decoder_cannot_write_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    target = tmp_path / "written"
    deed = f"open({str(target)!r}, 'wb', 0).write(b'x' * 10)"
    assert isinstance(read_with(deed, monkeypatch), Refused)
    assert not target.exists() or target.stat().st_size == 0


def test_a_decoder_sees_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    deed = "raise (KeyError if 'AWS_SECRET_ACCESS_KEY' in os.environ else ValueError)"
    assert read_with(deed, monkeypatch) == Refused("IN_DECODER", {"cause": "ValueError"})


def test_a_child_imports_neither_the_flow_engine_nor_the_database() -> None:
    program = (
        "import sys, tasks.intake.decoder_child, tasks.intake.decode as d; d._readers();"
        "print(sorted({'prefect', 'sqlalchemy', 'sqlmodel', 'boto3', 'infra'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=sandbox.ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
