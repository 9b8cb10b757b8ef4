"""The states written out in SQL are those of the enums."""

import re

from models.dossier import RequestKind
from models.outcome import DecisionOutcome
from models.stage import Stage, Status
from tasks.payment import queries
from tasks.payment.states import ObligationState

KNOWN = {
    str(one)
    for enum in (ObligationState, Status, Stage, DecisionOutcome, RequestKind)
    for one in enum
}


def test_every_state_written_in_sql_is_known() -> None:
    texts = [value for name, value in vars(queries).items() if name.isupper()]
    written = {word for text in texts for word in re.findall(r"'([a-z_]+)'", text)}
    assert written
    assert written <= KNOWN
