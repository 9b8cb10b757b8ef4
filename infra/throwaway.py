"""A throw-away PostgreSQL on loopback, for tests and benchmarks; it leaves nothing behind."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from models.errors import MachineError

#: How long a server may take to start or to stop on a busy machine, in seconds.
START_SECONDS_MAX = 120
#: How often a server is started: its free port may be taken by another between two moments.
STARTS_MAX = 5
#: The unprivileged user the server runs as when we are root, which PostgreSQL refuses to run as.
UNPRIVILEGED_USER = "postgres"


@dataclass(frozen=True, slots=True)
class Throwaway:
    """A running server and its folder."""

    url: str
    folder: Path
    process: "subprocess.Popen[bytes]"

    def stop(self) -> None:
        """Stop the server at once, open connections or not, and remove its folder."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=START_SECONDS_MAX)
        shutil.rmtree(self.folder, ignore_errors=True)


def find_binaries() -> Path:
    """The folder of PostgreSQL's server programs, the newest version first.

    Raises:
        MachineError: when PostgreSQL is not installed.
    """
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name)
    )
    found = shutil.which("initdb")
    if not folders and not found:
        raise MachineError("PostgreSQL is not installed; on Debian: apt-get install postgresql")
    return folders[-1] if folders else Path(str(found)).resolve().parent


def start_postgresql() -> Throwaway:
    """Start a server of our own on a free port of loopback, with C locale so that order is equal.

    Durability is switched off: the data live as long as the process does.

    Raises:
        MachineError: when PostgreSQL is not installed or does not start.
    """
    binaries = find_binaries()
    folder = Path(tempfile.mkdtemp(prefix="tasfiya-pg-"))
    try:
        return _start(binaries, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _start(binaries: Path, folder: Path) -> Throwaway:
    user: str | None = None
    if os.geteuid() == 0:
        account = pwd.getpwnam(UNPRIVILEGED_USER)
        os.chown(folder, account.pw_uid, account.pw_gid)
        user = UNPRIVILEGED_USER
    data = folder / "data"
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
    subprocess.run(
        [
            str(binaries / "initdb"), "-D", str(data), "-U", "tasfiya", "-A", "trust",
            "--locale=C", "-E", "UTF8", "--no-sync",
        ],
        check=True, capture_output=True, cwd=folder, env=environment, user=user,
    )  # fmt: skip
    for _ in range(STARTS_MAX):
        port = _free_port()
        process = subprocess.Popen(
            [
                str(binaries / "postgres"), "-D", str(data), "-p", str(port),
                "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}",
                "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
                "-c", "shared_buffers=256MB", "-c", "max_wal_size=2GB", "-c", "work_mem=32MB",
                "-c", "max_connections=60",
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            cwd=folder, env=environment, user=user,
        )  # fmt: skip
        if _is_ready(binaries, folder, port, process):
            return Throwaway(f"postgresql://tasfiya@127.0.0.1:{port}/postgres", folder, process)
    raise MachineError(f"PostgreSQL ended while starting, {STARTS_MAX} times")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_ready(binaries: Path, folder: Path, port: int, process: "subprocess.Popen[bytes]") -> bool:
    """Wait for the server; False when it ended.

    It is asked by its socket in the folder: at the port another server may answer.
    """
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline:
        if process.poll() is not None:
            return False
        ready = subprocess.run(
            [str(binaries / "pg_isready"), "-h", str(folder), "-p", str(port), "-q"], check=False
        )
        if ready.returncode == 0:
            return True
        time.sleep(0.1)
    process.kill()
    process.wait()
    raise MachineError(f"PostgreSQL did not start within {START_SECONDS_MAX} s")
