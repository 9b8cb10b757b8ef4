import datetime as dt
import random

from infra.simulation import identifiers
from infra.simulation.names import FAMILY_NAMES, GIVEN_NAMES_F, GIVEN_NAMES_M, spellings_of
from infra.simulation.population import Population, months_before
from models.registers import PayeeKind

DAY = dt.date(2026, 11, 20)


def a_population(seed=1):
    return Population(random.Random(seed), DAY, 500)


def test_the_rib_key_is_that_of_the_published_example():
    assert identifiers.rib_of("011", "519", "0000012050005349") == "011519000001205000534921"


def test_every_rib_has_24_digits_and_is_0_modulo_97():
    ribs = {identifiers.rib_number(number) for number in range(2_000)}
    assert len(ribs) == 2_000
    assert all(len(rib) == 24 and int(rib) % 97 == 0 for rib in ribs)


def test_a_rib_key_of_one_digit_is_padded():
    keys = {identifiers.rib_number(number)[-2:] for number in range(2_000)}
    assert any(key.startswith("0") for key in keys)


def test_every_ice_has_15_digits_and_is_0_modulo_97():
    ices = {identifiers.ice_number(number) for number in range(2_000)}
    assert len(ices) == 2_000
    assert all(len(ice) == 15 and int(ice) % 97 == 0 for ice in ices)


def test_numbers_are_unique_and_of_their_official_length():
    registrations = {identifiers.registration_number(number, 5) for number in range(5_000)}
    cins = {identifiers.cin_number(number) for number in range(5_000)}
    inpes = {identifiers.inpe_number(number) for number in range(5_000)}
    dossiers = {identifiers.public_number(2026, number, 5) for number in range(5_000)}
    assert len(registrations) == len(cins) == len(inpes) == len(dossiers) == 5_000
    assert {len(number) for number in registrations | inpes} == {9}
    assert {len(number) for number in dossiers} == {len("AMO-2026-12345678")}


def test_a_household_has_twelve_paid_months_before_the_day():
    household = a_population().new_household()
    assert [month.month for month in household.months] == months_before(DAY, 12)
    assert household.months[0].month == dt.date(2025, 11, 1)
    assert household.months[-1].month == dt.date(2026, 10, 1)
    assert all(month.days_paid == month.days_declared == 26 for month in household.months)


def test_dependants_are_numbered_by_rank_behind_the_insured_number():
    population = a_population()
    household = population.new_household()
    population.add_child(household, 5)
    members = household.members()
    assert members[0].beneficiary_id == ""
    assert members[1].beneficiary_id == f"{household.number}-01"


def test_a_person_has_the_wanted_age_on_the_day_and_two_months_before():
    population = a_population()
    for age in (1, 12, 21, 23, 26, 40):
        born = population.new_person("F", age, 0).birth_date
        for day in (DAY, DAY - dt.timedelta(days=59)):
            years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
            assert years == age


def test_an_account_belongs_to_the_insured_person_unless_said_otherwise():
    population = a_population()
    household = population.new_household()
    assert household.account.holder_id == household.insured.person_id
    assert household.account.holder_kind == PayeeKind.INSURED
    assert population.new_account("P1", "heir").holder_kind == PayeeKind.HEIR


def test_every_name_has_a_latin_and_an_arabic_spelling():
    for names, arabic in (*FAMILY_NAMES, *GIVEN_NAMES_M, *GIVEN_NAMES_F):
        assert all(name.isupper() for name in names)
        assert any("\u0600" <= letter <= "\u06ff" for letter in arabic)
    assert spellings_of("MOHAMED") == ("MOHAMED", "MOHAMMED", "MUHAMMAD")
    assert spellings_of("NOBODY") == ("NOBODY",)


def test_every_role_has_providers_and_no_two_share_an_inpe():
    providers = a_population().all_providers()
    assert {provider.sector for provider in providers} == {"private", "public"}
    assert len({provider.inpe for provider in providers}) == len(providers)
