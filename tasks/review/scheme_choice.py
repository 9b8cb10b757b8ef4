"""The law of choosing a dossier's scheme at the desk: who may, among which, and when for good.

Choosing pays nothing: the dossier is validated, priced and decided anew under the chosen scheme.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.errors import ApprovalRefused, UsageError
from models.scheme import KnownScheme
from tasks.review.decide import MACHINE, ReviewKind
from tasks.review.desk import NOTE_MAX

#: What stands for a choice where an answer waits for a second person, and in a task it closed.
CHOICE = "scheme"
#: Codes of what a person settles by choosing: the dossier does not wait for them any more.
SETTLED = frozenset({"REGIME_INCERTAIN"})


@dataclass(frozen=True, slots=True)
class SchemeFacts:
    """What the law needs to know of a dossier's scheme.

    ``is_paid``: money for it was paid or lies in a batch. ``is_accepted``: its present version was
    accepted. ``is_uncertain``: the scheme was taken from a sheet that leaves it open.
    """

    scheme: str
    currency: str
    is_paid: bool
    is_accepted: bool
    is_uncertain: bool


@dataclass(frozen=True, slots=True)
class ChoiceFacts:
    """What the law needs to know of the task: its kind, what is asked (minor units), the people.

    ``barred`` took part in a decision on an earlier version; ``first_by`` and ``first_answer`` are
    empty until a first person has answered.
    """

    kind: str
    asked_minor: int
    first_by: str
    first_answer: str
    barred: frozenset[str]


def offered(facts: SchemeFacts, known: Mapping[str, KnownScheme]) -> tuple[KnownScheme, ...]:
    """Return the schemes a person may choose: of the dossier's country and currency.

    The present one is among them where it is uncertain: to choose it is to confirm it. Where the
    engine does not know the present one, its currency alone decides.
    """
    present = known.get(facts.scheme)
    return tuple(
        one
        for one in known.values()
        if one.currency == facts.currency
        and (present is None or one.country == present.country)
        and (facts.is_uncertain or one.scheme_id != facts.scheme)
    )


def may_move(facts: SchemeFacts) -> bool:
    """Whether a dossier may be put under another scheme."""
    return not facts.is_paid and not facts.is_accepted


def check_movable(facts: SchemeFacts) -> None:
    """Say why a dossier stays under its scheme, if it does.

    Raises:
        UsageError: when money for it was paid or is on its way, or it was accepted.
    """
    if facts.is_paid:
        raise UsageError("this dossier was paid or is being paid; its scheme stays")
    if facts.is_accepted:
        raise UsageError("this dossier was accepted under its scheme; its scheme stays")


def check_choice(chosen: str, facts: SchemeFacts, known: Mapping[str, KnownScheme]) -> None:
    """Refuse a scheme that is not offered, with the reason.

    Raises:
        UsageError: when it is unknown, pays in another currency or country, or is the present one.
    """
    scheme = known.get(chosen)
    if scheme is None:
        raise UsageError("no scheme has that id; choose one of those offered")
    if scheme.currency != facts.currency:
        raise UsageError("this scheme pays in another currency; return the dossier to its sender")
    present = known.get(facts.scheme)
    if present is not None and scheme.country != present.country:
        raise UsageError("this scheme is one of another country; return the dossier to its sender")
    if scheme not in offered(facts, known):
        raise UsageError("this dossier is of that scheme already")


def judge_choice(
    task: ChoiceFacts, chosen: str, by: str, four_eyes_above_minor: int, note: str = ""
) -> bool:
    """Return whether a person's choice counts by itself; else a second person has to choose alike.

    What is asked is what is at stake, because nobody knows yet what the other scheme pays.

    Raises:
        ApprovalRefused: when this person may not choose, or may not be the second of two.
        UsageError: when the remark is too long.
    """
    if len(note) > NOTE_MAX:
        raise UsageError(f"a remark has at most {NOTE_MAX} characters")
    if not by.strip() or by == MACHINE:
        raise ApprovalRefused("an answer needs the name of the person who gives it")
    if task.kind == ReviewKind.APPEAL and by in task.barred:
        raise ApprovalRefused("an appeal is answered by somebody who did not decide before")
    if task.asked_minor <= four_eyes_above_minor:
        return True
    if task.first_by == by:
        raise ApprovalRefused("the same person has answered already; another must confirm")
    return task.first_answer == choice_text(chosen)


def choice_text(chosen: str) -> str:
    """A choice as it is kept until a second person confirms it; read like any first answer."""
    return json.dumps([CHOICE, chosen, None])


def still_waits_for(reasons: Sequence[str]) -> tuple[str, ...]:
    """Return the reasons of a reading that a choice of the scheme does not settle."""
    return tuple(dict.fromkeys(code for code in reasons if code not in SETTLED))
