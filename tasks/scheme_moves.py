"""Moves a dossier to the scheme that people chose: a new content and version, decided anew.

What was read, and what people corrected so far, goes along. What the choice does not settle keeps
waiting for a person under the new version.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from infra.database import Database
from infra.stores.contents import content_rows
from infra.stores.decision_versions import next_content
from infra.stores.dossiers import Head, load_dossiers, load_findings
from infra.stores.review_tasks import people_before
from infra.stores.scheme_choices import (
    Chooser,
    SchemeMove,
    is_accepted,
    is_paid,
    keep_first_choice,
    move_to_scheme,
    reading_reasons,
)
from infra.stores.typing_entries import waiting_entries
from models.dossier import Dossier
from models.errors import UsageError
from models.finding import Finding
from models.scheme import KnownScheme
from tasks.review.content import Corrector, evidence_of_content
from tasks.review.decide import MACHINE
from tasks.review.desk import Signed
from tasks.review.scheme_choice import (
    SETTLED,
    ChoiceFacts,
    SchemeFacts,
    check_choice,
    check_movable,
    choice_text,
    judge_choice,
    still_waits_for,
)
from tasks.review.store import lock_task


@dataclass(frozen=True, slots=True)
class Choice:
    """A scheme that a person chose for the dossier of a task, and why, where they said it."""

    scheme: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceRules:
    """What a choice is judged by: the schemes, the limit of one person, who applies corrections."""

    known: Mapping[str, KnownScheme]
    four_eyes_above_minor: int
    correct: Corrector


@dataclass(frozen=True, slots=True)
class SchemeMoved:
    """What a choice did: final, or waiting for a second person; and which reasons are left."""

    is_final: bool
    version: int
    waits_for: tuple[str, ...] = ()


def choose_scheme(
    database: Database, task_id: str, choice: Choice, signed: Signed, rules: ChoiceRules
) -> SchemeMoved:
    """Put a task's dossier under the scheme a person chose; above the limit a second one confirms.

    Raises:
        ApprovalRefused: when this person may not choose.
        UsageError: when the task is closed, or the dossier cannot be under that scheme.
        UnknownDossier: when there is no such task.
    """
    chooser = Chooser(signed.by, signed.day, signed.at, choice.note)
    with database.transaction() as connection:
        task, head = lock_task(connection, task_id)
        if waiting_entries(connection, task_id):
            raise UsageError("this dossier is typed by two colleagues; go on in typing mode")
        dossier = load_dossiers(connection, [head]).get(head.dossier_id)
        if dossier is None:
            raise UsageError("nothing was extracted from this dossier; return it to its sender")
        findings = load_findings(connection, [head]).get(head.dossier_id, ())
        facts = _scheme_facts(connection, head, dossier, findings)
        check_movable(facts)
        check_choice(choice.scheme, facts, rules.known)
        limit = rules.four_eyes_above_minor
        asked = _choice_facts(connection, task, head, dossier)
        if not judge_choice(asked, choice.scheme, signed.by, limit, choice.note):
            answer = choice_text(choice.scheme)
            keep_first_choice(database, connection, task, head, answer, chooser)
            return SchemeMoved(False, head.version)
        move = _move(connection, head, dossier, choice, rules)
        move_to_scheme(database, connection, task, move, chooser)
        return SchemeMoved(True, move.version, move.waits_for)


def _scheme_facts(
    connection: Any, head: Head, dossier: Dossier, findings: Sequence[Finding]
) -> SchemeFacts:
    return SchemeFacts(
        scheme=dossier.scheme,
        currency=dossier.currency,
        is_paid=is_paid(connection, head.dossier_id),
        is_accepted=is_accepted(connection, head),
        is_uncertain=any(one.code in SETTLED for one in findings),
    )


def _choice_facts(connection: Any, task: Any, head: Head, dossier: Dossier) -> ChoiceFacts:
    barred = people_before(connection, head.dossier_id, head.version) - {MACHINE}
    return ChoiceFacts(
        task.kind, dossier.total_minor, task.first_by, task.first_answer, frozenset(barred)
    )


def _move(
    connection: Any, head: Head, dossier: Dossier, choice: Choice, rules: ChoiceRules
) -> SchemeMove:
    """The dossier under its new scheme, with what people corrected of its present content."""
    own = content_rows(connection, "field_correction", head, "correction_id")
    typed = {row["field"]: row["after"] for row in own}
    corrected = rules.correct(dossier, typed) if typed else dossier
    after = replace(corrected, scheme=choice.scheme, version=head.version + 1)
    content = next_content(connection, head.dossier_id)
    evidence = content_rows(connection, "field_evidence", head, "field")
    return SchemeMove(
        head=head,
        before=dossier,
        after=after,
        content=content,
        evidence=evidence_of_content(evidence, after, typed, content, is_settled=False),
        settled=SETTLED,
        waits_for=still_waits_for(reading_reasons(connection, head)),
    )
