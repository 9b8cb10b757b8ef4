"""A chunk of dossiers through the lot's rules, and the rules asked again before payment."""

import datetime as dt
import json
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from models.finding import SignalEffect
from models.outcome import FraudInput
from models.registers import Account, Affiliation, Provider, RegisterSlice
from models.work import ChunkOutput
from tasks.fraud.chunk import FraudContext, score, score_chunk
from tasks.fraud.figures import own_paths, read_figures
from tasks.fraud.history import History, HistoryLine, PersonFacts, SeenImage, history_line
from tasks.fraud.minutes import ProviderLine, day_loads
from tasks.fraud.recheck import signals_at_payment
from tasks.fraud.rules import all_rules
from tasks.fraud.subject import Subject, subject_of
from tests.builders import a_dossier, a_fraud_input, a_line, a_validated

ROOT = Path(__file__).resolve().parents[3]
PATHS = own_paths(ROOT / "tasks" / "pricing" / "national" / "ma" / "drugs.csv")
DAY = dt.date(2026, 11, 20)
CONTEXT = FraudContext(PATHS, DAY)


def _lines_of(entry: FraudInput, status: str = "in_progress") -> list[HistoryLine]:
    return [
        history_line(
            line,
            dossier_id=entry.dossier.dossier_id,
            version=entry.dossier.version,
            order_key=entry.order_key,
            status=status,
            person_id=entry.validated.beneficiary_person_id,
            provider_id=entry.validated.provider_id,
            care_kind=entry.dossier.care_kind.value,
        )
        for line in entry.dossier.lines
    ]


def _history_of(*entries: FraudInput) -> History:
    lines: dict[str, tuple[HistoryLine, ...]] = {}
    provider_lines: list[ProviderLine] = []
    for entry in entries:
        person = entry.validated.beneficiary_person_id
        lines[person] = (*lines.get(person, ()), *_lines_of(entry))
        provider_lines += [
            ProviderLine(
                entry.validated.provider_id,
                entry.validated.provider_kind,
                entry.dossier.dossier_id,
                entry.order_key,
                "in_progress",
                line,
            )
            for line in entry.dossier.lines
        ]
    standard = read_figures(PATHS).standard_minutes
    images = {
        image: tuple(
            _seen(one.dossier.dossier_id, one.order_key)
            for one in entries
            if image in one.image_hashes
        )
        for entry in entries
        for image in entry.image_hashes
    }
    return History(lines=lines, day_loads=day_loads(provider_lines, standard), images=images)


def _seen(dossier_id: str, order_key: str) -> SeenImage:
    return SeenImage(dossier_id, order_key, "in_progress")


def _entry(number: int, **changes: Any) -> FraudInput:
    dossier_id = f"D{number:04d}"
    return a_fraud_input(
        dossier=a_dossier(dossier_id=dossier_id, **changes),
        validated=a_validated(dossier_id=dossier_id),
        order_key=f"{number:06d}",
    )


def _signals(output: ChunkOutput) -> list[dict[str, Any]]:
    table = output.tables["fraud_signal"]
    return [dict(zip(table.names, row, strict=True)) for row in table.rows]


def test_the_first_table_has_a_row_for_every_dossier() -> None:
    entries = [_entry(1), _entry(2, lines=(a_line(letter="Cs"),))]
    output = score_chunk(entries, History(), CONTEXT)
    main = next(iter(output.tables))
    assert main == "fraud_score"
    assert output.tables[main].rows == [("D0001", 1, 0, 0, ""), ("D0002", 1, 0, 0, "")]


def test_of_two_equal_dossiers_of_one_chunk_only_the_later_one_is_signalled() -> None:
    entries = [_entry(1), _entry(2)]
    output = score_chunk(entries, _history_of(*entries), CONTEXT)
    assert [(row["dossier_id"], row["rule_id"]) for row in _signals(output)] == [("D0002", "F01")]
    assert output.tables["fraud_score"].rows[1] == ("D0002", 1, 100, 1, "block")


def test_a_signal_row_carries_version_effect_line_and_parameters() -> None:
    entries = [_entry(1), _entry(2)]
    row = _signals(score_chunk(entries, _history_of(*entries), CONTEXT))[0]
    assert (row["sequence"], row["rule_version"], row["effect"]) == (1, "1", "block")
    assert row["line_no"] == 1
    assert json.loads(row["params"]) == {"other": "D0001", "care_date": "2026-11-02"}


def test_no_dossier_is_stopped_by_its_score() -> None:
    entries = [_entry(1), _entry(2)]
    assert score_chunk(entries, _history_of(*entries), CONTEXT).stops == {}


