"""Dossiers of Chongqing's three schemes, with what the registers would say of them."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import tasks.pricing
from models.dossier import CareKind, LineKind, Stay
from models.outcome import DatedFact, PricingInput
from tasks.pricing.catalogue import load_catalogue
from tasks.pricing.engine import price
from tests.builders import a_dossier, a_line, a_validated

CATALOGUE = load_catalogue(Path(tasks.pricing.__file__).parent / "schemes")
EMPLOYEE, RESIDENT, LTC = "cn-cq-employee", "cn-cq-resident", "cn-cq-ltc"
SCHEMES = (EMPLOYEE, RESIDENT, LTC)
ALWAYS = dt.date(1990, 1, 1)
ONE_DAY = dt.timedelta(days=1)
LEVELS = ("community_L1", "community_L2", "L1", "L2", "L3", "children_L3")
TIERS = ("tier1", "tier2")
EMPLOYEES = tuple(key[0] for key in CATALOGUE.schemes[EMPLOYEE].tables["outpatient_cap"].by_key)
#: The lists of items, of which the catalogue ships an invented sample.
ITEM_LISTS = ("drugs", "materials", "services")
LTC_FACTS = {
    "ltc_contribution_years": "20",
    "ltc_insured_months": "60",
    "disability_since": "2019-01-10",
    "assessment_grade": "F",
    "assessment_date": "2020-02-20",
}
EMPLOYEE_FACTS = {"contribution_months": "12", "contribution_wage": "900000"}


def an_item(code, amount, day=dt.date(2026, 3, 10), **changes):
    """A line that names a national code, or the total of a class."""
    return a_line(
        kind=LineKind.CODE,
        letter="",
        coefficient=None,
        code=code,
        care_date=day,
        amount_minor=amount,
        unit_amount_minor=None,
        **changes,
    )


def numbered(lines):
    return tuple(replace(line, line_no=no) for no, line in enumerate(lines, start=1))


def a_claim(
    scheme,
    lines,
    facts,
    *,
    key="D0001",
    admission=None,
    ald="",
    birth=dt.date(1980, 5, 17),
    form=None,
    **changes,
):
    """A dossier of one of the schemes, with what the registers know of person and hospital."""
    stay = None if admission is None else Stay(admission, admission + 5 * ONE_DAY, "")
    dossier = a_dossier(
        dossier_id=key,
        public_number=f"CQ-2026-{key}",
        scheme=scheme,
        currency="CNY",
        stay=stay,
        lines=numbered(lines),
        facts=form or {},
        **({"care_kind": CareKind.HOSPITAL} if stay else {}) | changes,
    )
    dated = tuple(DatedFact(name, value, ALWAYS, None) for name, value in facts.items())
    validated = a_validated(dossier_id=key, beneficiary_birth_date=birth, ald_code=ald, facts=dated)
    return PricingInput(dossier, validated, ())


def priced(claim, catalogue=CATALOGUE):
    return price(claim, catalogue)
