"""A foreign conformance case as an adapter sees it: what is given, and nothing of the answer."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Question:
    """One case without its expectation. ``inputs`` are in the peer's words, amounts in major units.

    There is no field for what the peer would answer: an adapter cannot read it.
    """

    case_id: str
    stage: str
    description: str
    inputs: Mapping[str, Any]

    def amount(self, name: str) -> Decimal:
        """Return a figure of the inputs as an exact number."""
        return Decimal(self.inputs[name])

    def day(self, name: str) -> dt.date:
        """Return a date of the inputs."""
        return dt.date.fromisoformat(self.inputs[name])


#: What our stages say, under the names that the peer gives such answers.
#: Codes are ours; the comparison translates them.
Answer = Mapping[str, object]
Adapter = Callable[[Question], Answer]
