"""Which agreement a dossier stands on, and what one lacks that it does not stand on."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from models.dossier import RequestKind
from models.outcome import ValidatedDossier
from tasks.validation.chunk import validate_dossier
from tests.builders import CARE_DAY, a_dossier, a_line
from tests.stages.validation.subjects import a_code_line, a_context, an_agreement, registers

ODF = a_code_line("ODF")
DAY = dt.timedelta(days=1)


def validated(*agreements: Any, **changes: Any) -> ValidatedDossier:
    dossier = a_dossier(**({"lines": (ODF,)} | changes))
    return validate_dossier(dossier, registers(agreements={"P0001": agreements}), a_context())


def reasons(result: ValidatedDossier) -> list[str]:
    return [one.params["reason"] for one in result.findings if one.code == "ENTENTE_PREALABLE"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"decision": "refused"}, "refused"),
        ({"decision": "pending"}, "refused"),
        ({"act_key": "A100"}, "other_act"),
        ({"valid_to": CARE_DAY - DAY, "valid_from": CARE_DAY - DAY}, "not_in_force"),
        ({"valid_from": CARE_DAY + DAY, "valid_to": None}, "not_in_force"),
        ({"used_minor": 100_000}, "used_up"),
        ({"amount_minor": 0}, "used_up"),
    ],
)
def test_a_finding_says_what_the_agreement_lacks(changes: dict[str, Any], reason: str) -> None:
    for quoted in ("", "PEC-1"):
        result = validated(an_agreement(**changes), agreement_number=quoted)
        assert reasons(result) == [reason]
        assert result.agreement_number == ""


def test_without_any_agreement_it_is_missing_and_a_number_nobody_gave_is_unknown() -> None:
    assert reasons(validated()) == ["missing"]
    assert reasons(validated(an_agreement(), agreement_number="PEC-9")) == ["unknown"]


@pytest.mark.parametrize("changes", [{"used_minor": 99_999}, {"amount_minor": None}])
def test_an_agreement_with_something_left_is_stood_on(changes: dict[str, Any]) -> None:
    result = validated(an_agreement(**changes))
    assert (reasons(result), result.agreement_number) == ([], "PEC-1")


def test_the_agreement_that_fits_is_found_among_others() -> None:
    used_up = an_agreement(agreement_number="PEC-0", used_minor=100_000)
    other = an_agreement(agreement_number="PEC-2", act_key="A100")
    assert validated(used_up, other, an_agreement()).agreement_number == "PEC-1"


def test_a_dossier_stands_on_one_agreement_alone() -> None:
    second = replace(ODF, line_no=2, care_date=CARE_DAY - DAY)
    third = replace(ODF, line_no=3)
    early = an_agreement(
        agreement_number="PEC-2", valid_from=CARE_DAY - DAY, valid_to=CARE_DAY - DAY
    )
    result = validated(early, an_agreement(), lines=(ODF, second, third))
    assert result.agreement_number == "PEC-1"
    assert reasons(result) == ["not_in_force"]


def test_an_agreement_on_two_acts_has_a_row_for_each() -> None:
    lines = (ODF, a_code_line("A100", line_no=2))
    rows = (an_agreement(), an_agreement(act_key="A100"))
    result = validated(*rows, lines=lines, agreement_number="PEC-1")
    assert (reasons(result), result.agreement_number) == ([], "PEC-1")


@pytest.mark.parametrize(
    ("coefficient", "number"), [("1", "PEC-1"), ("1.0", "PEC-1"), ("2", ""), ("1.5", "")]
)
def test_a_coefficient_is_compared_as_a_number(coefficient: str, number: str) -> None:
    line = a_line(coefficient=Decimal(coefficient))
    result = validated(an_agreement(act_key="C×1"), lines=(line,), agreement_number="PEC-1")
    assert result.agreement_number == number


def test_care_that_needs_no_agreement_uses_none_unless_it_quotes_it() -> None:
    everything = an_agreement(act_key="")
    assert validated(everything, lines=(a_line(),)).agreement_number == ""
    quoting = validated(everything, lines=(a_line(),), agreement_number="PEC-1")
    assert quoting.agreement_number == "PEC-1"


def test_a_request_for_an_agreement_stands_on_none() -> None:
    request = {"request_kind": RequestKind.PRIOR_AGREEMENT, "agreement_number": "PEC-1"}
    result = validated(an_agreement(), **request)
    assert (reasons(result), result.agreement_number) == ([], "")