def test_the_strongest_effect_of_several_signals_is_kept() -> None:
    persons = {"P0001": PersonFacts(dt.date(1990, 1, 1), dt.date(2026, 11, 1), "M")}
    entry = _entry(1, lines=(a_line(code="ACC", letter=""),))
    output = score_chunk([entry], History(persons=persons), CONTEXT)
    assert output.tables["fraud_score"].rows == [("D0001", 1, 150, 2, "block")]


def test_what_goes_to_a_child_process_can_be_pickled() -> None:
    request = ([_entry(1)], _history_of(_entry(1)), CONTEXT)
    assert pickle.loads(pickle.dumps(request)) == request


def test_the_rules_of_the_payment_do_not_run_over_the_lot() -> None:
    entry = _entry(1, total_minor=9999)
    assert score_chunk([entry], History(), CONTEXT).tables["fraud_score"].rows[0][3] == 0


def test_no_rule_runs_before_its_first_day() -> None:
    entries = [_entry(1), _entry(2)]
    history = _history_of(*entries)
    early = min(rule.SINCE for rule in all_rules()) - dt.timedelta(days=1)
    result = score(subject_of(entries[1], early), history, read_figures(PATHS))
    assert result.signals == ()


lines = st.lists(
    st.builds(
        a_line,
        letter=st.sampled_from(["C", "Cs", "V", "K", "AMM"]),
        care_date=st.dates(dt.date(2026, 10, 1), dt.date(2026, 11, 15)),
        quantity=st.integers(1, 60),
        amount_minor=st.integers(0, 50_000),
    ),
    min_size=1,
    max_size=8,
).map(lambda many: tuple(_numbered(many)))


def _numbered(many: list[Any]) -> list[Any]:
    return [replace(line, line_no=number) for number, line in enumerate(many, start=1)]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(lines=lines)
def test_a_dossier_alone_never_contradicts_itself(lines: Any) -> None:
    entry = a_fraud_input(dossier=a_dossier(lines=lines), image_hashes=("aa", "bb"))
    history = _history_of(entry)
    assert score(subject_of(entry, DAY), history, read_figures(PATHS)).signals == ()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(lines=lines, order=st.permutations([1, 2, 3]))
def test_of_equal_dossiers_the_first_received_is_never_signalled(lines: Any, order: Any) -> None:
    entries = [_entry(number, lines=lines) for number in order]
    output = score_chunk(entries, _history_of(*entries), CONTEXT)
    signalled = {row["dossier_id"] for row in _signals(output) if row["rule_id"] == "F01"}
    assert signalled == {"D0002", "D0003"}


def _at_payment(**changes: Any) -> Subject:
    registers = RegisterSlice(
        known_on=DAY,
        affiliations={
            "P0001": (
                Affiliation("P0001", "ma-amo-salaries", "100000001", "", dt.date(2020, 1, 1), None),
            )
        },
        providers_by_inpe={
            "200000001": (
                Provider(
                    "H0001", "200000001", "", "doctor", "", "private", "", dt.date(2010, 1, 1), None
                ),
            )
        },
    )
    return Subject(
        dossier=a_dossier(**changes),
        validated=a_validated(),
        due_minor=5600,
        order_key="2",
        day=DAY,
        payee_id="P0001",
        registers=registers,
    )


def test_a_clean_dossier_passes_the_rules_of_the_payment() -> None:
    assert signals_at_payment(_at_payment(), History(), read_figures(PATHS)) == ()


def test_a_wrong_total_is_held_before_payment() -> None:
    found = signals_at_payment(_at_payment(total_minor=9999), History(), read_figures(PATHS))
    assert [(one.rule_id, one.effect) for one in found] == [("F35", SignalEffect.HOLD)]


def _changed_account(day: dt.date) -> History:
    first = Account("A1", "P0001", "insured", "R1", dt.date(2020, 1, 1), None, dt.date(2020, 1, 1))
    second = Account("A2", "P0001", "insured", "R2", day, None, day)
    return History(accounts={"P0001": (first, second)})


def test_an_account_changed_after_the_decision_is_held_before_payment() -> None:
    history = _changed_account(DAY - dt.timedelta(days=1))
    found = signals_at_payment(_at_payment(), history, read_figures(PATHS))
    assert [one.rule_id for one in found] == ["F50"]


def test_a_signal_a_person_has_answered_is_not_raised_again() -> None:
    figures = read_figures(PATHS)
    history = _changed_account(DAY - dt.timedelta(days=2))
    answered = signals_at_payment(_at_payment(), history, figures)
    assert signals_at_payment(_at_payment(), history, figures, answered) == ()


def test_a_second_change_of_account_is_raised_though_the_first_was_answered() -> None:
    figures = read_figures(PATHS)
    answered = signals_at_payment(_at_payment(), _changed_account(DAY - dt.timedelta(2)), figures)
    again = signals_at_payment(
        _at_payment(), _changed_account(DAY - dt.timedelta(1)), figures, answered
    )
    assert [one.rule_id for one in again] == ["F50"]
