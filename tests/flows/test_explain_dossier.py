"""The whole history of a dossier: paid, refused, in review, and read from paper."""

import datetime as dt
import itertools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from flows.explain_dossier import explain, render
from infra.storage import original_key
from models.errors import UnknownDossier, UsageError
from models.finding import Effect, SignalEffect
from models.messages import LANGUAGES
from models.outcome import DecisionOutcome
from models.records.all_tables import table
from models.stage import Channel, Stage, Status, VersionReason
from tasks.doors import Doors
from tasks.labels import LABEL_WIDTH, WIDTH, Labels, read_texts
from tasks.payment.states import BatchState, ObligationState, PaymentState
from tasks.review.decide import ReviewKind
from tests.flows.world import DAY, dossier_of, pay, rows, truth


def told(doors: Doors, key: str, language: str = "en") -> dict[str, Any]:
    return explain(doors.database, doors.storage, doors.settings, key, language)


def only(explanation: Mapping[str, Any]) -> dict[str, Any]:
    (dossier,) = explanation["dossiers"]
    found: dict[str, Any] = dossier
    return found


def a_dossier_with(doors: Doors, **columns: Any) -> Any:
    return min(rows(doors.database, "dossier", **columns), key=lambda row: row.order_key)


def test_a_paid_dossier_is_told_from_its_file_to_its_payment(world: Doors) -> None:
    pay(world, DAY)
    row = a_dossier_with(world, status="paid", version=1)
    dossier = only(told(world, row.public_number))
    (version,) = dossier["versions"]
    (payment,) = dossier["payments"]
    (settled,) = [one for one in payment["settles"] if one["version"] == 1]
    assert dossier["originals"][0]["is_intact"]
    assert version["decision"]["outcome"] == "accepted"
    assert version["amounts"]["due_minor"] == version["decision"]["due_minor"]
    assert settled["amount_minor"] == version["decision"]["due_minor"]
    assert payment["batch"]["state"] == "published"
    assert payment["batch"]["is_intact"]
    assert payment["batch"]["approvals"][0]["approver"] == "approver"
    actions = [event["action"] for event in dossier["audit"]]
    assert actions[0] == "first"
    assert {"pricing_done", "review_done"} <= set(actions)


def test_the_amounts_taken_again_are_those_that_were_stored(world: Doors) -> None:
    compared = 0
    for row in rows(world.database, "dossier"):
        for version in only(told(world, row.dossier_id))["versions"]:
            if version["amounts"]:
                assert version["amounts"]["recomputed"]["is_same"], row.dossier_id
                compared += 1
    assert compared == len(rows(world.database, "priced_dossier")) > 0


def test_every_line_names_rule_figure_interval_source_and_status(world: Doors) -> None:
    row = a_dossier_with(world, status="approved")
    amounts = only(told(world, row.dossier_id))["versions"][-1]["amounts"]
    for line in amounts["lines"]:
        steps = [one for one in amounts["steps"] if one["line_no"] == line["line_no"]]
        figures = [figure for step in steps for figure in step["figures"]]
        assert set(line["figure_ids"]) == {figure["figure_id"] for figure in figures}
        assert all(figure["from"] and figure["source_title"] for figure in figures)
        assert all(figure["status_text"] for figure in figures)
        assert any(step["rule_id"] and step["reference"] for step in steps)


def test_an_amount_changed_behind_our_back_is_said_with_both_values(world: Doors) -> None:
    row = a_dossier_with(world, status="approved")
    priced = table("priced_dossier")
    with world.database.transaction() as connection:
        connection.execute(
            priced.update()
            .where(priced.c.dossier_id == row.dossier_id)
            .values(due_minor=priced.c.due_minor + 1, tariff_version="older")
        )
    explanation = told(world, row.dossier_id)
    again = only(explanation)["versions"][-1]["amounts"]["recomputed"]
    assert not again["is_same"]
    assert not again["has_same_amounts"]
    assert {one["field"] for one in again["differences"]} == {"tariff_version", "due_minor"}
    assert "DIFFERS FROM THE STORED AMOUNTS" in render(explanation, "en")


