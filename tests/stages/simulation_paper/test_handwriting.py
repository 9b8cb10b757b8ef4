"""Sheets that look written by hand, and samples of paper for measuring."""

import datetime as dt
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from infra.settings import ROOT
from infra.simulation.paper.degrade import PROFILES_FILE
from infra.simulation.paper.fonts import GROUPS, font, is_hand, typefaces
from infra.simulation.paper.pen import PAGE_DPI, Pen, blank_page
from infra.simulation.paper_sample import FAX, HAND, draw_samples, parts_of, scan_sample
from models.yaml_loader import safe_load

DAY = dt.date(2026, 11, 20)
DRUGS = ROOT / "tasks" / "pricing" / "national" / "ma" / "drugs.csv"
FORMS = ROOT / "tasks" / "extraction" / "forms"


def written(text: str, typeface: str, *, at: float = 20.0) -> np.ndarray:
    image = blank_page()
    Pen(image).value(text, at, 30.0, role=f"typed.{typeface}", size_pt=11)
    return np.asarray(image)


def test_a_typeface_stands_in_one_group_and_is_on_this_machine():
    for one, other in combinations(GROUPS, 2):
        assert not set(typefaces(one)) & set(typefaces(other))
    for group in GROUPS:
        assert all(font(f"typed.{name}", 11, PAGE_DPI).getname() for name in typefaces(group))


@pytest.mark.parametrize("typeface", typefaces("hand"))
def test_the_same_letter_never_looks_the_same_twice_by_hand(typeface):
    assert is_hand(typeface)
    page = written("8" * 8, typeface)
    columns = np.flatnonzero((page < 200).any(axis=0))
    assert columns.size
    assert np.array_equal(page, written("8" * 8, typeface))
    shifted = written("8" * 8, typeface, at=20.0 + 25.4 / 2)
    assert not np.array_equal(page[:, :800], shifted[:, 100:900])


def test_typed_letters_all_look_the_same():
    page, shifted = written("8", "mono"), written("8", "mono", at=20.0 + 25.4 / 2)
    assert np.array_equal(page[:, :800], shifted[:, 100:900])


def test_shares_of_every_mix_add_up():
    raw = safe_load(PROFILES_FILE.read_text(encoding="utf-8"))
    assert {sum(shares.values()) for shares in raw["mixes"].values()} == {100}
    assert raw["mixes"]["standard"]["photo"] == 20


def test_a_sample_has_its_parts_and_the_same_plan_gives_the_same_paper(tmp_path: Path):
    parts = parts_of(["standard"], 1, hand=1, fax=1, group="unseen")
    first = draw_samples(tmp_path / "a", parts, seed=4, day=DAY, drugs_csv=DRUGS)
    again = draw_samples(tmp_path / "b", parts, seed=4, day=DAY, drugs_csv=DRUGS)
    assert [sample.part.name for sample in first] == ["standard", HAND, FAX]
    assert len({sample.dossier_id for sample in first}) == 3
    file, truth = scan_sample(first[1], FORMS, DAY)
    assert file.data == scan_sample(again[1], FORMS, DAY)[0].data
    assert is_hand(truth["typeface"])
    assert (tmp_path / "a" / "registers" / "person.jsonl").read_text(encoding="utf-8")


def test_what_a_pen_wrote_or_a_fax_sent_has_no_text_of_its_own(tmp_path: Path):
    parts = parts_of([], 0, hand=6, fax=6, group="typed")
    samples = draw_samples(tmp_path, parts, seed=8, day=DAY, drugs_csv=DRUGS)
    truths = [scan_sample(sample, FORMS, DAY)[1] for sample in samples]
    assert not any(truth["is_text_layer"] for truth in truths)
    assert {truth["degradation"] for truth in truths[6:]} == {"faxed"}
