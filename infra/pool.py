"""The process pool of a lot: children that read and compute, and never write."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Self, TypeVar

from infra.settings import quiet_telemetry
from models.errors import MachineError

Answer = TypeVar("Answer")


class WorkerPool:
    """A pool of processes started once and used for every stage; a broken one is started anew.

    Children come from a fork server, because forking a process with threads may dead-lock.
    """

    def __init__(self, workers: int, preload: Sequence[str] = ()) -> None:
        """Prepare a pool of ``workers`` children that import the ``preload`` modules once."""
        self.workers = workers
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(list(preload))
        self._executor: ProcessPoolExecutor | None = None

    def map(self, work: Callable[[Any], Answer], requests: Sequence[Any]) -> list[Answer]:
        """Return the answers to the requests, in their order.

        Raises:
            MachineError: when a child died; the pool is replaced, so the work may be tried again.
        """
        futures = [self.submit(work, request) for request in requests]
        try:
            return [future.result() for future in futures]
        except BrokenProcessPool as error:
            self.close()
            raise MachineError("a worker process died; the work will be tried again") from error
        finally:
            for future in futures:
                future.cancel()

    def submit(self, work: Callable[[Any], Answer], request: Any) -> Future[Answer]:
        """Give one request to the pool."""
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                max_workers=self.workers, mp_context=self._context, initializer=quiet_telemetry
            )
        return self._executor.submit(work, request)

    def close(self) -> None:
        """Stop the children."""
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
            self._executor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()
