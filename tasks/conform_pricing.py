"""The peer's cases of what is paid: prices, limits, deductibles, ceilings, choice of product."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tasks.conform_question import Adapter, Answer, Question
from tasks.conform_scheme import (
    Covered,
    Kit,
    Limit,
    Price,
    Service,
    SmallScheme,
    load_kit,
)
from tasks.conform_world import CARE_DAY, Asked, Claim, Outcome, Used, take_through

HUNDRED = Decimal(100)
#: A price, and an amount of a ceiling, that nothing in a case reaches.
BEYOND = Decimal(1_000_000)
#: The peer's names of categories as its descriptions begin with them.
CATEGORIES = {"Consultation": "C", "Antenatal": "A", "Surgery": "S", "Delivery": "D"}
COUNTER = "zz.{}.P.person.any"


def adapters() -> Mapping[str, Adapter]:
    """Return the adapters of this area by case."""
    lines = ("PRI-03", "PRI-04", "PRI-05", "PRI-13", "PRI-14", "PRI-15", "PRI-18", "PRI-19",
             "PRI-20", "PRI-23")  # fmt: skip
    return {
        **dict.fromkeys(lines, priced_lines),
        "PRI-08": price_origin,
        **dict.fromkeys(("PRI-24", "PRI-25"), family_ceiling),
        **dict.fromkeys(("PRI-28", "PRI-29"), bucket),
        **dict.fromkeys(("PRI-31", "PRI-34", "PRI-35"), choice_of_product),
        "PRI-40": visit_type,
        "PRI-43": fraction,
        "PRI-44": child_exclusion,
        **dict.fromkeys(("DEM-09", "DEM-16"), demo_claim),
    }


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a case: what is billed at what price, and how the product covers it."""

    asked: Asked
    price: Decimal
    covered: Covered


def _line(given: Mapping[str, Any], code: str) -> _Line:
    price = Decimal(given["price"])
    amount = price * given["qty"]
    limitation, figure = given.get("limitation", ""), Decimal(given.get("limit", 0))
    covered = Covered(
        code,
        rate=figure / HUNDRED if limitation == "C" else Decimal(1),
        limit=figure if limitation == "F" else None,
        ceiling="out" if given.get("excluded") else "in",
    )
    asked = Asked(code, amount, given["qty"], is_item=given.get("kind") == "item")
    return _Line(asked, price, covered)


def _lines(inputs: Mapping[str, Any]) -> list[_Line]:
    """The lines of a case, which may also be written as the one line of the inputs themselves."""
    given: Sequence[Mapping[str, Any]] = inputs.get("lines", [inputs])
    return [_line(one, f"A{place}") for place, one in enumerate(given)]


def _kit(lines: Sequence[_Line], limits: Sequence[Limit] = (), **changes: Any) -> Kit:
    """A payer of these lines at these prices."""
    category = changes.pop("category", "")
    figures: dict[str, Any] = {
        "services": [Service(one.asked.code, category=category)
                     for one in lines],
        "prices": [Price(one.asked.code, one.price) for one in lines],
        "covered": [one.covered for one in lines],
        "limits": limits,
        "items": [one.asked.code for one in lines if one.asked.is_item],
    }  # fmt: skip
    return load_kit(SmallScheme(**figures | changes))


def priced_lines(question: Question) -> Answer:
    """Price the lines under the deductible and the ceilings of the case."""
    inputs = question.inputs
    lines = _lines(inputs)
    limits: list[Limit] = []
    used: list[Used] = []
    changes: dict[str, Any] = {}
    if "ded" in inputs:
        limits.append(Limit("deductible", question.amount("ded")))
        used.append(_used("deductible", inputs.get("ded_prev", 0)))
    if "ceil" in inputs:
        per = "person" if "ceil_prev" in inputs else "treatment"
        limits.append(Limit("ceiling", question.amount("ceil"), per=per))
        used.append(_used("ceiling", inputs.get("ceil_prev", 0)))
    if "cat_ceil" in inputs:
        category = CATEGORIES[question.description.split()[0]]
        limits.append(Limit(f"category.{category}", question.amount("cat_ceil")))
        changes["category"] = category
    if changed := re.search(r"changed to ([\d/]+) after the care date", question.description):
        changes["prices"] = list(_changed_after(lines, changed[1].split("/")))
    claim = Claim([one.asked for one in lines], used=used)
    return _paid(take_through(_kit(lines, limits, **changes), claim))


def _used(kind: str, amount: int) -> Used:
    return Used(COUNTER.format(kind), int(amount * HUNDRED))


def _changed_after(lines: Sequence[_Line], amounts: Sequence[str]) -> list[Price]:
    """A price list that changes on the day after the care."""
    next_day = CARE_DAY + dt.timedelta(days=1)
    prices: list[Price] = []
    for one, amount in zip(lines, amounts, strict=True):
        prices.append(Price(one.asked.code, one.price, last_day=CARE_DAY))
        prices.append(Price(one.asked.code, Decimal(amount), next_day))
    return prices


