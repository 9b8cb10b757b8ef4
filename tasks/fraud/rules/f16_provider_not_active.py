"""F16: just before payment, the provider is not in the register on a day of care."""

import datetime as dt

from models.finding import Signal, SignalEffect
from models.registers import holds_on
from tasks.fraud.figures import Figures
from tasks.fraud.history import History
from tasks.fraud.subject import PAYMENT, Subject

RULE_ID = "F16"
VERSION = "1"
SINCE = dt.date(2026, 1, 1)
MOMENT = PAYMENT


def signals(subject: Subject, history: History, figures: Figures) -> tuple[Signal, ...]:
    """Block lines of a provider whom the register of this moment does not hold on their day.

    A suspension learnt after the decision shortens the provider's period in the register.
    """
    if subject.registers is None:
        return ()
    periods = subject.registers.providers_by_inpe.get(subject.dossier.provider_inpe, ())
    points = figures.points(RULE_ID, SignalEffect.BLOCK, subject.day)
    return tuple(
        Signal(
            RULE_ID,
            VERSION,
            SignalEffect.BLOCK,
            points,
            line.line_no,
            {"care_date": line.care_date.isoformat()},
        )
        for line in subject.dossier.lines
        if not any(holds_on(row.valid_from, row.valid_to, line.care_date) for row in periods)
    )
