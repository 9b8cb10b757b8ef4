"""Asks the payment's fraud rules again, on the registers of the moment before the money leaves."""

from collections.abc import Sequence

from models.finding import Signal
from tasks.fraud.figures import Figures
from tasks.fraud.history import History
from tasks.fraud.rules import all_rules
from tasks.fraud.subject import BOTH, PAYMENT, Subject


def signals_at_payment(
    subject: Subject,
    history: History,
    figures: Figures,
    answered: Sequence[Signal] = (),
) -> tuple[Signal, ...]:
    """Return what the rules of the payment say about a decided dossier.

    ``subject.day`` is the day of payment, ``subject.payee_id`` who is paid, and
    ``subject.registers`` the registers known on it. ``answered`` are the signals a person has
    already answered for this version: they are not raised again unless their facts changed.
    """
    known = [_facts(signal) for signal in answered]
    return tuple(
        signal
        for rule in all_rules()
        if rule.MOMENT in (PAYMENT, BOTH) and subject.day >= rule.SINCE
        for signal in rule.signals(subject, history, figures)
        if _facts(signal) not in known
    )


def _facts(signal: Signal) -> tuple[str, int | None, dict[str, str]]:
    return (signal.rule_id, signal.line_no, dict(signal.params))
