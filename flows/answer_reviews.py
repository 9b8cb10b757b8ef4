"""``tasfiya review``: what waits for a person, and the answers people give."""

import json
from collections.abc import Mapping
from typing import Annotated

import typer

from flows.show_result import AsJson, Day, columns, day_of, plain, show
from infra.clock import now_text
from infra.settings import ROOT, Settings
from models.dossier import Dossier
from models.errors import UsageError
from models.finding import Finding, Signal
from models.messages import Code, read_codes, render
from models.money import format_minor
from tasks.desk_labels import correct_and_label
from tasks.doors import open_doors
from tasks.extraction.correct import Refused, correct_dossier
from tasks.fraud.figures import read_figures, render_reason
from tasks.fraud.lot import fraud_paths
from tasks.pricing.known_schemes import read_known_schemes
from tasks.review.desk import Answer, DeskAnswer, Signed
from tasks.review.store import answer_task, open_tasks, release, show_task
from tasks.scheme_moves import Choice, ChoiceRules, choose_scheme
from tasks.spoken_codes import spoken_codes

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)

By = Annotated[str, typer.Option("--by", help="Your name; it is recorded.")]
Task = Annotated[str, typer.Argument(help="The task's id, from the list.")]
Language = Annotated[str, typer.Option(help="fr, ar or en.")]
DESK_CODES = ROOT / "tasks" / "review" / "codes.yaml"


@app.callback()
def _root() -> None:
    """See and answer what waits for a person."""


@app.command("list")
def list_tasks(
    order: Annotated[str, typer.Option(help="age, amount or reason.")] = "age",
    reason: Annotated[str, typer.Option(help="Only tasks with this code.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1_000)] = 50,
    as_json: AsJson = False,
) -> None:
    """List what waits, the most urgent first."""
    tasks = open_tasks(open_doors().database, order=order, reason=reason, limit=limit)
    rows = [
        (
            task.task_id,
            task.kind,
            str(task.due_on),
            task.public_number,
            format_minor(task.asked_minor, task.currency),
            " ".join(task.reasons),
        )
        for task in tasks
    ]
    heads = ("task", "kind", "answer by", "dossier", "asked", "reasons")
    show(tasks, as_json, columns(rows, heads) if rows else "nothing waits")


@app.command("show")
def show_one(task: Task, language: Language = "fr", as_json: AsJson = False) -> None:
    """Show one task: what was found, read, priced and decided before."""
    doors = open_doors()
    view = show_task(doors.database, task, Sentences(doors.settings, language))
    show(view, as_json, json.dumps(plain(view), indent=1, ensure_ascii=False))


@app.command()
def correct(
    task: Task,
    by: By,
    field: Annotated[list[str], typer.Option("--field", "-f", help="name=value, as on paper.")],
    day: Day = "",
    reason: Annotated[str, typer.Option(help="Why, where it is not plain to see.")] = "",
    as_json: AsJson = False,
) -> None:
    """Write what a field says; when no field is in doubt any more, the dossier goes on."""
    doors = open_doors()
    values: dict[str, str] = {}
    for pair in field:
        name, sign, value = pair.partition("=")
        if not sign:
            raise UsageError("a correction is written name=value")
        values[name.strip()] = value
    result = correct_and_label(
        doors.database,
        task,
        values,
        Signed(by, day_of(day, doors.settings), now_text()),
        correct=corrected,
        reason=reason,
    )
    left = ", ".join(result.remaining)
    text = f"still in doubt: {left}" if left else "complete: it goes on in the next lot"
    show(result, as_json, text)


@app.command()
def answer(
    task: Task,
    verdict: Annotated[Answer, typer.Argument(help="accept, refuse or return.")],
    by: By,
    code: Annotated[str, typer.Option(help="Why it is refused or returned.")] = "",
    due_minor: Annotated[
        int | None, typer.Option(help="Another amount to accept, in minor units.")
    ] = None,
    note: Annotated[str, typer.Option(help="A remark, without names or numbers.")] = "",
    day: Day = "",
    as_json: AsJson = False,
) -> None:
    """Answer a task in your name; above a limit a second person confirms."""
    doors = open_doors()
    given = answer_task(
        doors.database,
        task,
        DeskAnswer(verdict, code, due_minor),
        Signed(by, day_of(day, doors.settings), now_text()),
        four_eyes_above_minor=doors.settings.four_eyes_above_minor,
        codes={name: one.effect for name, one in read_codes(DESK_CODES).items()},
        note=note,
    )
    text = f"decided: {given.outcome.value}" if given.is_final else "waits for a second person"
    show(given, as_json, text)


@app.command("scheme")
def choose(
    task: Task,
    scheme: Annotated[str, typer.Argument(help="The scheme's id, such as ma-cnops.")],
    by: By,
    note: Annotated[str, typer.Option(help="A remark, without names or numbers.")] = "",
    day: Day = "",
    as_json: AsJson = False,
) -> None:
    """Put a dossier under another scheme; above a limit a second person confirms."""
    doors = open_doors()
    settings = doors.settings
    moved = choose_scheme(
        doors.database,
        task,
        Choice(scheme, note),
        Signed(by, day_of(day, settings), now_text()),
        ChoiceRules(
            read_known_schemes(settings.schemes_dir), settings.four_eyes_above_minor, corrected
        ),
    )
    left = " ".join(moved.waits_for)
    text = f"still to be settled: {left}" if left else "chosen: it goes on in the next lot"
    show(moved, as_json, text if moved.is_final else "waits for a second person")


@app.command("release")
def release_one(
    dossier: Annotated[str, typer.Argument(help="The quarantined dossier's id.")],
    by: By,
    reason: Annotated[str, typer.Option(help="What was repaired.")],
    day: Day = "",
    as_json: AsJson = False,
) -> None:
    """Let a quarantined dossier go on after its stage was repaired."""
    doors = open_doors()
    signed = Signed(by, day_of(day, doors.settings), now_text())
    stage = release(doors.database, dossier, signed, reason=reason)
    show({"stage": stage.value}, as_json, f"released after {stage.value}")


def corrected(dossier: Dossier, values: Mapping[str, str]) -> Dossier:
    """A dossier with a person's values.

    Raises:
        UsageError: names each field whose text is no value of it, never the text.
    """
    result = correct_dossier(dossier, values)
    if isinstance(result, Refused):
        raise UsageError("; ".join(f"{name}: {why}" for name, why in result.errors.items()))
    return result


class Sentences:
    """The sentences of findings and fraud rules in one language."""

    def __init__(self, settings: Settings, language: str) -> None:
        """Read the sentences of all stages."""
        self.language = language
        self._codes: Mapping[str, Code] = spoken_codes(settings.schemes_dir)
        self._rules = read_figures(fraud_paths(settings)).texts

    def __call__(self, said: Finding | Signal) -> str:
        """The sentence of a finding or a signal; an unknown code stands for itself."""
        if isinstance(said, Signal):
            text = self._rules.get(said.rule_id)
            return render_reason(text, said.params, self.language) if text else said.rule_id
        code = self._codes.get(said.code)
        return render(code, said.params, self.language) if code else said.code