def test_a_refused_dossier_says_the_sentence_and_the_text_behind_it(
    world: Doors, simulated: Path
) -> None:
    (row, *_) = truth(simulated, DAY, "late_deposit")
    dossier = only(told(world, row["public_number"], "fr"))
    finding = next(one for one in dossier["versions"][0]["findings"] if one["code"] == "FORCLUSION")
    assert finding["effect"] == "refuse"
    assert finding["sentence"]
    assert "{" not in finding["sentence"]
    assert finding["reference"]
    reasons = dossier["versions"][0]["decision"]["reasons"]
    assert {"code": "FORCLUSION", "sentence": finding["sentence"]} in reasons


def test_a_fraud_signal_shows_its_values_and_thresholds(world: Doors) -> None:
    signal = min(
        rows(world.database, "fraud_signal", rule_id="F49"), key=lambda one: one.dossier_id
    )
    version = only(told(world, signal.dossier_id))["versions"][-1]
    told_signal = next(one for one in version["signals"] if one["rule_id"] == "F49")
    assert told_signal["params"] == json.loads(signal.params)
    assert told_signal["sentence"]
    assert all(one["value"] and one["source"] for one in told_signal["thresholds"])
    assert told_signal["thresholds"]


def test_a_dossier_in_review_shows_its_task(world: Doors) -> None:
    task = min(rows(world.database, "review_task", state="open"), key=lambda one: one.task_id)
    version = only(told(world, task.dossier_id))["versions"][-1]
    (review,) = version["reviews"]
    assert review["state"] == "open"
    assert [one["code"] for one in review["reasons"]] == task.reasons.split()
    assert version["decision"]["outcome"] == "review"


def test_a_payment_tells_every_dossier_it_settles(world: Doors) -> None:
    pay(world, DAY)
    by_payment = itertools.groupby(
        sorted(rows(world.database, "payment_obligation"), key=lambda one: one.payment_id),
        key=lambda one: one.payment_id,
    )
    payment_id, links = max(
        ((key, list(group)) for key, group in by_payment), key=lambda one: len(one[1])
    )
    assert len(links) > 1
    (payment,) = rows(world.database, "payment", payment_id=payment_id)
    for key in (payment_id, payment.end_to_end_id):
        explanation = told(world, key)
        assert {one["dossier_id"] for one in explanation["dossiers"]} == {
            link.dossier_id for link in links
        }


def test_a_bank_account_is_shown_by_its_last_four_digits_alone(world: Doors) -> None:
    pay(world, DAY)
    row = a_dossier_with(world, status="paid")
    (link, *_) = rows(world.database, "payment_obligation", dossier_id=row.dossier_id)
    (payment,) = rows(world.database, "payment", payment_id=link.payment_id)
    explanation = told(world, row.dossier_id)
    text = json.dumps(explanation) + render(explanation, "fr")
    assert payment.account not in text
    assert payment.account[4:] not in text
    assert f"…{payment.account[-4:]}" in render(explanation, "fr")


def test_a_changed_original_is_said_to_be_changed(world: Doors) -> None:
    row = a_dossier_with(world, status="approved")
    (sent, *_) = rows(world.database, "submission", dossier_id=row.dossier_id)
    world.storage.put(original_key(sent.sha256), b"something else")
    explanation = told(world, row.dossier_id)
    assert not only(explanation)["originals"][0]["is_intact"]
    assert "MISSING OR CHANGED" in render(explanation, "en")


def test_an_unknown_key_and_an_unknown_language_are_refused(world: Doors) -> None:
    with pytest.raises(UnknownDossier, match="nothing bears that key"):
        told(world, "AMO-2026-00000000")
    with pytest.raises(UsageError, match="the language is one of"):
        told(world, a_dossier_with(world, status="approved").dossier_id, "de")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_dossier_reads_in_short_lines_without_a_raw_word(
    world: Doors, simulated: Path, language: str
) -> None:
    pay(world, DAY)
    for fault in ("", "appealed", "completed", "late_deposit", "arrears_paid_later"):
        day = dt.date(2026, 11, 19) if fault == "arrears_paid_later" else DAY
        row = next(one for one in truth(simulated, day, fault) if one["outcome"])
        key = dossier_of(world, row).dossier_id
        text = render(told(world, key, language), language)
        assert max(map(len, text.splitlines())) <= WIDTH
        assert not re.search(r"\b(None|True|False)\b", text)
        assert "{" not in text


