"""F34: a drug is billed above its legal public price of the day it was dispensed."""

import datetime as dt

from models.finding import Signal, SignalEffect
from models.registers import holds_on
from tasks.fraud.figures import Figures
from tasks.fraud.history import History
from tasks.fraud.subject import LOT, Subject

RULE_ID = "F34"
VERSION = "1"
SINCE = dt.date(2026, 1, 1)
MOMENT = LOT


def signals(subject: Subject, history: History, figures: Figures) -> tuple[Signal, ...]:
    """Hold drug lines above the legal price; fees above a tariff are no fraud and not looked at."""
    found: list[Signal] = []
    for line in subject.dossier.lines:
        if not line.ean:
            continue
        prices = [
            price.price_minor
            for price in figures.drug_prices.get(line.ean, ())
            if holds_on(price.valid_from, price.valid_to, line.care_date)
        ]
        # Where two prices are published for one day, the higher one is still legal.
        if prices and line.amount_minor > max(prices) * line.quantity:
            params = {
                "legal_minor": str(max(prices) * line.quantity),
                "billed_minor": str(line.amount_minor),
                "quantity": str(line.quantity),
            }
            points = figures.points(RULE_ID, SignalEffect.HOLD, subject.day)
            found.append(Signal(RULE_ID, VERSION, SignalEffect.HOLD, points, line.line_no, params))
    return tuple(found)
