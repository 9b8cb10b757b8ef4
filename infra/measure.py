"""Measures what a bench needs: memory of this process with its children, machine, commit."""

import os
import platform
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from infra.settings import ROOT

#: How often the memory is looked at, in seconds.
SAMPLE_SECONDS = 0.2
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class PeakMemory:
    """The largest resident memory of this process and its descendants while the block runs.

    ``leave_out`` are process ids whose families do not count, such as the database server's.
    """

    def __init__(self, leave_out: frozenset[int] = frozenset()) -> None:
        """Prepare to sample; nothing runs yet."""
        self.peak_bytes = 0
        self._leave_out = leave_out
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    @property
    def peak_mb(self) -> int:
        """The peak in megabytes of a million bytes."""
        return self.peak_bytes // 1_000_000

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()

    def _sample(self) -> None:
        is_done = False
        while not is_done:
            self.peak_bytes = max(self.peak_bytes, self._resident_bytes())
            is_done = self._done.wait(SAMPLE_SECONDS)

    def _resident_bytes(self) -> int:
        parents: dict[int, int] = {}
        resident: dict[int, int] = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                pages = int((entry / "statm").read_text().split()[1])
            except (OSError, IndexError, ValueError):
                continue  # the process ended while we looked
            parents[int(entry.name)] = int(stat[1])
            resident[int(entry.name)] = pages * _PAGE_BYTES
        return sum(size for process, size in resident.items() if self._is_ours(process, parents))

    def _is_ours(self, process: int, parents: dict[int, int]) -> bool:
        own = os.getpid()
        while process > 1:
            if process in self._leave_out:
                return False
            if process == own:
                return True
            process = parents.get(process, 0)
        return False


def machine() -> dict[str, str | int]:
    """What the figures were measured on."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory_kb = int(Path("/proc/meminfo").read_text(encoding="utf-8").split()[1])
    return {
        "cores": len(os.sched_getaffinity(0)),
        "cpu": model,
        "memory_mb": memory_kb // 1_000,
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def commit() -> str:
    """The commit that is measured, with a mark when files differ from it."""
    try:
        answer = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return answer.stdout.strip()
