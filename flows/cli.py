"""``tasfiya …``: finds the command, runs it, and turns what went wrong into an exit code.

Exit codes: 0 done, 1 findings or refusals that need a person, 2 wrong usage or input,
3 machine error. Each command's module is imported when it is called, so that ``--help`` and the
small commands stay quick.
"""

import importlib
import sys
from collections.abc import Mapping
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from infra.settings import quiet_telemetry
from models.errors import TasfiyaError

#: Command → (module with an ``app``, one line of help).
COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": ("flows.run_demo", "Take a simulated day from scan and file to an approved bank file."),
    "simulate": ("flows.simulate_day", "Write a synthetic day: registers, inbox, truth."),
    "register": ("flows.load_registers", "Load the registers and their daily deltas."),
    "intake": ("flows.receive_files", "Receive and acknowledge files."),
    "envelope": ("flows.handle_envelopes", "Print cover sheets, follow bordereaux, keep boxes."),
    "process": ("flows.run_day", "Take waiting dossiers through all stages."),
    "urgent": ("flows.decide_urgent", "Decide one urgent dossier now, outside the lots."),
    "review": ("flows.answer_reviews", "See and answer what waits for a person."),
    "desk": ("flows.open_desk", "Keep the accounts of the review desk, and start its page."),
    "pay": ("flows.pay_batches", "Propose, approve, publish or reject payments."),
    "archive": ("flows.archive_documents", "Make, show and verify the PDF of paper dossiers."),
    "explain": ("flows.tell_history", "Say why a dossier got what it got."),
    "price": ("flows.price_file", "Price one dossier file, without a database."),
    "read": ("flows.read_document", "Read one document, without a database."),
    "conform": ("flows.run_conformance", "Run conformance cases, ours and other payers'."),
    "tariff": ("flows.check_tariffs", "List and check the tariff figures."),
    "contract": ("flows.check_contracts", "Check the contracts, publish the Data Docs."),
    "calibration": ("flows.refit_calibration", "See and refit how sure a reading has to be."),
    "audit": ("flows.verify_audit", "Verify, seal and export the audit trail."),
    "bench": ("flows.measure_speed", "Measure speed and memory."),
    "ui": ("flows.start_services", "Start the Prefect UI on this history, or all services."),
    "doctor": ("flows.check_machine", "Say what this machine lacks."),
}


class LazyGroup(TyperGroup):
    """A group of commands whose modules are imported when called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of all commands, in the order of a dossier's way."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        return get_command(importlib.import_module(module).app)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Show every command's line without importing its module."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Health-insurance reimbursement dossiers, from scan and file to an approved bank file.",
)


@app.callback()
def _root() -> None:
    """Health-insurance reimbursement dossiers, from scan and file to an approved bank file."""


def main() -> None:
    """Run a command; what went wrong is said in one sentence and told by the exit code."""
    quiet_telemetry()
    command: Any = get_command(app)
    try:
        sys.exit(command(standalone_mode=False) or 0)
    except typer.Exit as error:
        sys.exit(error.exit_code)
    except typer.Abort:
        sys.exit(130)
    except typer.TyperException as error:
        print(f"tasfiya: {error}", file=sys.stderr)
        sys.exit(2)
    except TasfiyaError as error:
        print(f"tasfiya: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
