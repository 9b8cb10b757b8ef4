"""The general rules of a payer with a price list and products, one by one, at their edges."""

import datetime as dt
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from models.messages import read_codes
from tasks.conform_scheme import NATIONAL, Covered, Limit, Price, Service, SmallScheme, load_kit
from tasks.conform_world import CARE_DAY, Asked, Claim, Used, take_through
from tasks.pricing.catalogue import load_catalogue

D = Decimal
DAY = dt.timedelta(days=1)
ONE = Asked("A", D(100))
CEILING = "zz.ceiling.P.person.any"


def scheme(service=None, **changes):
    """One service at 100.00, covered in full."""
    figures = {
        "services": [service or Service("A")],
        "prices": [Price("A", D(100))],
        "covered": [Covered("A")],
    }
    return SmallScheme(**figures | changes)


#: What is given, the codes against the lines, what is paid, and the note that goes with it.
CASES = {
    "a service in the register, the list and the cover": (scheme(), Claim([ONE]), [""], 100, ""),
    "an amount below the list price": (scheme(), Claim([Asked("A", D(60))]), [""], 60, ""),
    "the last day in the register": (
        scheme(Service("A", last_day=CARE_DAY)), Claim([ONE]), [""], 100, ""),
    "the day after it": (
        scheme(Service("A", last_day=CARE_DAY - DAY)), Claim([ONE]), ["ZZ_HORS_REGISTRE"], 0, ""),
    "the last day of a price": (
        scheme(prices=[Price("A", D(100), last_day=CARE_DAY),
                       Price("A", D(20), CARE_DAY + DAY)]), Claim([ONE]), [""], 100, ""),
    "the first day of the next price": (
        scheme(prices=[Price("A", D(100), last_day=CARE_DAY - DAY), Price("A", D(20), CARE_DAY)]),
        Claim([ONE]), [""], 20, ""),
    "no price in the list": (scheme(prices=[]), Claim([ONE]), ["ZZ_HORS_LISTE"], 0, ""),
    "the price claimed, where the product pays it": (
        scheme(covered=[Covered("A", origin="claim")]),
        Claim([Asked("A", D(140))]), [""], 140, ""),
    "the price claimed within a fixed limit of each unit": (
        scheme(covered=[Covered("A", origin="claim", limit=D(50))]),
        Claim([Asked("A", D(140), 2)]), [""], 100, ""),
    "not covered by any product": (scheme(covered=[]), Claim([ONE]), ["ZZ_NON_COUVERT"], 0, ""),
    "covered by the product of another": (
        scheme(covered=[Covered("A", product="Q")]), Claim([ONE]), ["ZZ_NON_COUVERT"], 0, ""),
    "a service for men billed for a woman": (
        scheme(Service("A", sex="M")), Claim([ONE]), ["ZZ_PATIENT"], 0, ""),
    "a service for children billed for an adult": (
        scheme(Service("A", patient="child")), Claim([ONE]), ["ZZ_PATIENT"], 0, ""),
    "an in-patient service without a night": (
        scheme(Service("A", care_type="I")), Claim([ONE]), ["ZZ_TYPE_SOIN"], 0, ""),
    "as many units as a line may hold": (
        scheme(Service("A", units_a_line=2)), Claim([Asked("A", D(200), 2)]), [""], 200, ""),
    "one unit more": (
        scheme(Service("A", units_a_line=2)), Claim([Asked("A", D(300), 3)]),
        ["ZZ_UNITES_LIGNE"], 0, ""),
    "the last day of the waiting period": (
        scheme(Service("A", waiting_adult=6)),
        Claim([ONE], person_facts={"member_since": "2025-12-16"}), ["ZZ_CARENCE"], 0, ""),
    "the first day after it": (
        scheme(Service("A", waiting_adult=6)),
        Claim([ONE], person_facts={"member_since": "2025-12-15"}), [""], 100, ""),
    "two of a service within its frequency in one dossier": (
        scheme(Service("A", frequency=10)),
        Claim([ONE, Asked("A", D(100), care_date=CARE_DAY - 9 * DAY)]),
        ["ZZ_FREQUENCE", ""], 100, ""),
    "the last unit of the year": (
        scheme(Service("A", max_units=3)), Claim([ONE], used=[Used("zz.units.A", 2)]),
        [""], 100, ""),
    "more units than are left": (
        scheme(Service("A", max_units=3)),
        Claim([Asked("A", D(400), 4)], used=[Used("zz.units.A", 2)]),
        [""], 100, "ZZ_MAXIMUM_REDUIT"),
    "no unit left": (
        scheme(Service("A", max_units=3)), Claim([ONE], used=[Used("zz.units.A", 3)]),
        ["ZZ_MAXIMUM"], 0, ""),
    "the units of last year": (
        scheme(Service("A", max_units=3)),
        Claim([ONE], used=[Used("zz.units.A", 3, dt.date(2025, 12, 31))]), [""], 100, ""),
    "a maximum of no visit at all": (
        scheme(Service("A", category="V"), visit_limits={"V": 0}), Claim([ONE]),
        ["ZZ_MAXIMUM_VISITES.V"], 0, ""),
    "a stay counts as an admission": (
        scheme(Service("A", category="C"), visit_limits={"H": 0}), Claim([ONE], nights=1),
        ["ZZ_MAXIMUM_VISITES.H"], 0, ""),
    "a line outside the deductible": (
        scheme(covered=[Covered("A", deductible="out")], limits=[Limit("deductible", D(80))]),
        Claim([ONE]), [""], 100, ""),
    "a deductible of the family that another member used": (
        scheme(limits=[Limit("deductible", D(80), per="policy")]),
        Claim([ONE], used=[Used("zz.deductible.P.policy.any", 7_000, is_family=True)]),
        [""], 90, ""),
    "a deductible of each treatment": (
        scheme(limits=[Limit("deductible", D(30), per="treatment")]),
        Claim([ONE], used=[Used("zz.deductible.P.treatment.any", 3_000)]), [""], 70, ""),
    "a ceiling that is used up": (
        scheme(limits=[Limit("ceiling", D(50))]), Claim([ONE], used=[Used(CEILING, 5_000)]),
        [""], 0, "ZZ_PLAFOND"),
    "the smaller of two ceilings": (
        scheme(limits=[Limit("ceiling", D(80)), Limit("ceiling", D(60), per="treatment")]),
        Claim([ONE]), [""], 60, "ZZ_PLAFOND"),
    "an out-patient ceiling does not bind a stay": (
        scheme(limits=[Limit("ceiling", D(60), bucket="out")]), Claim([ONE], nights=1),
        [""], 100, ""),
    "a family within the threshold adds nothing to a ceiling": (
        scheme(limits=[Limit("ceiling", D(60), per="policy", member_threshold=3,
                             member_amount=D(20))]),
        Claim([ONE], person_facts={"family_members": "3"}), [""], 60, "ZZ_PLAFOND"),
}  # fmt: skip


