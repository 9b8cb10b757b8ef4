"""Faults of submissions: files that cannot be read, forms that do not fit, duplicates."""

import json
from dataclasses import replace
from typing import Any

from infra.simulation.electronic import consultation, laboratory, pharmacy
from infra.simulation.faults.fault import Fault, insured_draft
from infra.simulation.studio import Day, Expected, Form, Studio, truth_head


def _refused(code: str) -> Expected:
    return Expected(outcome="", answer="refused", answer_code=code)


def _text(dossier: dict[str, Any]) -> str:
    return json.dumps(dossier, ensure_ascii=False, separators=(",", ":"))


def cut_json(studio: Studio, expected: Expected) -> None:
    """A file that was cut off in the middle."""
    draft = insured_draft(studio, pharmacy)
    text = json.dumps(draft.dossier, ensure_ascii=False, indent=1)
    number = draft.dossier["public_number"]
    head = truth_head(expected, public_number="")
    studio.send(text[: len(text) // 2], head, name=f"{number}.json")


def repeated_key(studio: Studio, expected: Expected) -> None:
    """An object that bears the same key twice: two readers would see two amounts."""
    draft = insured_draft(studio, laboratory)
    text = _text(draft.dossier)
    number = draft.dossier["public_number"]
    head = truth_head(expected, public_number="")
    studio.send(f'{text[:-1]},"total_minor":1}}', head, name=f"{number}.json")


def empty_file(studio: Studio, expected: Expected) -> None:
    """A file of no bytes."""
    studio.send("", truth_head(expected, public_number=""), name="vide.json")


def unknown_scheme(studio: Studio, expected: Expected) -> None:
    """A scheme that this payer does not run."""
    draft = insured_draft(studio, consultation)
    draft.dossier["scheme"] = "xx-inconnu"
    _send_record(studio, draft.dossier, expected)


def missing_field(studio: Studio, expected: Expected) -> None:
    """A record among others without its provider."""
    draft = insured_draft(studio, consultation)
    del draft.dossier["provider_id"]
    _send_record(studio, draft.dossier, expected)


def unknown_field(studio: Studio, expected: Expected) -> None:
    """A record that brings a bank account along, which no sender may."""
    draft = insured_draft(studio, pharmacy)
    account = draft.household.account
    draft.dossier["rib"] = account.rib if account else ""
    _send_record(studio, draft.dossier, expected)


def negative_amount(studio: Studio, expected: Expected) -> None:
    """A line of a negative amount."""
    draft = insured_draft(studio, laboratory)
    draft.dossier["lines"][0]["amount_minor"] = -5_000
    _send_record(studio, draft.dossier, expected)


def _send_record(studio: Studio, dossier: dict[str, Any], expected: Expected) -> None:
    head = truth_head(expected, public_number=dossier["public_number"])
    studio.send(_text(dossier), head, form=Form.LINES)


def orphan_complement(studio: Studio, expected: Expected) -> None:
    """A complement to a dossier that nobody ever sent."""
    draft = insured_draft(studio, laboratory)
    draft.dossier["kind_of_submission"] = "complement"
    _send_record(studio, draft.dossier, expected)


def same_file(studio: Studio, expected: Expected) -> None:
    """The eve's file once more, byte for byte, under another name."""
    draft = insured_draft(studio, pharmacy, studio.deposit(Day.EVE))
    sent = studio.submit(draft, replace(_FIRST, fault=expected.fault), on=Day.EVE, form=Form.FILE)
    assert sent is not None
    number = draft.dossier["public_number"]
    head = truth_head(expected, public_number=number)
    studio.send(sent.data.decode(), head, name=f"copie-{number}.json")


def same_number(studio: Studio, expected: Expected) -> None:
    """The eve's public number once more, on a first submission of other content."""
    draft = insured_draft(studio, laboratory, studio.deposit(Day.EVE))
    studio.submit(draft, replace(_FIRST, fault=expected.fault), on=Day.EVE)
    again = {**draft.dossier, "diagnosis": "contrôle annuel"}
    head = truth_head(expected, public_number=again["public_number"])
    studio.send(_text(again), head, form=Form.LINES)


#: The sound first submission of a pair.
_FIRST = Expected()

FAULTS = (
    Fault("cut_json", 10, _refused("IN_JSON_SYNTAX"), cut_json),
    Fault("repeated_key", 5, _refused("IN_JSON_DUPLICATE_KEY"), repeated_key),
    Fault("empty_file", 5, _refused("IN_EMPTY"), empty_file, most=1),
    Fault("unknown_scheme", 10, _refused("IN_SCHEME"), unknown_scheme),
    Fault("missing_field", 10, _refused("IN_SCHEMA"), missing_field),
    Fault("unknown_field", 5, _refused("IN_SCHEMA"), unknown_field),
    Fault("negative_amount", 5, _refused("IN_SCHEMA"), negative_amount),
    Fault("orphan_complement", 5, _refused("IN_NO_PRIOR"), orphan_complement),
    Fault(
        "same_file",
        15,
        Expected(outcome="", answer="duplicate", answer_code="DOUBLON_FICHIER"),
        same_file,
    ),
    Fault(
        "same_number",
        15,
        Expected(outcome="", answer="duplicate", answer_code="DOUBLON_NUMERO"),
        same_number,
    ),
)
