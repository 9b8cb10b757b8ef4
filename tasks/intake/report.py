"""What receiving is told before it begins, and what it reports at the end."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from models.messages import Code
from tasks.intake.limits import ReadingContext


@dataclass(frozen=True, slots=True)
class IntakeContext:
    """What receiving needs besides the machines: limits, schemes, sentences, the paper default."""

    reading: ReadingContext
    default_scheme: str
    codes: Mapping[str, Code]


@dataclass(frozen=True, slots=True)
class IntakeReport:
    """What came of one file, or of several: answers, codes, new or reopened dossiers."""

    files: int = 0
    answers: Mapping[str, int] = field(default_factory=dict)
    codes: Mapping[str, int] = field(default_factory=dict)
    dossier_ids: tuple[str, ...] = ()
    acknowledgement_keys: tuple[str, ...] = ()

    def __add__(self, other: "IntakeReport") -> "IntakeReport":
        return IntakeReport(
            files=self.files + other.files,
            answers=dict(Counter(self.answers) + Counter(other.answers)),
            codes=dict(Counter(self.codes) + Counter(other.codes)),
            dossier_ids=self.dossier_ids + other.dossier_ids,
            acknowledgement_keys=self.acknowledgement_keys + other.acknowledgement_keys,
        )
