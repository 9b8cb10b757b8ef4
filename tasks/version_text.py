"""Writes one decision version as lines of text: findings, signals, amounts, decision, reviews."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tasks.labels import AMOUNT_WIDTH, WIDTH, Labels, aligned, moment, percent, period

#: Width of the column that names an act.
ACT_WIDTH = 18

Told = Mapping[str, Any]


def version_lines(labels: Labels, told: Told, currency: str) -> Iterator[str]:
    """Everything said and done under one version; amounts in the dossier's currency."""
    reason = labels.said("reason", told["reason"])
    yield ""
    yield (
        f"{labels.word('version')} {told['version']} · {reason} · {labels.word('opened_by')} "
        f"{told['opened_by']} · {told['opened_on']}"
    )
    yield "-" * WIDTH
    if told["registers_known_on"]:
        yield labels.line("rights", f"{told['rights_basis'] or '–'} · {labels.word('known_on')} "
                         f"{told['registers_known_on']}")  # fmt: skip
    for finding in told["findings"]:
        yield from _finding(labels, finding)
    for signal in told["signals"]:
        yield from _signal(labels, signal)
    if told["amounts"]:
        yield from _amounts(labels, told["amounts"])
    for review in told["reviews"]:
        yield from _review(labels, review)
    if told["decision"]:
        yield from _decision(labels, told["decision"])
    if told["obligation"]:
        owed = told["obligation"]
        waits = f" · {labels.word('waits_for')} {owed['waits_for']}" if owed["waits_for"] else ""
        yield labels.line(
            "obligation",
            f"{labels.money(owed['amount_minor'], currency)} · "
            f"{labels.said('obligation_state', owed['state'])} · "
            f"{labels.said('payee', owed['payee_kind'])}{waits}",
        )


def _place(labels: Labels, told: Told) -> str:
    return f" · {labels.word('line')} {told['line_no']}" if told["line_no"] else ""


def _finding(labels: Labels, told: Told) -> Iterator[str]:
    effect = labels.said("effect", told["effect"])
    stage = labels.said("stage", told["stage"])
    yield labels.line("finding", f"{told['code']} · {effect} · {stage}{_place(labels, told)}")
    yield from labels.wrapped(told["sentence"], 2)
    if told["reference"]:
        yield from labels.wrapped(f"{labels.word('reference')}: {told['reference']}", 2)


def _signal(labels: Labels, told: Told) -> Iterator[str]:
    effect = labels.said("effect", told["effect"])
    yield labels.line(
        "signal",
        f"{told['rule_id']}/{told['rule_version']} {told['name']} · {effect} · "
        f"{labels.word('score')} {told['score']}{_place(labels, told)}",
    )
    yield from labels.wrapped(told["sentence"], 2)
    values = ", ".join(f"{name}={value}" for name, value in sorted(told["params"].items()))
    if values:
        yield from labels.wrapped(f"{labels.word('values')}: {values}", 2)
    for one in told["thresholds"]:
        yield from labels.wrapped(
            f"{labels.word('threshold')}: {one['name']} = {one['value']} {one['unit']} "
            f"({period(one['from'], one['to'] or '…')}) · {one['source']} · {one['status']}",
            2,
        )
    if told["reference"]:
        yield from labels.wrapped(f"{labels.word('reference')}: {told['reference']}", 2)


def _amounts(labels: Labels, told: Told) -> Iterator[str]:
    yield labels.line(
        "amounts",
        f"{told['currency']} · {labels.word('tariff_version')} {told['tariff_version']} · "
        f"{labels.word('engine_version')} {told['engine_version']}",
    )
    heads = [labels.word(f"amount.{name}") for name in ("asked", "tariff", "base")]
    yield _columns(
        (labels.word("line"), labels.word("act")), heads, labels.word("amount.rate"),
        labels.word("amount.due"),
    )  # fmt: skip
    for line in told["lines"]:
        yield _columns(
            (str(line["line_no"]), line["act"]),
            [labels.amount(line[f"{name}_minor"]) for name in ("asked", "tariff", "base")],
            percent(line["rate"]),
            labels.amount(line["due_minor"]),
        )
    yield _columns(
        ("", labels.word("total")),
        [labels.amount(told["asked_minor"]), "", labels.amount(told["base_minor"])],
        "",
        labels.amount(told["due_minor"]),
    )
    for line in told["lines"]:
        yield f"    {labels.word('line')} {line['line_no']} · {line['act']} · {line['care_date']}"
        for step in told["steps"]:
            if step["line_no"] == line["line_no"]:
                yield from _step(labels, step)
    for step in told["steps"]:
        if not step["line_no"]:
            yield from _step(labels, step)
    yield from _recomputed(labels, told)