def _paid(outcome: Outcome) -> Answer:
    return {
        "line_paid": outcome.line_paid,
        "paid": outcome.paid,
        "deducted": outcome.used("zz.deductible.") / HUNDRED,
    }


def price_origin(question: Question) -> Answer:
    """Price an item that asks one price and has another in the list."""
    inputs = question.inputs
    asked = Asked("A", question.amount("asked"), is_item=True)
    origin = {"pricelist": "list", "claim": "claim"}[inputs["origin"]]
    line = _Line(asked, question.amount("list_price"), Covered("A", origin=origin))
    return {"unit_price": take_through(_kit([line]), Claim([asked])).paid}


def family_ceiling(question: Question) -> Answer:
    """Price a line beyond every ceiling for a member of a family of that size."""
    inputs = question.inputs
    most = inputs.get("max_ceiling_policy")
    limit = Limit(
        "ceiling",
        question.amount("max_policy"),
        per="policy",
        member_threshold=inputs["threshold"],
        member_amount=question.amount("extra_member"),
        overall_max=None if most is None else Decimal(most),
    )
    line = _line({"qty": 1, "price": BEYOND}, "A")
    members = {"family_members": str(inputs["members"])}
    outcome = take_through(_kit([line], [limit]), Claim([line.asked], person_facts=members))
    return {"ceiling": outcome.paid}


def bucket(question: Question) -> Answer:
    """Price a line under a ceiling for in-patients and one for out-patients; see which it uses."""
    inputs = question.inputs
    line = _line({"qty": 1, "price": 100}, "A")
    kit = _kit([line], _buckets(), is_by_facility=inputs["ceiling_interpretation"] == "H")
    claim = Claim(
        [line.asked], nights=inputs["nights"], facility_facts={"level": inputs["facility_level"]}
    )
    return {"bucket": _bucket(take_through(kit, claim))}


def _buckets() -> list[Limit]:
    return [Limit("ceiling", BEYOND, bucket=name) for name in ("in", "out")]


def _bucket(outcome: Outcome) -> str:
    return " ".join(outcome.counters("zz.ceiling.P.person."))


def choice_of_product(question: Question) -> Answer:
    """Price a line that a product with a share and one with a fixed sum both cover."""
    line = _line({"qty": 1, "price": question.amount("price")}, "A")
    covered = [
        Covered("A", rate=question.amount("C") / HUNDRED, product="C"),
        Covered("A", limit=question.amount("F"), product="F"),
    ]
    claim = Claim([line.asked], person_facts={"products": "C F"})
    outcome = take_through(_kit([line], covered=covered), claim)
    rows = outcome.priced.lines[0].figure_ids if outcome.priced else ()
    products = {row.split(".")[1] for row in rows if row.startswith("cover.")}
    return {"chosen": " ".join(sorted(products))}


def visit_type(question: Question) -> Answer:
    """Price the same line for each kind of visit of which the case gives the product's share."""
    line = _line(question.inputs, "A")
    kinds = [name.removeprefix("limit_") for name in question.inputs if name.startswith("limit_")]
    covered = [
        Covered("A", rate=question.amount(f"limit_{kind}") / HUNDRED, visit=kind) for kind in kinds
    ]
    kit = _kit([line], covered=covered)
    return {
        f"paid_{kind}": take_through(kit, Claim([line.asked], visit_type=kind)).paid
        for kind in kinds
    }


def fraction(question: Question) -> Answer:
    """Price a part of a unit, which our form writes as a coefficient of one act."""
    price, part = question.amount("price"), question.amount("qty")
    asked = Asked("TAB", price * part, coefficient=part)
    line = _Line(asked, price, Covered("TAB"))
    return {"paid": take_through(_kit([line]), Claim([asked])).paid}


def child_exclusion(question: Question) -> Answer:
    """Price a child's line that is outside a ceiling which is used up, for children alone."""
    inputs = question.inputs
    line = _line(inputs, "A")
    excluded = "out" if inputs["ceiling_exclusion_child"] == "B" else "in"
    covered = [Covered("A", patient="child", ceiling=excluded), Covered("A", patient="adult")]
    kit = _kit([line], [Limit("ceiling", question.amount("ceiling"))], covered=covered)
    claim = Claim(
        [line.asked],
        birth_date=CARE_DAY.replace(year=CARE_DAY.year - inputs["age"]),
        used=[_used("ceiling", inputs["used"])],
    )
    return _paid(take_through(kit, claim))


def demo_claim(question: Question) -> Answer:
    """Price a claim of the demo's database at the prices it asks, covered in full."""
    lines = [_line({"qty": one["qty"], "price": one["asked"], "kind": _kind(one["code"])}, code)
             for one in question.inputs["lines"]
             for code in [one["code"].split()[-1]]]  # fmt: skip
    outcome = take_through(_kit(lines, _buckets()), Claim([one.asked for one in lines]))
    return {
        "status": outcome.word,
        "line_paid": outcome.line_paid,
        "remunerated": outcome.paid,
        "bucket": _bucket(outcome),
    }


def _kind(code: str) -> str:
    return "item" if code.startswith("item ") else "service"
