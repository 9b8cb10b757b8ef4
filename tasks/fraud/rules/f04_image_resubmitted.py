"""F04: the very same page image already lay in another dossier."""

import datetime as dt

from models.finding import Signal, SignalEffect
from tasks.fraud.figures import Figures
from tasks.fraud.history import History
from tasks.fraud.subject import LOT, Subject, stands_before

RULE_ID = "F04"
VERSION = "1"
SINCE = dt.date(2026, 1, 1)
MOMENT = LOT


def signals(subject: Subject, history: History, figures: Figures) -> tuple[Signal, ...]:
    """Block a dossier with a page whose pixels, byte for byte, another dossier brought before.

    Pixels are compared, not how alike pictures look: two claims on one printed form look alike.
    """
    found: dict[str, Signal] = {}
    for image in subject.image_hashes:
        for seen in history.images.get(image, ()):
            if seen.dossier_id not in found and stands_before(seen, subject):
                points = figures.points(RULE_ID, SignalEffect.BLOCK, subject.day)
                found[seen.dossier_id] = Signal(
                    RULE_ID, VERSION, SignalEffect.BLOCK, points, None, {"other": seen.dossier_id}
                )
    return tuple(found[key] for key in sorted(found))
