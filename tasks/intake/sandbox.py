"""Decodes untrusted files in bounded child processes that are replaced, never trusted.

A child that takes too long is killed, one that takes too much memory or dies is replaced, and the
file gets a refusal that names the cause. The children are our own program on a pipe rather than a
process pool: a pool's child imports the parent's main module (the flow engine, seconds long),
inherits its environment with the passwords in it, and answers with pickles.
"""

import json
import os
import pickle
import queue
import select
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

from models.errors import DecoderFailed
from tasks.intake.decoder_child import LENGTH
from tasks.intake.limits import ReadingContext
from tasks.intake.result import Reading, Refused, from_wire

ROOT = Path(__file__).resolve().parents[2]
COMMAND: Sequence[str] = (sys.executable, "-m", "tasks.intake.decoder_child")
#: How long a fresh child may take to import its readers on a busy machine, in seconds.
START_SECONDS_MAX = 60
#: How long a child that closed its pipe may take to be gone on a busy machine, in seconds.
DEATH_SECONDS_MAX = 30
#: Largest answer a child may send: the records of one batch of lines, and far above.
ANSWER_BYTES_MAX = 400_000_000
READ_BYTES = 1_048_576


class _OutOfTime(Exception):
    """The child did not answer within its time."""


class _Child:
    """One decoding process and the number of documents it has decoded."""

    def __init__(self, context: ReadingContext) -> None:
        self.decodes = 0
        self._seconds = context.limits.seconds
        self._process = subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"},
        )
        try:
            self._ask(pickle.dumps(context), START_SECONDS_MAX)
        except (_OutOfTime, OSError) as error:
            self.close()
            raise DecoderFailed("a decoding child did not start; is the installation whole?") from (
                error
            )

    def read(self, task: str, data: bytes | Path) -> Reading:
        """Return the child's answer, or the refusal when it gave none."""
        self.decodes += 1
        try:
            return from_wire(json.loads(self._ask(pickle.dumps((task, data)), self._seconds)))
        except _OutOfTime:
            self.close()
            return Refused("IN_TIME", {"limit": str(self._seconds)})
        except (OSError, ValueError, TypeError, KeyError, IndexError):
            return self._cause_of_death()

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """Kill the process; it holds nothing worth keeping."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue  # what the pipe still held was for a process that is gone
        self._process.wait()

    def _ask(self, message: bytes, seconds: float) -> bytes:
        deadline = time.monotonic() + seconds
        sender = threading.Thread(target=self._send, args=(message,), daemon=True)
        sender.start()
        try:
            (size,) = LENGTH.unpack(self._receive(LENGTH.size, deadline))
            if size > ANSWER_BYTES_MAX:
                raise OSError("the answer of a decoding child is larger than any can be")
            return self._receive(size, deadline)
        finally:
            sender.join(timeout=max(0.0, deadline - time.monotonic()))

    def _send(self, message: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(LENGTH.pack(len(message)) + message)
            self._process.stdin.flush()
        except (OSError, ValueError):
            return  # the child is gone; the reading side finds out and says how

    def _receive(self, size: int, deadline: float) -> bytes:
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        waiting = select.poll()
        waiting.register(descriptor, select.POLLIN)
        parts = bytearray()
        while len(parts) < size:
            left = deadline - time.monotonic()
            if left <= 0 or not waiting.poll(left * 1_000):
                raise _OutOfTime
            part = os.read(descriptor, min(READ_BYTES, size - len(parts)))
            if not part:
                raise OSError("a decoding child closed its pipe")
            parts += part
        return bytes(parts)

    def _cause_of_death(self) -> Refused:
        try:
            code = self._process.wait(timeout=DEATH_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            code = 0
        self.close()
        if code == -signal.SIGXCPU:
            return Refused("IN_TIME", {"limit": str(self._seconds)})
        if code == -signal.SIGKILL:
            return Refused("IN_MEMORY", {"limit": "machine"})
        cause = signal.Signals(-code).name if code < 0 else f"exit {code}"
        return Refused("IN_DECODER", {"cause": cause})


class DecoderPool:
    """A few decoding children; documents are given to whichever is free."""

    def __init__(self, context: ReadingContext, *, workers: int) -> None:
        """Prepare ``workers`` children; each is started when it is first needed."""
        self.context = context
        self.workers = workers
        self._free: queue.SimpleQueue[_Child | None] = queue.SimpleQueue()
        for _number in range(workers):
            self._free.put(None)
        self._threads = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="decoder")
        self._ahead: dict[bytes, Future[Reading]] = {}

    def read(self, data: bytes | Path) -> Reading:
        """Decode one document, given as bytes or by the path of a file.

        Raises:
            DecoderFailed: when no child can be started.
        """
        ahead = self._ahead.pop(data, None) if isinstance(data, bytes) else None
        return ahead.result() if ahead else self._read("document", data)

    def read_ahead(self, data: bytes) -> None:
        """Begin to decode a document that ``read`` will be asked for next, or soon."""
        if data not in self._ahead:
            self._ahead[data] = self._threads.submit(self._read, "document", data)

    def forget(self, data: bytes) -> None:
        """Give up a document that nobody asked for after all."""
        self._ahead.pop(data, None)

    def read_lines(self, batches: Iterable[bytes]) -> Iterator[Reading]:
        """Decode batches of JSON lines side by side; answers come in the order of the batches.

        At most one batch more than there are children is held at any time.
        """
        waiting: deque[Future[Reading]] = deque()
        for batch in batches:
            waiting.append(self._threads.submit(self._read, "lines", batch))
            if len(waiting) > self.workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def close(self) -> None:
        """Stop the children."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        while not self._free.empty():
            child = self._free.get()
            if child is not None:
                child.close()

    def _read(self, task: str, data: bytes | Path) -> Reading:
        child = self._free.get()
        try:
            if child is None:
                child = _Child(self.context)
            return child.read(task, data)
        finally:
            if child is not None and self._is_used_up(child):
                child.close()
                child = None
            self._free.put(child)

    def _is_used_up(self, child: Any) -> bool:
        return child.decodes >= self.context.limits.decodes_per_child or not child.is_alive

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()
