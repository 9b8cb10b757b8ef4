"""Electronic dossiers of every kind that the published form lets through, however odd."""

import datetime as dt
import json
from typing import Any

from hypothesis import strategies as st

from models.dossier import CareKind, PieceKind, Relation
from models.electronic import AMOUNT_MINOR_MAX, TEXT_MAX
from tests.stages.validation.subjects import DOCTOR, NUMBER

ACTS = ("A115", "APP", "HJ-MED", "HJ-REA", "D754", "DIAL", "ODF")
LETTERS = ("C", "Cs", "K", "B", "D", "DP", "AMI", "Z")
DAYS = st.dates(dt.date.min, dt.date.max).map(str)
#: Days about the demonstration day, and the first and last days there are.
COMMON_DAYS = st.sampled_from(
    ["2026-11-02", "2026-11-18", "2026-09-30", "2024-02-29", "2027-01-01", "0001-01-01",
     "9999-12-31"]
)  # fmt: skip
days = COMMON_DAYS | DAYS
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=TEXT_MAX)


def shorter(length: int) -> st.SearchStrategy[str]:
    """Any text but an empty one, up to a length."""
    return texts.filter(bool).map(lambda text: text[:length])


code_texts = st.text("ABab09_.-", max_size=40)
amounts = st.sampled_from([0, 1, 8_000, AMOUNT_MINOR_MAX]) | st.integers(0, AMOUNT_MINOR_MAX)
quantities = st.sampled_from([1, 2, 1_000]) | st.integers(1, 1_000)
coefficients = st.sampled_from(["1", "1.0", "450", "10000", "0.0001", "1E+4", "0.5"]) | st.decimals(
    "0.001", "10000", places=3
).filter(lambda value: value > 0 and len(value.as_tuple().digits) <= 7).map(str)

named = st.one_of(
    st.fixed_dictionaries({"code": st.sampled_from(ACTS)}),
    st.fixed_dictionaries({"code": code_texts.filter(bool)}),
    st.fixed_dictionaries(
        {
            "letter": st.sampled_from(LETTERS) | shorter(12),
            "coefficient": coefficients,
        }
    ),
    st.fixed_dictionaries({"ean": st.sampled_from(["6118000040132", "6118"]) | shorter(14)}),
)


def _line(what: dict[str, Any], rest: dict[str, Any]) -> dict[str, Any]:
    return what | rest


lines = st.builds(
    _line,
    named,
    st.fixed_dictionaries(
        {"date": days, "amount_minor": amounts},
        optional={
            "quantity": quantities,
            "unit_amount_minor": amounts | st.none(),
            "label": texts,
            "tooth": st.sampled_from(["11", "48", "99", "", "??"]),
        },
    ),
)
pieces = st.fixed_dictionaries(
    {"kind": st.sampled_from(sorted(PieceKind))},
    optional={"count": st.integers(1, 200), "file": texts},
)
stays = st.fixed_dictionaries(
    {
        "admission_date": days,
        "discharge_date": days,
        "establishment_id": st.sampled_from([DOCTOR, ""]) | code_texts,
    }
)
prescriptions = st.fixed_dictionaries(
    {}, optional={"date": days | st.none(), "prescriber_id": code_texts}
)
insured_numbers = st.sampled_from([NUMBER, NUMBER, "1"]) | shorter(20)
records = st.fixed_dictionaries(
    {
        "public_number": st.from_regex(r"[A-Z0-9-]{6,35}", fullmatch=True),
        "scheme": st.just("ma-amo-salaries"),
        "deposit_date": days,
        "insured_id": insured_numbers,
        "provider_id": st.sampled_from([DOCTOR, ""]) | code_texts,
        "kind_of_care": st.sampled_from(sorted(CareKind)),
        "lines": st.lists(lines, max_size=6),
        "total_minor": amounts,
    },
    optional={
        "channel": texts.map(lambda text: text[:20]),
        "agency": code_texts,
        "region": code_texts,
        "insured_name": texts,
        "beneficiary_id": st.sampled_from([NUMBER, f"{NUMBER}-02"]) | texts.map(lambda t: t[:24]),
        "beneficiary_name": texts,
        "beneficiary_birth_date": days | st.none(),
        "beneficiary_sex": st.sampled_from(["M", "F", ""]),
        "relation": st.sampled_from(sorted(Relation)),
        "prescriber_id": code_texts,
        "request": st.sampled_from(["reimbursement", "prior_agreement"]),
        "is_continuous_care": st.booleans(),
        "agreement_number": st.sampled_from(["PEC-1", ""]) | code_texts,
        "ald_code": st.sampled_from(["9", ""]) | code_texts,
        "diagnosis": texts,
        "invoice_number": code_texts,
        "invoice_ice": st.text("0123456789", max_size=15),
        "pieces": st.lists(pieces, max_size=5),
        "stay": st.none() | stays,
        "prescription": st.none() | prescriptions,
    },
)
#: A dossier in which nothing is wrong, as ``subjects.registers()`` know its people.
SOUND: dict[str, Any] = {
    "public_number": "AMO-2026-0001",
    "scheme": "ma-amo-salaries",
    "deposit_date": "2026-11-18",
    "insured_id": NUMBER,
    "insured_name": "ESSAI Premier",
    "provider_id": DOCTOR,
    "kind_of_care": "ambulatory",
    "pieces": [{"kind": "care_sheet"}],
    "lines": [{"letter": "C", "coefficient": "1", "date": "2026-11-02", "amount_minor": 8_000}],
    "total_minor": 8_000,
}


def _nearly_sound(odd: dict[str, Any], kept: frozenset[str]) -> dict[str, Any]:
    """The sound dossier with some things taken from an odd one."""
    return SOUND | {key: value for key, value in odd.items() if key in kept}


nearly_sound = st.builds(
    _nearly_sound,
    records,
    st.frozensets(
        st.sampled_from([*SOUND, "stay", "prescription", "agreement_number", "request"]), max_size=3
    ),
)
#: The files in which senders write them.
files = (nearly_sound | records).map(lambda record: json.dumps(record, ensure_ascii=False).encode())
