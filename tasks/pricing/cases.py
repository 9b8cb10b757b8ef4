"""Reads golden cases: what a dossier holds and what it must give, in YAML an actuary can read.

A file is a list of cases, or a mapping with ``format``, ``scheme`` and ``cases``; without
``scheme`` the folder's name says it. docs/conformance.md describes the format for other payers.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from models.dossier import CareKind, Dossier, DossierLine, LineKind, Relation, RequestKind, Stay
from models.errors import CatalogueError
from models.outcome import CounterUse, DatedFact, PricedDossier, PricingInput, ValidatedDossier
from tasks.pricing.rule import FAMILY_PREFIX
from tasks.pricing.strict_yaml import (
    Node,
    as_date,
    as_date_or_none,
    as_decimal,
    as_list,
    as_mapping,
    as_text,
    fail,
    read_yaml,
)

FORMAT = "tasfiya-cases/1"
FILE_KEYS = ("format", "scheme", "cases")
CASE_KEYS = ("name", "authority", "source", "care_date", "lines", "expected")
CASE_KEYS_OPTIONAL = (
    "sector",
    "ald",
    "used",
    "production",
    "known_on",
    "facts",
    "person",
    "provider",
    "provider_kind",
    "specialty",
    "stay",
    "kind_of_care",
    "relation",
    "birth_date",
    "sex",
    "diagnosis",
    "agreement",
    "deposit_date",
    "note",
)
LINE_NAMES = ("letter", "code", "ean")
LINE_KEYS = ("asked_minor",)
LINE_KEYS_OPTIONAL = (*LINE_NAMES, "coefficient", "quantity", "care_date", "tooth", "facts")
USE_KEYS = ("counter", "care_date", "amount_minor")
USE_KEYS_OPTIONAL = ("family",)
EXPECTED_KEYS = (
    "due_minor",
    "base_minor",
    "asked_minor",
    "due_lines",
    "base_lines",
    "tariff_lines",
    "rules",
    "codes",
    "effects",
    "shares",
    "uses",
)
AUTHORITIES = ("official-example", "recomputed", "regression-only")
#: The people of every case; nobody's real number looks like these.
PERSON_ID, FAMILY_ID, PROVIDER_ID = "P0001", "P0000", "V0001"
#: The longest a fact of a case holds where the case gives no days.
ALWAYS = dt.date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class PricingCase:
    """One golden case: where it stands, who says so, what is given and what must come out."""

    name: str
    file: str
    authority: str
    source: str
    is_production: bool
    known_on: dt.date | None
    given: PricingInput
    expected: Mapping[str, Node]


def read_cases(path: Path, currencies: Mapping[str, str]) -> tuple[PricingCase, ...]:
    """Return the cases of one file; ``currencies`` by scheme id.

    Raises:
        CatalogueError: names the file, the case and the key.
    """
    node = read_yaml(path)
    scheme = path.parent.name
    if isinstance(node, dict):
        head = as_mapping(node, path.name, required=FILE_KEYS)
        if head["format"] != FORMAT:
            fail(f"{path.name}: format", f"must be {FORMAT}")
        scheme = as_text(head["scheme"], f"{path.name}: scheme")
        node = head["cases"]
    if scheme not in currencies:
        fail(path.name, f"scheme {scheme} is not in the catalogue")
    cases: list[PricingCase] = []
    for number, item in enumerate(as_list(node, path.name), start=1):
        where = f"{path.name}: case {number}"
        if isinstance(item, dict) and isinstance(item.get("name"), str):
            where = f"{path.name}: {item['name']}"
        entry = as_mapping(item, where, required=CASE_KEYS, optional=CASE_KEYS_OPTIONAL)
        cases.append(_read_case(entry, where, path.name, scheme, currencies[scheme]))
    return tuple(cases)


def outcome_of(priced: PricedDossier, keys: Sequence[str]) -> dict[str, Node]:
    """Return what a priced dossier gives under the names that ``expected`` uses."""
    shares: dict[str, int] = {}
    for line in priced.lines:
        for fund, amount in line.shares:
            shares[fund] = shares.get(fund, 0) + amount
    uses: dict[str, int] = {}
    for use in priced.counter_uses:
        uses[use.counter] = uses.get(use.counter, 0) + use.amount_minor
    given: dict[str, Node] = {
        "due_minor": priced.due_minor,
        "base_minor": priced.base_minor,
        "asked_minor": priced.asked_minor,
        "due_lines": [line.due_minor for line in priced.lines],
        "base_lines": [line.base_minor for line in priced.lines],
        "tariff_lines": [line.tariff_minor for line in priced.lines],
        "rules": [line.rule_id for line in priced.lines],
        "codes": sorted(finding.code for finding in priced.findings),
        "effects": [finding.effect.value for finding in priced.findings],
        "shares": shares,
        "uses": uses,
    }
    return {key: given[key] for key in keys}


def _read_case(
    entry: Mapping[str, Node], where: str, file: str, scheme: str, currency: str
) -> PricingCase:
    if entry["authority"] not in AUTHORITIES:
        fail(f"{where}: authority", f"must be one of {', '.join(AUTHORITIES)}")
    expected = as_mapping(
        entry["expected"], f"{where}: expected", required=(), optional=EXPECTED_KEYS
    )
    if not expected:
        fail(f"{where}: expected", "says nothing")
    return PricingCase(
        name=as_text(entry["name"], where),
        file=file,
        authority=str(entry["authority"]),
        source=as_text(entry["source"], f"{where}: source"),
        is_production=bool(entry.get("production", False)),
        known_on=as_date_or_none(entry.get("known_on"), f"{where}: known_on"),
        given=_input_of(entry, where, scheme, currency),
        expected=expected,
    )


def _input_of(entry: Mapping[str, Node], where: str, scheme: str, currency: str) -> PricingInput:
    care_date = as_date(entry["care_date"], f"{where}: care_date")
    lines = tuple(
        _line_of(number, node, care_date, f"{where}: line {number}")
        for number, node in enumerate(as_list(entry["lines"], f"{where}: lines"), start=1)
    )
    birth_date = as_date_or_none(entry.get("birth_date"), f"{where}: birth_date")
    dossier = _dossier_of(entry, where, lines, scheme, currency, birth_date)
    validated = ValidatedDossier(
        dossier_id=dossier.dossier_id,
        version=dossier.version,
        insured_person_id=PERSON_ID if dossier.relation is Relation.SELF else FAMILY_ID,
        beneficiary_person_id=PERSON_ID,
        beneficiary_birth_date=birth_date,
        beneficiary_sex=str(entry.get("sex", "")),
        provider_id=PROVIDER_ID,
        provider_kind=str(entry.get("provider_kind", "")),
        provider_specialty=str(entry.get("specialty", "")),
        provider_sector=str(entry.get("sector", "private")),
        ald_code=str(entry.get("ald", "")),
        rights_basis="",
        agreement_number=str(entry.get("agreement", "")),
        findings=(),
        facts=(
            *_dated(entry.get("person"), f"{where}: person"),
            *_dated(entry.get("provider"), f"{where}: provider"),
        ),
    )
    return PricingInput(dossier, validated, _uses_of(entry.get("used", []), where, validated))


def _dossier_of(
    entry: Mapping[str, Node],
    where: str,
    lines: tuple[DossierLine, ...],
    scheme: str,
    currency: str,
    birth_date: dt.date | None,
) -> Dossier:
    last = max((line.care_date for line in lines), default=dt.date(2026, 1, 1))
    deposit = as_date_or_none(entry.get("deposit_date"), f"{where}: deposit_date") or last
    try:
        care_kind = CareKind(str(entry.get("kind_of_care", CareKind.AMBULATORY)))
        relation = Relation(str(entry.get("relation", Relation.SELF)))
    except ValueError as error:
        raise CatalogueError(f"{where}: unknown kind_of_care or relation") from error
    return Dossier(
        dossier_id="D0001",
        version=1,
        public_number="CASE-0001",
        scheme=scheme,
        currency=currency,
        channel="electronic",
        agency="",
        region="",
        care_kind=care_kind,
        request_kind=RequestKind.REIMBURSEMENT,
        insured_number="",
        insured_cin="",
        insured_name="",
        relation=relation,
        beneficiary_number="",
        beneficiary_name="",
        beneficiary_birth_date=birth_date,
        beneficiary_cin="",
        beneficiary_sex=str(entry.get("sex", "")),
        prescriber_inpe="",
        provider_inpe="",
        deposit_date=deposit,
        receipt_date=deposit,
        scan_date=None,
        prescription_date=None,
        is_continuous_care=False,
        agreement_number=str(entry.get("agreement", "")),
        ald_code=str(entry.get("ald", "")),
        diagnosis=str(entry.get("diagnosis", "")),
        invoice_number="",
        invoice_ice="",
        stay=_stay_of(entry.get("stay"), f"{where}: stay"),
        pieces=(),
        lines=lines,
        total_minor=sum(line.amount_minor for line in lines),
        facts=_facts_of(entry.get("facts"), f"{where}: facts"),
    )


def _line_of(number: int, node: Node, care_date: dt.date, where: str) -> DossierLine:
    line = as_mapping(node, where, required=LINE_KEYS, optional=LINE_KEYS_OPTIONAL)
    named = [name for name in LINE_NAMES if name in line]
    if len(named) != 1:
        fail(where, "names exactly one of letter, code, ean")
    kind = {"letter": LineKind.LETTER, "code": LineKind.CODE, "ean": LineKind.DRUG}[named[0]]
    has_coefficient = "coefficient" in line
    return DossierLine(
        line_no=number,
        kind=kind,
        code=str(line.get("code", "")),
        letter=str(line.get("letter", "")),
        coefficient=as_decimal(line["coefficient"], where) if has_coefficient else None,
        ean=str(line.get("ean", "")),
        label="",
        care_date=as_date_or_none(line.get("care_date"), where) or care_date,
        quantity=_whole(line.get("quantity", 1), f"{where}: quantity"),
        unit_amount_minor=None,
        amount_minor=_whole(line["asked_minor"], f"{where}: asked_minor"),
        tooth=str(line.get("tooth", "")),
        facts=_facts_of(line.get("facts"), f"{where}: facts"),
    )


def _uses_of(node: Node, where: str, validated: ValidatedDossier) -> tuple[CounterUse, ...]:
    uses: list[CounterUse] = []
    for item in as_list(node, f"{where}: used"):
        use = as_mapping(item, f"{where}: used", required=USE_KEYS, optional=USE_KEYS_OPTIONAL)
        is_family = bool(use.get("family", False))
        counter = as_text(use["counter"], f"{where}: used: counter")
        uses.append(
            CounterUse(
                validated.insured_person_id if is_family else PERSON_ID,
                f"{FAMILY_PREFIX}{counter}" if is_family else counter,
                as_date(use["care_date"], f"{where}: used: care_date"),
                _whole(use["amount_minor"], f"{where}: used: amount_minor"),
                "D0000",
                1,
            )
        )
    return tuple(uses)


def _stay_of(node: Node, where: str) -> Stay | None:
    if node is None:
        return None
    stay = as_mapping(node, where, required=("admission", "discharge"))
    return Stay(as_date(stay["admission"], where), as_date(stay["discharge"], where), "")


def _facts_of(node: Node, where: str) -> dict[str, str]:
    if node is None:
        return {}
    if not isinstance(node, dict):
        fail(where, "must map a fact to its value")
    return {str(name): as_text(value, f"{where}: {name}") for name, value in node.items()}


def _dated(node: Node, where: str) -> tuple[DatedFact, ...]:
    """Facts of a register: ``name: value``, or ``name: [{value, from, to}, …]``."""
    if node is None:
        return ()
    if not isinstance(node, dict):
        fail(where, "must map a fact to its value")
    found: list[DatedFact] = []
    for name, value in cast(dict[str, Node], node).items():
        if isinstance(value, str):
            found.append(DatedFact(str(name), value, ALWAYS, None))
            continue
        for item in as_list(value, f"{where}: {name}"):
            row = as_mapping(item, f"{where}: {name}", required=("value", "from", "to"))
            found.append(
                DatedFact(
                    str(name),
                    as_text(row["value"], f"{where}: {name}"),
                    as_date(row["from"], f"{where}: {name}"),
                    as_date_or_none(row["to"], f"{where}: {name}"),
                )
            )
    return tuple(found)


def _whole(node: Node, where: str) -> int:
    if not isinstance(node, int) or isinstance(node, bool) or node < 0:
        fail(where, "must be a whole number, 0 or more")
    return node
