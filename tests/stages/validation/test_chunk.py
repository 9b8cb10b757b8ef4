import datetime as dt
import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import CatalogueError
from models.messages import render
from models.registers import Contribution
from models.rows import FINDING_NAMES, VALIDATED_NAMES
from tasks.validation.chunk import validate_chunk, validate_dossier
from tests.builders import a_dossier, a_line
from tests.stages.validation.subjects import (
    KNOWN_ON,
    SCHEME,
    a_context,
    a_stay_dossier,
    an_affiliation,
    an_agreement,
    registers,
)


def test_a_clean_dossier_leaves_who_it_is_about_and_no_finding() -> None:
    validated = validate_dossier(a_dossier(), registers(), a_context())

    assert validated.findings == ()
    assert (validated.insured_person_id, validated.beneficiary_person_id) == ("P0001", "P0001")
    assert (validated.beneficiary_birth_date, validated.beneficiary_sex) == (
        dt.date(1980, 5, 17),
        "M",
    )
    assert (validated.provider_kind, validated.provider_sector) == ("doctor", "private")
    assert validated.rights_basis == "days_in_months"


def test_every_dossier_has_a_row_in_the_first_table_and_its_findings_in_the_second() -> None:
    clean = a_dossier()
    wrong = a_dossier(dossier_id="D0002", version=3, total_minor=1, insured_name="AUTRUI Personne")
    output = validate_chunk([clean, wrong], registers(), a_context())

    assert list(output.tables) == ["validated_dossier", "finding"]
    main, found = output.tables.values()
    assert (main.names, found.names) == (VALIDATED_NAMES, FINDING_NAMES)
    assert [row[:2] for row in main.rows] == [("D0001", 1), ("D0002", 3)]
    assert [row[-2:] for row in main.rows] == [(KNOWN_ON, ""), (KNOWN_ON, "")]
    assert [row[:6] for row in found.rows] == [
        ("D0002", 3, "validation", 1, "TOTAL_INCOHERENT", "review"),
        ("D0002", 3, "validation", 2, "NOM_DISCORDANT", "review"),
    ]


def test_validation_stops_nobody() -> None:
    unknown = a_dossier(insured_number="999999999")

    assert validate_chunk([unknown], registers(), a_context()).stops == {}


def test_an_unknown_person_leaves_empty_ids() -> None:
    validated = validate_dossier(a_dossier(insured_number="9"), registers(), a_context())

    assert validated.insured_person_id == validated.beneficiary_person_id == ""
    assert validated.beneficiary_birth_date is None
    assert validated.rights_basis == ""


@pytest.mark.parametrize(
    ("claimed", "recognised"), [("9", "9"), (" 9 ", "9"), ("ALD", "9"), ("14", ""), ("", "")]
)
def test_a_long_term_condition_counts_when_claimed_and_recognised(
    claimed: str, recognised: str
) -> None:
    validated = validate_dossier(a_dossier(ald_code=claimed), registers(), a_context())

    assert validated.ald_code == recognised


@pytest.mark.parametrize(("day", "recognised"), [(2, "9"), (3, "")])
def test_a_condition_must_be_open_on_every_day_of_care(day: int, recognised: str) -> None:
    condition = registers().conditions["P0001"][0]
    ended = replace(condition, valid_to=dt.date(2026, 11, 2))
    lines = (a_line(), a_line(line_no=2, care_date=dt.date(2026, 11, day)))
    dossier = a_dossier(ald_code="9", lines=lines, total_minor=16_000)
    validated = validate_dossier(dossier, registers(conditions={"P0001": (ended,)}), a_context())

    assert validated.ald_code == recognised


def test_the_agreement_behind_a_dossier_is_kept() -> None:
    dossier = a_stay_dossier(agreement_number="PEC-1")
    known = registers(agreements={"P0001": (an_agreement(act_key=""),)})

    assert validate_dossier(dossier, known, a_context()).agreement_number == "PEC-1"


def test_rights_that_are_closed_on_one_day_have_no_basis() -> None:
    lines = (a_line(), a_line(line_no=2, care_date=dt.date(2026, 11, 3)))
    known = registers(
        affiliations={
            "P0001": (
                an_affiliation(valid_to=dt.date(2026, 11, 2)),
                an_affiliation(scheme="ma-amo-public", valid_from=dt.date(2026, 11, 3)),
            )
        }
    )
    validated = validate_dossier(a_dossier(lines=lines), known, a_context())

    assert validated.rights_basis == ""


def test_a_late_declaration_opens_what_was_suspended() -> None:
    months = [Contribution("P0001", SCHEME, dt.date(2026, 9, 1), 26, 26)]
    months.append(Contribution("P0001", SCHEME, dt.date(2026, 8, 1), 12, 12))
    before = registers(contributions={"P0001": tuple(months)})
    months.append(Contribution("P0001", SCHEME, dt.date(2026, 10, 1), 26, 26))
    after = registers(contributions={"P0001": tuple(months)})

    first = validate_dossier(a_dossier(), before, a_context())
    second = validate_dossier(a_dossier(version=2), after, a_context())
    assert [finding.code for finding in first.findings] == ["DROITS_SUSPENDUS"]
    assert second.findings == ()


def test_a_scheme_without_rules_is_our_fault_and_says_so() -> None:
    with pytest.raises(CatalogueError, match="scheme xx-other"):
        validate_dossier(a_dossier(scheme="xx-other"), registers(), a_context())


def test_the_output_goes_back_from_a_child() -> None:
    output = validate_chunk([a_dossier(total_minor=1)], registers(), a_context())

    assert pickle.loads(pickle.dumps(output)) == output


def test_no_finding_tells_who_the_person_is() -> None:
    dossier = a_dossier(
        insured_name="CHUCHOTEMENT Discret",
        insured_cin="QX987654",
        diagnosis="indicible",
        insured_number="123454321",
        total_minor=1,
    )
    output = validate_chunk([dossier], registers(), a_context())

    told = repr(output.tables["finding"].rows)
    for secret in ("CHUCHOTEMENT", "QX987654", "indicible", "123454321"):
        assert secret not in told


def test_every_sentence_finds_its_parameters() -> None:
    context = a_context()
    late = a_dossier(
        lines=(a_line(care_date=dt.date(2026, 5, 2), quantity=3),), total_minor=1, pieces=()
    )
    findings = validate_dossier(late, registers(contributions={}), context).findings

    for finding in findings:
        for language in ("fr", "ar", "en"):
            assert "…" not in render(context.codes[finding.code], finding.params, language)


@given(care=st.dates(), deposit=st.dates(), receipt=st.dates(), continuous=st.booleans())
def test_any_dates_are_answered_with_findings(
    care: dt.date, deposit: dt.date, receipt: dt.date, continuous: bool
) -> None:
    dossier = a_dossier(
        lines=(a_line(care_date=care),),
        deposit_date=deposit,
        receipt_date=receipt,
        is_continuous_care=continuous,
    )
    validated = validate_dossier(dossier, registers(), a_context())

    codes = {finding.code for finding in validated.findings}
    assert ("DATES_INCOHERENTES" in codes) >= (care > deposit or deposit > receipt)
