"""The bench of paper counts what was read right; made-up readings show that it counts well."""

import json
import math
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.measure_ocr import mixed_day
from flows.measure_speed import app
from infra.simulation.paper_scores import (
    ScoredDossier,
    ScoredField,
    calibration_error,
    figures,
    reliability,
    risk_coverage,
)
from models.bounds import exact_upper_95
from models.errors import UsageError


def field(
    kind: str = "insured_number",
    *,
    right: bool = True,
    accepted: bool = True,
    chance: float = 0.001,
) -> ScoredField:
    return ScoredField(kind, kind, right, accepted, chance, "1", "1" if right else "2")


def dossier(
    *fields: ScoredField, needs_person: bool = False, part: str = "office"
) -> ScoredDossier:
    return ScoredDossier(
        dossier_id="d",
        part=part,
        profile="scan",
        typeface="mono",
        is_text_layer=False,
        needs_person=needs_person,
        reasons=("CHAMP_DOUTEUX",) if needs_person else (),
        fields=fields,
    )


@pytest.mark.parametrize(
    ("count", "total", "bound"),
    [
        (0, 2_895, 1 - 0.05 ** (1 / 2_895)),
        (0, 3_000, 0.000998),
        (1, 100, 0.04656),
        (5, 50, 0.19883),
        (50, 50, 1.0),
        (0, 0, 1.0),
    ],
)
def test_the_exact_bound_is_clopper_s_and_pearson_s(count, total, bound):
    assert exact_upper_95(count, total) == pytest.approx(bound, abs=1e-5)


def test_a_share_at_the_bound_gives_so_few_errors_once_in_twenty_samples():
    bound = exact_upper_95(3, 400)
    seen = sum(math.comb(400, n) * bound**n * (1 - bound) ** (400 - n) for n in range(4))
    assert seen == pytest.approx(0.05, abs=1e-9)


def test_wrong_fields_count_among_the_accepted_only_when_no_person_looks():
    found = figures(
        [
            dossier(field(), field("total_minor", right=False)),
            dossier(field(right=False, accepted=False, chance=0.5), needs_person=True),
        ]
    )
    assert found["fields"]["count"] == 3
    assert found["fields"]["right"] == 1
    assert (found["fields"]["accepted"], found["fields"]["accepted_wrong"]) == (2, 1)
    assert (found["amounts"]["accepted"], found["amounts"]["accepted_wrong"]) == (1, 1)
    assert (found["without_person"], found["without_person_wrong_amount"]) == (1, 1)
    assert found["by_field"]["insured_number"]["count"] == 2
    assert found["reasons"] == {"CHAMP_DOUTEUX": 1}


def test_reliability_compares_the_stated_chance_with_what_was_wrong():
    fields = [field(chance=0.001) for _ in range(99)] + [field(right=False, chance=0.001)]
    fields += [field(right=number % 2 == 0, chance=0.5) for number in range(10)]
    low, high = reliability(fields)
    assert (low["count"], low["stated"], low["observed"]) == (100, 0.001, 0.01)
    assert (high["count"], high["stated"], high["observed"]) == (10, 0.5, 0.5)
    assert calibration_error(fields) == pytest.approx(100 / 110 * 0.009, abs=1e-5)


def test_the_curve_goes_from_the_surest_fields_to_all():
    fields = [field(chance=0.001)] * 8 + [field(right=False, chance=0.5)] * 2
    curve = [(one["coverage"], one["risk"]) for one in risk_coverage(fields)]
    assert curve == [(0.8, 0.0), (1.0, 0.2)]


def test_a_mixed_day_is_half_by_hand():
    typed, by_hand = [dossier(field())] * 3, [dossier(field(), needs_person=True)] * 2
    found = mixed_day(typed, by_hand)
    assert (found["typed"], found["hand"], found["without_person"]) == (2, 2, 2)


@pytest.mark.tesseract
def test_kept_readings_give_the_same_figures_again(tmp_path: Path):
    folder = str(tmp_path / "kept")
    sizes = ["--dossiers", "2", "--hand", "1", "--fax", "0", "--seed", "3"]
    first = CliRunner().invoke(app, ["ocr", *sizes, "--keep", folder, "--json"])
    assert first.exit_code == 0, first.output
    again = CliRunner().invoke(app, ["ocr", "--from", folder, "--wrong", "5", "--json"])
    more = CliRunner().invoke(app, ["ocr", *sizes, "--keep", folder, "--json"])
    found, kept, resumed = (json.loads(one.output) for one in (first, again, more))
    assert found["parts"] == kept["parts"] == resumed["parts"]
    assert found["reading"]["dossiers"] == 3
    assert resumed["reading"]["dossiers"] == 0
    assert {name: part["dossiers"] for name, part in kept["parts"].items()} == {
        "office": 2,
        "hand": 1,
    }
    # Typed dossiers are read; what exactly is measured elsewhere, on many more.
    assert kept["parts"]["office"]["fields"]["right_share"] > 0.9
    spared = CliRunner().invoke(app, ["ocr", "--from", folder, "--spare", "--json"])
    told = json.loads(spared.output)
    assert told["sparing"]["office"]["sheets"] == 2
    assert 0 < told["sparing"]["office"]["zones_spared_share"] < 0.5
    other = CliRunner().invoke(app, ["ocr", *sizes[:-1], "4", "--keep", folder])
    assert "another plan" in str(other.exception)


def test_sparing_is_measured_on_readings_of_both_engines_alone():
    told = CliRunner().invoke(app, ["ocr", "--dossiers", "1", "--spare"])
    assert isinstance(told.exception, UsageError)
    assert "--from" in str(told.exception)
