import random

import numpy as np
import pytest
import yaml
import zxingcpp

from infra.simulation.paper.degrade import PROFILES_FILE, degrade, pick_profile
from infra.simulation.paper.render import render_sheet
from infra.simulation.paper.sheet import sheet_values
from infra.simulation.paper.template import read_template
from models.errors import CatalogueError
from tests.stages.simulation_paper.papers import PRESCRIBER, PROVIDER, SHEET, a_paper

DATA = yaml.safe_load(PROFILES_FILE.read_text(encoding="utf-8"))
PAGE = render_sheet(SHEET, sheet_values(a_paper(), read_template(SHEET)))


@pytest.mark.parametrize("mix", sorted(DATA["mixes"]))
def test_the_shares_of_a_mix_add_up_to_a_hundred(mix: str) -> None:
    assert sum(DATA["mixes"][mix].values()) == 100


@pytest.mark.parametrize("mix", sorted(DATA["mixes"]))
def test_a_mix_names_profiles_that_exist(mix: str) -> None:
    assert set(DATA["mixes"][mix]) <= set(DATA["profiles"])


def test_the_office_mix_has_neither_phone_nor_fax_nor_ruins() -> None:
    assert not {"photo", "faxed", "ruined"} & set(DATA["mixes"]["office"])


def test_an_unknown_mix_is_named() -> None:
    with pytest.raises(CatalogueError, match="attic"):
        pick_profile(random.Random(1), "attic")


@pytest.mark.parametrize("profile", sorted(DATA["profiles"]))
def test_the_same_seed_gives_the_same_pixels(profile: str) -> None:
    first = degrade(PAGE, profile, random.Random(3))
    second = degrade(PAGE, profile, random.Random(3))
    assert first.size == PAGE.size
    assert first.tobytes() == second.tobytes()


def test_another_seed_gives_other_pixels() -> None:
    first = degrade(PAGE, "scan", random.Random(3))
    assert first.tobytes() != degrade(PAGE, "scan", random.Random(4)).tobytes()


@pytest.mark.parametrize("profile", sorted(DATA["mixes"]["office"]))
def test_bar_codes_survive_the_office_scanner(profile: str) -> None:
    codes = zxingcpp.read_barcodes(degrade(PAGE, profile, random.Random(11)))
    assert {code.text for code in codes} == {PRESCRIBER, PROVIDER}


def test_nothing_is_left_to_read_on_a_ruined_page() -> None:
    assert zxingcpp.read_barcodes(degrade(PAGE, "ruined", random.Random(11))) == []


def test_a_pale_page_has_less_contrast_than_a_clean_one() -> None:
    def contrast(profile: str) -> float:
        pixels = np.asarray(degrade(PAGE, profile, random.Random(2)), dtype=np.float64)
        return float(np.percentile(pixels, 95) - np.percentile(pixels, 1))

    assert contrast("pale") < contrast("clean") - 60
