"""``tasfiya conform``: our golden cases and a peer's cases; no adapter peeps at an answer."""

import ast
import json
from dataclasses import fields, replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

import tasks.pricing
from flows.run_conformance import app
from models.errors import CatalogueError, UsageError
from tasks.conform import Verdict, as_table, run_files, summary_of
from tasks.conform_peer import (
    OURS,
    PEER,
    SIDES,
    adapters,
    answer_of,
    compare,
    read_peer_cases,
    read_sides,
)
from tasks.conform_question import Question
from tasks.pricing import cases
from tasks.pricing.catalogue import load_catalogue

ROOT = Path(__file__).resolve().parents[2]
PEER_FILE = ROOT.parents[0] / "shared" / "data" / "claims" / "openimis_cases.json"
#: A checkout may also lie one folder deeper.
PEER_FILES = (PEER_FILE, ROOT.parents[1] / "shared" / "data" / "claims" / PEER_FILE.name)
DOC = ROOT / "docs" / "conformance.md"
GOLDEN = ROOT / "tests" / "cases" / "pricing"
APPLICABLE_MIN = 55
RUNNER = CliRunner()


@pytest.fixture(scope="session")
def peer_file():
    """The peer's cases, which lie beside the repository."""
    found = [path for path in PEER_FILES if path.is_file()]
    if not found:
        pytest.skip(f"{PEER_FILE.name} does not lie beside the repository")
    return found[0]


@pytest.fixture(scope="session")
def peer_results(peer_file):
    return run_files([peer_file], no_catalogue)


def no_catalogue():
    raise AssertionError("a peer's cases bring their own small schemes")


@cache
def shipped():
    return load_catalogue(Path(tasks.pricing.__file__).parent / "schemes")


def a_case(**changes):
    """A case of ours in the peer's form: a fixed limit of 70 on three units of 100."""
    line = {"qty": 3, "price": 100, "limitation": "F", "limit": 70}
    case = {
        "id": "PRI-13", "stage": "pricing", "description": "A fixed limit",
        "inputs": {"lines": [line]}, "expected": {"line_paid": [210], "paid": 210},
    }  # fmt: skip
    return {**case, **changes}


def written(folder, *cases):
    path = folder / "cases.json"
    path.write_text(json.dumps({"cases": cases}), encoding="utf-8")
    return path


# The peer's cases.


def test_every_applicable_case_passes_on_the_side_we_take(peer_results):
    assert [one for one in peer_results if one.verdict is Verdict.DIFFERS] == []


def test_most_cases_are_applicable_and_the_others_say_why_not(peer_results):
    found = summary_of(peer_results)
    assert found["applicable"] >= APPLICABLE_MIN
    assert all(one.reason for one in peer_results if one.verdict is Verdict.NOT_APPLICABLE)


def test_a_side_is_stated_for_every_case_and_no_other(peer_results):
    assert {one.case_id for one in peer_results} == set(read_sides().cases)


def test_a_case_whose_engines_disagree_has_a_side_with_its_reason(peer_file):
    for case in read_peer_cases(peer_file):
        names = {engine for engine in SIDES for key in case.expected if key.startswith(engine)}
        side = read_sides().cases[case.question.case_id]
        values = {str(value) for value in case.expected.values()}
        if names and len(values) > 1:
            assert side.side != PEER, case.question.case_id
            assert side.why


def test_what_a_peer_expects_never_changes_our_answer(peer_file):
    for case in read_peer_cases(peer_file):
        if case.question.case_id not in adapters():
            continue
        wrong = replace(case, expected={key: "something else" for key in case.expected})
        compared = compare(wrong)
        is_ours = read_sides().cases[case.question.case_id].side == OURS
        assert bool(compared.differences) != is_ours, case.question.case_id


