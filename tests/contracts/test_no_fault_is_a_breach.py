"""Whatever a dossier says, its fault is a finding: no stage breaks its contract over it."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.rows import RowGate
from infra.settings import ROOT
from models.electronic import AMOUNT_MINOR_MAX
from models.outcome import DecisionInput, FraudInput, PricingInput
from models.registers import RegisterSlice
from models.rows import (
    dossier_of,
    finding_of,
    priced_of,
    signal_of,
    validated_of,
)
from models.stage import Stage
from models.work import ChunkOutput, TableRows
from tasks.extraction.chunk import ExtractionContext, ExtractionInput, extract_chunk
from tasks.extraction.electronic import DossierHead
from tasks.fraud.chunk import FraudContext, score_chunk
from tasks.fraud.figures import own_paths
from tasks.fraud.history import History
from tasks.intake.decide import Filing, Known, ReceivedFile, decide
from tasks.intake.limits import Limits, ReadingContext
from tasks.intake.native import read_record
from tasks.intake.report import IntakeContext
from tasks.intake.result import ReceivedRecord, Refused
from tasks.intake.rows import rows_of
from tasks.intake.strict_json import read_json
from tasks.pricing.chunk import PricingContext, price_chunk
from tasks.review.chunk import ReviewContext, decide_chunk
from tasks.validation.chunk import validate_chunk
from tasks.validation.context import read_context
from tests.contracts.electronic_dossiers import SOUND, files
from tests.stages.validation.subjects import an_agreement, registers

DAY = dt.date(2026, 11, 20)
SCHEMES = ROOT / "tasks" / "pricing" / "schemes"
NATIONAL = SCHEMES.parent / "national"
FRAUD_PATHS = own_paths(NATIONAL / "ma" / "drugs.csv")
READING = ReadingContext(Limits(), {"ma-amo-salaries": "MAD"})
GATE = RowGate(ROOT / "contracts")
NOBODY = RegisterSlice(known_on=DAY)
SOMEBODY = registers(agreements={"P0001": (an_agreement(act_key=""),)})


class Row:
    """A row as the database gives it back: its columns by name."""

    def __init__(self, names: Sequence[str], values: Sequence[Any]) -> None:
        self.__dict__.update(zip(names, values, strict=True))


def rows(output: ChunkOutput, name: str) -> list[Any]:
    part = output.tables[name]
    return [Row(part.names, values) for values in part.rows]


def passed(stage: Stage, output: ChunkOutput) -> ChunkOutput:
    """The output of a stage, after its contract."""
    result = GATE.check(stage, output.tables)
    assert result.failed == {}, (stage, result.failed)
    return output


def received(data: bytes) -> ReceivedRecord | Refused:
    text = read_json(data, depth_max=50)
    return text if isinstance(text, Refused) else read_record(text.text, text.value, READING)


def take_in(record: ReceivedRecord) -> tuple[DossierHead, ChunkOutput]:
    """The rows of intake, and the dossier's head."""
    file = ReceivedFile("0" * 64, "0" * 64, DAY, "2026-11-20T08:00:00.000000Z", Filing())
    decision = decide(file, 1, record, Known({}, {}))
    assert decision.code == "IN_ACCEPTED"
    written = rows_of(file, [decision], IntakeContext(READING, "ma-amo-salaries", {}))
    output = passed(Stage.INTAKE, ChunkOutput({"dossier": written.tables["dossier"]}))
    (head,) = rows(output, "dossier")
    return DossierHead(
        head.dossier_id, 1, 1, head.public_number, head.scheme, head.currency, head.channel,
        head.agency, head.region, head.deposit_date, head.receipt_date,
    ), output  # fmt: skip


def take_through(record: ReceivedRecord, known: RegisterSlice) -> str:
    """Take one dossier through every stage and contract, as rows; return the outcome."""
    head, _ = take_in(record)
    extracted = passed(
        Stage.EXTRACTION,
        extract_chunk([ExtractionInput(head, record.payload)], ExtractionContext(SCHEMES)),
    )
    (fields,) = rows(extracted, "extracted_dossier")
    dossier = dossier_of(head, fields, rows(extracted, "extracted_line"), 1)
    checked = passed(
        Stage.VALIDATION, validate_chunk([dossier], known, read_context(SCHEMES, NATIONAL))
    )
    validated = validated_of(rows(checked, "validated_dossier")[0])
    output = passed(
        Stage.PRICING,
        price_chunk([PricingInput(dossier, validated, ())], PricingContext(SCHEMES, True)),
    )
    priced = priced_of(rows(output, "priced_dossier")[0], rows(output, "priced_line"))
    scored = passed(
        Stage.FRAUD,
        score_chunk(
            [FraudInput(dossier, validated, priced, (), "1")],
            History(),
            FraudContext(FRAUD_PATHS, DAY),
        ),
    )
    said = [
        finding_of(row)
        for part in (extracted, checked, output, scored)
        for row in rows(part, "finding")
    ]
    signals = [signal_of(row) for row in rows(scored, "fraud_signal")]
    entry = DecisionInput(dossier, validated, priced, tuple(said), tuple(signals), "first", "", 0)
    decided = passed(Stage.REVIEW, decide_chunk([entry], ReviewContext(DAY)))
    return str(rows(decided, "decision")[0].outcome)


@given(data=files, known=st.sampled_from([NOBODY, SOMEBODY]))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_fault_of_a_dossier_never_breaks_a_contract(data: bytes, known: RegisterSlice) -> None:
    record = received(data)
    assert isinstance(record, ReceivedRecord), record
    take_through(record, known)


def a_file(**changes: Any) -> bytes:
    return json.dumps(SOUND | changes).encode()


@pytest.mark.parametrize(
    "named",
    [
        {"letter": "K", "coefficient": "10000"},
        {"code": "HJ-MED"},
        {"code": "D754"},
        {"ean": "6118000040132"},
    ],
)
def test_the_largest_dossier_there_may_be_passes_every_contract(named: dict[str, Any]) -> None:
    line = {
        **named, "date": "2026-11-02", "quantity": 1_000, "amount_minor": AMOUNT_MINOR_MAX,
        "unit_amount_minor": AMOUNT_MINOR_MAX,
    }  # fmt: skip
    record = received(a_file(lines=[line] * 500, total_minor=AMOUNT_MINOR_MAX))
    assert isinstance(record, ReceivedRecord), record
    take_through(record, SOMEBODY)


def test_a_sound_dossier_is_accepted_on_this_way() -> None:
    record = received(a_file())
    assert isinstance(record, ReceivedRecord)
    assert take_through(record, SOMEBODY) == "accepted"
    assert take_through(record, NOBODY) == "returned"


def test_a_broken_contract_would_be_seen() -> None:
    record = received(a_file())
    assert isinstance(record, ReceivedRecord)
    _, output = take_in(record)
    part = output.tables["dossier"]
    place = part.names.index("currency")
    (row,) = part.rows
    spoilt = (*row[:place], "XXX", *row[place + 1 :])
    with pytest.raises(AssertionError, match="dossier-currency-known"):
        passed(Stage.INTAKE, ChunkOutput({"dossier": TableRows(part.names, [spoilt])}))
