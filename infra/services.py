"""Starts a local Prefect server as a child process and stops it again."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.settings import child_environment
from models.errors import MachineError

#: How long a server may take to answer, in seconds; a first start makes its tables.
START_SECONDS_MAX = 120
STOP_SECONDS_MAX = 10
#: Prefect's own port, taken when it is free.
USUAL_PORT = 4200


@dataclass(frozen=True, slots=True)
class PrefectServer:
    """A running Prefect server on loopback."""

    api_url: str
    ui_url: str
    home: Path
    process: "subprocess.Popen[bytes]"

    def stop(self) -> None:
        """Stop the server; its history stays in its home."""
        stop_family(self.process)


def start_family(
    command: Sequence[str], environment: Mapping[str, str], **options: Any
) -> "subprocess.Popen[bytes]":
    """Start a program in a process group of its own, so that it can be stopped as a whole."""
    return subprocess.Popen(command, env=environment, start_new_session=True, **options)


def stop_family(process: "subprocess.Popen[bytes]") -> None:
    """Ask a program and its children to end; end them when they do not listen."""
    for request in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, request)
        try:
            process.wait(timeout=STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            continue
        break
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def server_environment(home: Path, port: int) -> dict[str, str]:
    """The environment of a Prefect server, or of its clients, for one home and port."""
    api = f"http://127.0.0.1:{port}/api"
    return child_environment(
        PREFECT_HOME=str(home),
        PREFECT_API_DATABASE_CONNECTION_URL=f"sqlite+aiosqlite:///{home / 'prefect.db'}",
        PREFECT_SERVER_ANALYTICS_ENABLED="false",
        PREFECT_SERVER_UI_API_URL=api,
        PREFECT_API_URL=api,
        PREFECT_LOGGING_SERVER_LEVEL="WARNING",
    )


def start_prefect_server(home: Path, port: int = 0) -> PrefectServer:
    """Start a server on SQLite in ``home``; on Prefect's usual port when that is free.

    Raises:
        MachineError: when it does not answer in time.
    """
    home.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    log = (home / "server.log").open("ab")
    process = start_family(
        [
            sys.executable, "-m", "prefect", "server", "start",
            "--host", "127.0.0.1", "--port", str(port), "--log-level", "WARNING",
        ],
        server_environment(home, port), stdout=log, stderr=log,
    )  # fmt: skip
    log.close()
    server = PrefectServer(
        f"http://127.0.0.1:{port}/api", f"http://127.0.0.1:{port}", home, process
    )
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise MachineError(f"the Prefect server ended while starting; see {home}/server.log")
        if is_healthy(server.api_url):
            return server
        time.sleep(0.3)
    server.stop()
    raise MachineError(f"the Prefect server did not answer within {START_SECONDS_MAX} s")


def is_healthy(api_url: str) -> bool:
    """Whether a Prefect server answers."""
    try:
        with urllib.request.urlopen(f"{api_url}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def free_port() -> int:
    """Prefect's usual port on loopback when nobody listens there, any free one otherwise."""
    for port in (USUAL_PORT, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise MachineError("no port is free on loopback")