def _columns(names: tuple[str, str], amounts: Iterable[str], rate: str, due: str) -> str:
    number, act = names
    cells = "".join(cell.rjust(AMOUNT_WIDTH) for cell in amounts)
    left = f"    {number.rjust(5)}  {act[:ACT_WIDTH].ljust(ACT_WIDTH)}"
    return f"{left}{cells}{rate.rjust(8)}{due.rjust(AMOUNT_WIDTH)}"


def _step(labels: Labels, step: Told) -> Iterator[str]:
    rule = f" [{step['rule_id']}]" if step["rule_id"] else ""
    yield from aligned(f"{step['text']}{rule}", labels.amount(step["amount_minor"]))
    inputs = ", ".join(f"{name}={value}" for name, value in step["inputs"].items() if value)
    if inputs:
        yield from labels.wrapped(inputs, 4)
    for figure in step["figures"]:
        days = period(figure["from"], figure["to"] or "…")
        yield from labels.wrapped(
            f"{labels.word('figure')} {figure['figure_id']} = {figure['value']} ({days}) · "
            f"{labels.word('source')}: {figure['source_title']} · {figure['status_text']}",
            4,
        )
        for other in figure["alternatives"]:
            yield from labels.wrapped(
                f"{labels.word('otherwise')}: {other['value']} · {other['source_title']}", 5
            )
    if step["reference"]:
        yield from labels.wrapped(f"{labels.word('reference')}: {step['reference']}", 4)


def _recomputed(labels: Labels, told: Told) -> Iterator[str]:
    again = told["recomputed"]
    if again["is_same"]:
        yield labels.line("recomputed", labels.word("same"))
        return
    is_new_version = again["has_same_amounts"]
    yield labels.line("recomputed", labels.word("same_otherwise" if is_new_version else "differs"))
    for one in () if is_new_version else again["differences"]:
        place = f"{labels.word('line')} {one['line_no']} · " if one["line_no"] else ""
        yield from labels.wrapped(
            f"{place}{one['field']}: {labels.word('stored')} {one['stored'] or '–'} · "
            f"{labels.word('now')} {one['recomputed'] or '–'}",
            2,
        )
    yield from labels.wrapped(
        f"{labels.word('stored')}: {labels.word('tariff_version')} {told['tariff_version']}, "
        f"{labels.word('engine_version')} {told['engine_version']} · {labels.word('now')}: "
        f"{labels.word('tariff_version')} {again['tariff_version']}, "
        f"{labels.word('engine_version')} {again['engine_version']}",
        2,
    )


def _decision(labels: Labels, told: Told) -> Iterator[str]:
    yield labels.line(
        "decision",
        f"{labels.said('outcome', told['outcome'])} · "
        f"{labels.money(told['due_minor'], told['currency'])} · "
        f"{told['decided_by']} · {told['decided_on']}",
    )
    for reason in told["reasons"]:
        yield from labels.wrapped(f"{reason['code']}: {reason['sentence']}", 2)


def _review(labels: Labels, told: Told) -> Iterator[str]:
    kind = labels.said("review", told["kind"])
    yield labels.line(
        "review",
        f"{kind} · {labels.said('task_state', told['state'])} · {told['opened_on']} · "
        f"{labels.word('due_on')} {told['due_on']}",
    )
    for reason in told["reasons"]:
        yield from labels.wrapped(f"{reason['code']}: {reason['sentence']}", 2)
    if told["first_by"]:
        yield from labels.wrapped(f"{labels.word('first_by')}: {told['first_by']}", 2)
    if told["answer"]:
        answer = labels.said("desk", told["answer"])
        yield from labels.wrapped(
            f"{labels.word('answered')}: {answer} · {told['decided_by']} · "
            f"{moment(told['decided_at'])} · {told['reason'] or '–'}",
            2,
        )