#: Inputs that are changed, and what our stages must then answer: nothing is learnt by heart.
CHANGED = {
    "INT-01": ({"facility_code": "VIDS001"}, {"accepted": True}),
    "INT-02": ({"claim_code": "CID00002", "facility_code": "VIDS001",
                "existing": [{"claim_code": "CID00001", "facility_code": "VIDS001"}]},
               {"accepted": True}),
    "INT-14": ({"maximum_amount": 5000, "qty": 5000}, {"accepted": True}),
    "INT-16": ({"status": 1, "action": "restore"}, {"answer": "accepted"}),
    "ELI-01": ({"date_from": "2020-01-09", "date_claimed": "2020-01-09"}, {"claim": "accepted"}),
    "ELI-06": ({"dob": "2002-01-01", "care": "2020-01-01"}, {"patient": "adult"}),
    "LIN-07": ({"patient_category": 6, "patient": {"gender": "F", "age": 30}}, {"line_code": ""}),
    "LIN-13": ({"facility_care_type": "O", "line_care_type": "O", "nights": 0}, {"line_code": ""}),
    "LIN-20": ({"frequency_days": 180, "previous_days_ago": 181}, {"line_code": ""}),
    "LIN-30": ({"waiting_months_adult": 0, "stage": "new", "days_after_effective": 2,
                "adult": True}, {"line_code": ""}),
    "LIN-41": ({"limit_no": 10, "already": 9, "qty": 7}, {"line_code": "", "qty_accepted": 1}),
    "CAT-02": ({"max_no_surgery": 2, "category": "S", "claims_this_period": 1},
               {"second_line_code": ""}),
    "CAT-14": ({"services": ["C"], "nights": 3}, {"category": "H"}),
    "PRI-13": ({"lines": [{"qty": 2, "price": 100, "limitation": "F", "limit": 30}]},
               {"paid": 60}),
    "PRI-18": ({"lines": [{"qty": 1, "price": 100}], "ded": 150, "ded_prev": 150}, {"paid": 100}),
    "PRI-20": ({"lines": [{"qty": 2, "price": 100}, {"qty": 1, "price": 100}], "ceil": 180},
               {"line_paid": [180, 0]}),
    "PRI-24": ({"max_policy": 1000, "threshold": 3, "extra_member": 200, "members": 4},
               {"ceiling": 1200}),
    "PRI-31": ({"price": 1000, "C": 60, "F": 700}, {"chosen": "F"}),
    "PRI-40": ({"limit_other": 10, "limit_emergency": 20, "qty": 3, "price": 100},
               {"paid_other": 30, "paid_emergency": 60}),
    "AUT-01": ({"total": Decimal("200.01"), "coverage": True, "auto_approve_below": 200},
               {"decision": "review: MONTANT_A_CONFIRMER"}),
    "WF-02": ({"review": "not selected", "action": "process"}, {"review": "approved"}),
    "DOC-10": ({"ocr": "John", "claim": "Mary"}, {"match": False}),
}  # fmt: skip


@pytest.mark.parametrize("case_id", CHANGED)
def test_an_answer_follows_the_inputs(case_id):
    inputs, expected = CHANGED[case_id]
    answer = answer_of(Question(case_id, "", "", inputs))
    assert {key: answer[key] for key in expected} == expected


# How the cases are kept apart from their answers.


def test_a_question_has_no_place_for_an_expectation():
    assert [one.name for one in fields(Question)] == ["case_id", "stage", "description", "inputs"]


def test_no_adapter_knows_the_files_of_cases_or_the_sides():
    for path in sorted((ROOT / "tasks").glob("conform_*.py")):
        if path.name == "conform_peer.py":
            continue
        text = path.read_text(encoding="utf-8")
        imported = {
            node.module for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)
        }
        assert not imported & {"tasks.conform_peer", "tasks.conform"}, path.name
        assert "expected" not in text, path.name
        assert "cases.json" not in text


def test_every_case_has_either_an_adapter_or_a_reason_why_it_is_absent():
    sides = read_sides().cases
    absent = {case_id for case_id, side in sides.items() if side.absent}
    assert absent | set(adapters()) == set(sides)
    assert not absent & set(adapters())


# Verdicts.


def test_a_case_that_we_meet_passes(tmp_path):
    (result,) = run_files([written(tmp_path, a_case())], no_catalogue)
    assert (result.verdict, result.side) == (Verdict.PASS, PEER)


def test_a_case_that_we_do_not_meet_differs_and_says_in_what(tmp_path):
    path = written(tmp_path, a_case(expected={"line_paid": [300], "paid": 210}))
    (result,) = run_files([path], no_catalogue)
    assert result.verdict is Verdict.DIFFERS
    assert result.differences == ("line_paid: peer says [300], we say [210]",)


def test_a_key_that_we_say_nothing_about_is_a_difference(tmp_path):
    path = written(tmp_path, a_case(expected={"index": 1}))
    (result,) = run_files([path], no_catalogue)
    assert result.differences == ("index: peer says 1, we say nothing",)