def test_amounts_stand_under_each_other(world: Doors) -> None:
    row = a_dossier_with(world, status="approved")
    explanation = told(world, row.dossier_id)
    amounts = only(explanation)["versions"][-1]["amounts"]
    lines, labels = render(explanation, "en").splitlines(), Labels("en")
    ends = {
        len(line)
        for line in lines
        for priced in amounts["lines"]
        if line.startswith(" ")
        and line.endswith(f" {labels.amount(priced['due_minor'])}")
        and " % " in line
    }
    total = next(line for line in lines if line.strip().startswith("Total "))
    assert ends == {len(total)}


def test_every_state_and_code_has_a_label_in_three_languages() -> None:
    groups: dict[str, Any] = {
        "status": Status, "stage": Stage, "channel": Channel, "reason": VersionReason,
        "outcome": DecisionOutcome, "review": ReviewKind, "obligation_state": ObligationState,
        "payment_state": PaymentState, "batch_state": BatchState,
        "effect": [*Effect, *SignalEffect],
    }  # fmt: skip
    texts = read_texts()
    missing = [
        f"{group}.{value.value}"
        for group, values in groups.items()
        for value in values
        if f"{group}.{value.value}" not in texts
    ]
    assert missing == []
    assert all(text.strip() for labels in texts.values() for text in labels.values())


def test_labels_fit_into_their_column() -> None:
    at_left = [
        "status", "scheme", "channel", "date.care", "date.deposit", "date.receipt", "date.scan",
        "date.decision", "original", "submission", "rights", "finding", "signal", "amounts",
        "recomputed", "decision", "review", "obligation", "payment_amount", "settles", "account",
        "batch", "file", "approved_by", "correction", "quarantine", "overpayment",
    ]  # fmt: skip
    texts = read_texts()
    assert [
        name for name in at_left for text in texts[name].values() if len(text) >= LABEL_WIDTH
    ] == []


def add_paper(doors: Doors) -> str:
    """Make an electronic dossier one that was read from paper: file, page, evidence, correction."""
    row = a_dossier_with(doors, status="approved")
    key = row.dossier_id
    value: dict[str, dict[str, Any]] = {
        "dossier_file": {
            "file_no": 1, "sha256": "f" * 64, "media_type": "application/pdf", "page_count": 1,
        },
        "page_reading": {
            "page_no": 1, "sha256": "a" * 64, "pixel_sha256": "b" * 64, "width": 1654,
            "height": 2339, "dpi": 200, "form_id": "cnss-610-1-02", "inliers": 310,
            "word_count": 120, "skew_degrees": 0.4, "sharpness": 81.0, "is_text_layer": False,
            "words_key": "words/a", "image_key": "pages/a", "problem": "",
        },
        "field_evidence": {
            "field": "lines[1].amount_minor", "page_no": 1, "box_left": 1200, "box_top": 840,
            "box_width": 180, "box_height": 42, "reading": "80,O0", "second_reading": "80,00",
            "value": "8000", "error_probability": 0.0123, "is_doubtful": True,
            "source": "tesseract",
        },
        "field_correction": {
            "field": "lines[1].amount_minor", "before": "", "after": "8000",
            "corrected_by": "amina", "corrected_at": "2026-11-20T10:00:00.000000Z",
            "reason": "seen on the page",
        },
    }  # fmt: skip
    with doors.database.transaction() as connection:
        for name, values in value.items():
            content = {"dossier_id": key, "content_version": 1, **values}
            doors.database.insert_rows(connection, table(name), [content])
    return str(key)


def test_a_field_of_paper_is_told_with_page_box_readings_and_correction(world: Doors) -> None:
    explanation = told(world, add_paper(world))
    (content,) = only(explanation)["contents"]
    (field,) = content["fields"]
    assert (field["page_no"], field["box"]) == (1, [1200, 840, 180, 42])
    assert (field["reading"], field["second_reading"]) == ("80,O0", "80,00")
    assert field["error_probability"] == pytest.approx(0.0123)
    assert content["corrections"][0]["corrected_by"] == "amina"
    text = render(explanation, "en")
    assert "lines[1].amount_minor = 8000 · doubtful" in text
    assert "page 1 · box 1200,840 180×42 · read « 80,O0 »" in text
    assert "1654×2339 px, 200 dpi · cnss-610-1-02" in text
