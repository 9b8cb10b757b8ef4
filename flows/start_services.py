"""``tasfiya ui`` starts the Prefect UI and the desk; ``--all`` runs the schedules on this host."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from infra.services import (
    free_port,
    server_environment,
    start_family,
    start_prefect_server,
    stop_family,
)
from infra.settings import ROOT, Settings, child_environment

app = typer.Typer(add_completion=False, rich_markup_mode=None)

POOL = "tasfiya"


@app.command()
def run(
    everything: Annotated[
        bool, typer.Option("--all", help="Also deploy the schedules and start a worker.")
    ] = False,
    desk: Annotated[bool, typer.Option(help="Start the review desk as well.")] = True,
    port: Annotated[int, typer.Option(help="Port on loopback; Prefect's own when free.")] = 0,
    seconds: Annotated[int, typer.Option(help="Stop after so long; 0 runs until stopped.")] = 0,
) -> None:
    """Start the Prefect server on this installation's history and the desk, until stopped."""
    # Whoever ends us with SIGTERM ends the services too, as with Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings = Settings()
    if desk:
        settings.check_desk()
    home = settings.home / "prefect"
    server = start_prefect_server(home, port or free_port())
    children: list[subprocess.Popen[bytes]] = []
    typer.echo(f"Prefect UI: {server.ui_url}   (stop with Ctrl-C)")
    try:
        if desk:
            children.append(_start_desk())
        if everything:
            children.append(_start_worker(home, server.api_url))
        deadline = time.monotonic() + seconds
        while server.process.poll() is None and (not seconds or time.monotonic() < deadline):
            time.sleep(0.5)
    except KeyboardInterrupt:
        typer.echo("stopping")
    finally:
        for child in children:
            stop_family(child)
        server.stop()


def _start_desk() -> "subprocess.Popen[bytes]":
    """The desk as a process of its own: it answers while a flow is at work."""
    return start_family(
        [sys.executable, "-m", "flows.cli", "desk", "run"], child_environment(), cwd=ROOT
    )


def _start_worker(home: Path, api_url: str) -> "subprocess.Popen[bytes]":
    environment = server_environment(home, int(api_url.rsplit(":", 1)[1].split("/")[0]))
    environment["TASFIYA_ROOT"] = str(ROOT)
    prefect = [sys.executable, "-m", "prefect"]
    subprocess.run(
        [*prefect, "work-pool", "create", POOL, "--type", "process", "--overwrite"],
        check=True,
        env=environment,
        cwd=ROOT,
    )
    subprocess.run(
        [
            *prefect, "--no-prompt", "deploy", "--all",
            "--prefect-file", str(ROOT / "infra" / "deploy" / "prefect.yaml"),
        ],
        check=True, env=environment, cwd=ROOT,
    )  # fmt: skip
    typer.echo("schedules are deployed; the worker runs")
    return start_family([*prefect, "worker", "start", "--pool", POOL], environment, cwd=ROOT)