def test_a_case_that_nobody_looked_at_is_not_applicable_and_says_so(tmp_path):
    (result,) = run_files([written(tmp_path, a_case(id="NEW-01"))], no_catalogue)
    assert (result.verdict, result.reason) == (
        Verdict.NOT_APPLICABLE,
        "No adapter knows this case; it was not looked at.",
    )


@pytest.mark.parametrize("text", ["", "[]", '{"cases": [{"id": "PRI-13"}]}', '{"cases": 3}'])
def test_a_file_that_is_no_file_of_cases_is_refused(text, tmp_path):
    path = tmp_path / "cases.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"cases\.json"):
        run_files([path], no_catalogue)


def test_inputs_that_an_adapter_does_not_know_are_refused_by_their_case(tmp_path):
    with pytest.raises(UsageError, match="PRI-13"):
        run_files([written(tmp_path, a_case(inputs={"lines": [{}]}))], no_catalogue)


def test_an_amount_of_fractions_of_a_cent_is_refused_by_its_case(tmp_path):
    line = {"qty": 1, "price": 0.001}
    with pytest.raises(UsageError, match="PRI-13"):
        run_files([written(tmp_path, a_case(inputs={"lines": [line]}))], no_catalogue)


def test_a_folder_without_cases_and_a_missing_file_are_refused(tmp_path):
    for path in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(UsageError):
            run_files([path], no_catalogue)


# Our own cases.


def test_every_golden_case_of_every_scheme_passes():
    results = run_files([GOLDEN], shipped)
    assert len(results) >= 100
    assert [one for one in results if one.verdict is not Verdict.PASS] == []


def test_a_wrong_golden_case_differs(tmp_path):
    path = tmp_path / "cases.yaml"
    path.write_text(example().replace("due_minor: 5600", "due_minor: 5601"), encoding="utf-8")
    (result,) = run_files([path], shipped)
    assert result.differences == ("due_minor: the case says 5601, we say 5600",)


def test_a_golden_case_of_an_unknown_scheme_is_refused(tmp_path):
    path = tmp_path / "cases.yaml"
    path.write_text(example().replace("ma-amo-salaries", "xx-none"), encoding="utf-8")
    with pytest.raises(CatalogueError, match="xx-none"):
        run_files([path], shipped)


# The command.


def test_the_command_says_each_verdict_and_the_sums(tmp_path):
    done = RUNNER.invoke(app, [str(written(tmp_path, a_case()))])
    assert done.exit_code == 0
    assert "pass           PRI-13" in done.output
    assert "cases: 1, applicable: 1, pass: 1" in done.output


def test_the_command_fails_when_a_case_differs(tmp_path):
    path = written(tmp_path, a_case(expected={"paid": 0}), a_case())
    done = RUNNER.invoke(app, [str(path), "--json"])
    assert done.exit_code == 1
    found = json.loads(done.output)
    assert found["summary"]["differs"] == 1
    assert [one["verdict"] for one in found["cases"]] == ["differs", "pass"]


# The page.


def section(title):
    """The part of the page under a heading."""
    return DOC.read_text(encoding="utf-8").partition(f"## {title}\n")[2].partition("\n## ")[0]


def example():
    """The example of a case file that the page gives."""
    return section("Our case files").partition("```yaml\n")[2].partition("```")[0]


def test_the_example_of_the_page_runs(tmp_path):
    path = tmp_path / "my_cases.yaml"
    path.write_text(example(), encoding="utf-8")
    (result,) = run_files([path], shipped)
    assert result.verdict is Verdict.PASS


def test_the_page_describes_every_key_of_a_case():
    text = section("Our case files")
    names = {*cases.FILE_KEYS, *cases.CASE_KEYS, *cases.CASE_KEYS_OPTIONAL, *cases.LINE_KEYS,
             *cases.LINE_KEYS_OPTIONAL, *cases.EXPECTED_KEYS, *cases.AUTHORITIES}  # fmt: skip
    assert {name for name in names if f"`{name}`" not in text} == set()


def test_the_table_of_the_page_is_what_the_command_says(peer_results):
    assert as_table(peer_results) in section("The 94 cases of the peer")


def test_the_page_lists_every_case_with_its_side():
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section("The 94 cases of the peer").splitlines()
        if line.startswith("| ") and not line.startswith("| case")
    ]
    listed = {row[0]: (row[2], row[3], row[4]) for row in rows}
    assert listed == {
        case_id: ("not applicable", "–", side.absent)
        if side.absent
        else ("pass", side.side, side.why or "–")
        for case_id, side in read_sides().cases.items()
    }