def through(name):
    given, claim, *_ = CASES[name]
    return take_through(load_kit(given), claim)


@pytest.mark.parametrize("name", CASES)
def test_a_rule_of_the_kit(name):
    _given, _claim, codes, paid, note = CASES[name]
    outcome = through(name)
    assert outcome.line_codes == codes
    assert outcome.paid == paid
    notes = {one.code for one in outcome.findings} - {code.partition(".")[0] for code in codes}
    assert notes == ({note} if note else set())


def test_every_code_and_rule_of_the_kit_is_met_by_a_case():
    codes, rules = set(), set()
    for name in CASES:
        outcome = through(name)
        codes |= {one.code for one in outcome.findings}
        for line in outcome.priced.lines:
            rules |= set(line.rule_id.split("+"))
    assert codes == set(read_codes(NATIONAL / "zz" / "codes.yaml"))
    assert rules == set(load_kit(scheme()).catalogue.schemes["zz-product"].rules)


def test_a_waiting_period_without_a_first_day_of_cover_goes_to_a_person():
    outcome = take_through(load_kit(scheme(Service("A", waiting_adult=6))), Claim([ONE]))
    assert [one.code for one in outcome.findings] == ["FAIT_MANQUANT"]
    assert outcome.word == "review"


def test_two_small_schemes_do_not_know_of_each_other():
    cheap, dear = load_kit(scheme(prices=[Price("A", D(10))])), load_kit(scheme())
    assert take_through(cheap, Claim([ONE])).paid == 10
    assert take_through(dear, Claim([ONE])).paid == 100


def test_the_blank_product_loads_as_another_payers_own_scheme(tmp_path: Path):
    """What docs/conformance.md asks of a payer: copy, rename, fill in; no Python."""
    folder = tmp_path / "schemes" / "aa_mutual"
    folder.mkdir(parents=True)
    for path in (NATIONAL / "zz" / "blank").iterdir():
        text = path.read_text(encoding="utf-8")
        (folder / path.name).write_text(text.replace("zz-product", "aa-mutual"), encoding="utf-8")
    shutil.copytree(NATIONAL / "zz", tmp_path / "national" / "zz")
    found = load_catalogue(folder.parent).schemes["aa-mutual"]
    assert len(found.rules) == 13
