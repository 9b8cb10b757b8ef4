"""Chongqing out-patient receipts of nobody: what is printed on one, and what it says in money."""

import datetime as dt
import functools
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.simulation.paper.render import SheetValues
from infra.simulation.paper.writing import amount_text
from models.yaml_loader import safe_load

#: The form on which the receipts are printed, and the name of its table.
RECEIPT_FORM = "cn_cq_outpatient_receipt"
TABLE = "items"
_WORDS = Path(__file__).with_name("chongqing.yaml")
#: No district has this number, so that nobody does (GB/T 2260).
_PLACE = "500000"
_CHECK_SIGNS = "10X98765432"
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_FIRST_DAY = dt.date(2026, 1, 5)
_DAYS = 300


@dataclass(frozen=True, slots=True)
class PrintedReceipt:
    """What is printed on a receipt, and the amounts by the name of their place, in fen."""

    values: SheetValues
    amounts: Mapping[str, int]


def a_receipt(seed: int) -> PrintedReceipt:
    """Return a receipt that adds up, with two to seven items; one seed is always one receipt."""
    rng = random.Random(f"chongqing/{seed}")
    words = _words()
    items = rng.sample(words["items"], rng.randint(2, 7))
    rows, amounts = [], {}
    for number, (name, spec, unit, item_class, low, high) in enumerate(items, start=1):
        quantity = rng.choice((1, 1, 1, 2, 3))
        amount = rng.randint(low, high) * quantity
        amounts[f"{TABLE}[{number}].amount"] = amount
        rows.append(
            {
                "item": name,
                "spec": spec,
                "quantity": str(quantity),
                "unit": unit,
                "amount": _text(amount),
                "class": item_class,
            }
        )
    total = sum(amounts.values())
    by_account = rng.choice((0, total // 3, total // 2))
    own = sum(
        amounts[f"{TABLE}[{number}].amount"]
        for number, row in enumerate(rows, start=1)
        if row["class"] == "丙类"
    )
    paid = {
        "total": total,
        "pool_paid": 0,
        "other_paid": 0,
        "account_paid": by_account,
        "cash_paid": total - by_account,
        "self_paid": total - own,
        "own_paid": own,
    }
    zones = {name: _text(amount) for name, amount in paid.items()}
    zones |= _head(rng, words) | {"total_capitals": in_capitals(total)}
    return PrintedReceipt(SheetValues(zones=zones, tables={TABLE: rows}), {**amounts, **paid})


def in_capitals(amount_minor: int) -> str:
    """Return an amount below a hundred thousand yuan in capitals, as tills print it."""
    yuan, cents = divmod(amount_minor, 100)
    whole, pending = "", ""
    for place, unit in zip((10_000, 1_000, 100, 10, 1), ("万", "仟", "佰", "拾", ""), strict=True):
        digit = yuan // place % 10
        if digit:
            whole += pending + _DIGITS[digit] + unit
            pending = ""
        elif whole:
            pending = "零"
    jiao, fen = divmod(cents, 10)
    if not cents:
        return f"{whole or '零'}元整"
    part = f"{_DIGITS[jiao]}角" if jiao else ("零" if yuan else "")
    part += f"{_DIGITS[fen]}分" if fen else "整"
    return f"{whole}元{part}" if yuan else part


def _head(rng: random.Random, words: Mapping[str, Any]) -> dict[str, str]:
    day = _FIRST_DAY + dt.timedelta(days=rng.randrange(_DAYS))
    return {
        "bill_code": f"5006{rng.randrange(10**4):04d}",
        "bill_number": f"{rng.randrange(10**10):010d}",
        "check_code": f"{rng.randrange(16**6):06x}",
        "payer_name": rng.choice(words["families"]) + rng.choice(words["given"]),
        "bill_date": day.isoformat(),
        "serial_number": f"{day:%Y%m%d}{rng.randrange(10**7):07d}",
        "visit_number": f"MZ{rng.randrange(10**7):07d}",
        "care_date": day.isoformat(),
        "institution_type": rng.choice(words["institutions"]),
        "institution_code": f"H500{rng.randrange(10**8):08d}",
        "sex": rng.choice("男女"),
        "insurance_type": rng.choice(words["insurance"]),
        "insured_number": _card(rng),
    }


def _card(rng: random.Random) -> str:
    born = dt.date(1940, 1, 1) + dt.timedelta(days=rng.randrange(27_000))
    body = f"{_PLACE}{born:%Y%m%d}{rng.randrange(1_000):03d}"
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body))
    return f"{body}{_CHECK_SIGNS[total % 11]}"


def _text(amount_minor: int) -> str:
    return amount_text(amount_minor, "dot")


@functools.cache
def _words() -> Mapping[str, Any]:
    words: Mapping[str, Any] = safe_load(_WORDS.read_text(encoding="utf-8"))
    return words
