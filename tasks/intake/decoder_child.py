"""The decoding child: reads requests on standard input, answers plain JSON on standard output.

It is started with an empty environment, so that it holds no credential, and imports the readers
alone: neither the database, nor the object store, nor the flow engine. It answers JSON and not
pickles, because an answer of a child that a hostile file has taken over must not run in its parent.
"""

import json
import os
import pickle
import resource
import struct
import sys
from pathlib import Path
from typing import BinaryIO

from tasks.intake.decode import decode, decode_lines
from tasks.intake.limits import ReadingContext
from tasks.intake.result import Reading, Refused, to_wire

#: Length of a message, before the message.
LENGTH = struct.Struct(">Q")
#: CPU seconds granted for each second of the clock: a decoder that computes is stopped by the
#: parent's clock first; this is the second lock.
CPU_SECONDS_PER_SECOND = 2


def main() -> None:
    """Answer requests until the parent closes the pipe."""
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    # What a C library prints must not mix with the answers.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    context: ReadingContext = pickle.loads(read_message(requests))
    confine(context)
    write_message(answers, b"[]")
    while message := read_message(requests):
        task, data = pickle.loads(message)
        grant_cpu(context)
        reading = answer(task, data, context)
        del data, message
        write_message(answers, json.dumps(to_wire(reading), ensure_ascii=False).encode())


def answer(task: str, data: bytes | Path, context: ReadingContext) -> Reading:
    """Decode one document; a fault that no reader foresaw refuses that document alone."""
    try:
        content = data.read_bytes() if isinstance(data, Path) else data
        return decode_lines(content, context) if task == "lines" else decode(content, context)
    except MemoryError:
        return Refused("IN_MEMORY", {"limit": str(context.limits.memory_bytes)})
    except Exception as error:
        return Refused("IN_DECODER", {"cause": type(error).__name__})


def confine(context: ReadingContext) -> None:
    """Bound this process: memory, no file may grow, no core dump with personal data."""
    memory = context.limits.memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def grant_cpu(context: ReadingContext) -> None:
    """Grant the CPU time of one more decoding; beyond it the kernel stops this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime) + 1
    soft = used + context.limits.seconds * CPU_SECONDS_PER_SECOND
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def read_message(stream: BinaryIO) -> bytes:
    """The next message, or no bytes at the end of the stream."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return b""
    (size,) = LENGTH.unpack(head)
    return stream.read(size)


def write_message(stream: BinaryIO, message: bytes) -> None:
    """Write one message with its length before it."""
    stream.write(LENGTH.pack(len(message)))
    stream.write(message)
    stream.flush()


if __name__ == "__main__":
    main()
