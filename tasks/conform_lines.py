"""The peer's cases of eligibility and of what speaks against a line or a whole claim."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from tasks.conform_question import Adapter, Answer, Question
from tasks.conform_scheme import ALWAYS, Covered, Kit, Price, Service, SmallScheme, load_kit
from tasks.conform_world import (
    ADULT_BORN,
    CARE_DAY,
    CHILD_BORN,
    Asked,
    Claim,
    Outcome,
    Used,
    take_through,
)

PRICE = Decimal(100)
ONE_DAY = dt.timedelta(days=1)
#: The peer's bits of who a service is for.
MAN, WOMAN, ADULT, CHILD = 1, 2, 4, 8
#: The peer's names of maximums, and of the codes of them, in our categories.
MAXIMUMS = {
    "max_no_consultation": "C",
    "max_no_surgery": "S",
    "max_no_delivery": "D",
    "max_no_antenatal": "A",
    "max_no_hospitalization": "H",
    "max_no_visits": "V",
}
CATEGORY_OF_CODE = {11: "H", 12: "V", 13: "C", 14: "S", 15: "D", 19: "A"}


def adapters() -> Mapping[str, Adapter]:
    """Return the adapters of this area by case."""
    return {
        "ELI-01": dates,
        "ELI-02": insured,
        "ELI-03": policies,
        "ELI-06": adult_or_child,
        "LIN-01": withdrawn,
        "LIN-02": without_list,
        **dict.fromkeys(("LIN-05", "LIN-06", "LIN-07"), patient_mask),
        **dict.fromkeys(("LIN-12", "LIN-13", "LIN-14", "LIN-17"), care_type),
        **dict.fromkeys(("LIN-20", "LIN-21"), frequency),
        **dict.fromkeys(("LIN-30", "LIN-31", "LIN-32", "LIN-35"), waiting),
        **dict.fromkeys(("LIN-40", "LIN-41"), provisions),
        **dict.fromkeys(("CAT-01", "CAT-02", "CAT-03", "CAT-06"), second_of_category),
        **dict.fromkeys(("CAT-10", "CAT-11", "CAT-14", "CAT-15"), category),
        "CAT-16": other_category,
        "DEC-03": one_over_maximum,
    }


def kit_of(
    *services: Service, items: Sequence[str] = (), visits: Mapping[str, int] | None = None
) -> Kit:
    """Return a payer who covers these services in full at one price."""
    return load_kit(
        SmallScheme(
            services=services,
            prices=[Price(one.code, PRICE) for one in services],
            covered=[Covered(one.code) for one in services],
            visit_limits=visits or {},
            items=items,
        )
    )


def asked(code: str, quantity: int = 1, *, is_item: bool = False) -> Asked:
    """Return a line at the list price."""
    return Asked(code, PRICE * quantity, quantity, is_item)


def _line(outcome: Outcome) -> Answer:
    """What is said of the first line and of the claim."""
    return {"line_code": outcome.line_codes[0], "claim": outcome.word}


def dates(question: Question) -> Answer:
    """File a claim on a day, for care that began on another."""
    claim = Claim(
        [asked("A")], care_date=question.day("date_from"), deposit_date=question.day("date_claimed")
    )
    outcome = take_through(kit_of(Service("A")), claim)
    return {"claim": outcome.word, "all_lines_code": outcome.all_lines_code}


def insured(question: Question) -> Answer:
    """File a claim for a person whose record the register holds, or no longer holds."""
    count, is_known = question.inputs["lines"], question.inputs["insuree_valid"]
    services = [Service(f"A{number}") for number in range(count)]
    claim = Claim([asked(one.code) for one in services], is_insured_known=is_known)
    outcome = take_through(kit_of(*services), claim)
    return {
        "claim": outcome.word,
        "errors": outcome.errors,
        "all_lines_code": outcome.all_lines_code,
    }


def policies(question: Question) -> Answer:
    """File a claim for care that the periods of cover may not hold."""
    first, last = question.day("date_from"), question.day("date_to")
    covers = [
        (dt.date.fromisoformat(one["from"]), dt.date.fromisoformat(one["to"]))
        for one in question.inputs["policies"]
    ]
    claim = Claim([asked("A")], care_date=first, nights=(last - first).days, covers=covers)
    outcome = take_through(kit_of(Service("A")), claim)
    return {
        "claim": outcome.word,
        "errors": outcome.errors,
        "all_lines_code": outcome.all_lines_code,
    }


def adult_or_child(question: Question) -> Answer:
    """Price a line and see under which rows of the cover it stands."""
    claim = Claim([asked("A")], care_date=question.day("care"), birth_date=question.day("dob"))
    outcome = take_through(kit_of(Service("A")), claim)
    rows = outcome.priced.lines[0].figure_ids if outcome.priced else ()
    patients = {row.split(".")[3] for row in rows if row.startswith("cover.")}
    return {"patient": " ".join(sorted(patients))}


def withdrawn(question: Question) -> Answer:
    """Bill an item that the register held until yesterday, or still holds."""
    last_day = None if question.inputs["item_valid"] else CARE_DAY - ONE_DAY
    kit = kit_of(Service("0182", last_day=last_day), items=("0182",))
    return _line(take_through(kit, Claim([asked("0182", is_item=True)])))


def without_list(question: Question) -> Answer:
    """Bill at a facility that may have no price list."""
    lines = [(f"A{place}", one) for place, one in enumerate(question.inputs["lines"])]
    services = [Service(code, category=one.get("cat", "")) for code, one in lines]
    items = tuple(code for code, one in lines if one["kind"] == "item")
    name = question.inputs["facility_pricelist"] or "none"
    claim = Claim(
        [asked(code, is_item=code in items) for code, _one in lines],
        facility_facts={"price_list": name},
    )
    outcome = take_through(kit_of(*services, items=items), claim)
    codes = {code: said for (code, _one), said in zip(lines, outcome.line_codes, strict=True)}
    return {"item_code": codes[items[0]], "claim": outcome.word}


def patient_mask(question: Question) -> Answer:
    """Bill a service that is for men or women, adults or children, as the peer's bits say."""
    mask, patient = question.inputs["patient_category"], question.inputs["patient"]
    sex = {MAN: "M", WOMAN: "F"}.get(mask & (MAN | WOMAN), "")
    age = {ADULT: "adult", CHILD: "child"}.get(mask & (ADULT | CHILD), "")
    birth_date = CARE_DAY.replace(year=CARE_DAY.year - patient["age"])
    claim = Claim([asked("A")], sex=patient["gender"], birth_date=birth_date)
    return _line(take_through(kit_of(Service("A", sex=sex, patient=age)), claim))


def care_type(question: Question) -> Answer:
    """Bill an in- or out-patient service at a facility, with or without nights."""
    inputs = question.inputs
    claim = Claim(
        [asked("A")],
        nights=inputs["nights"],
        facility_facts={"care_type": inputs["facility_care_type"]},
    )
    kit = kit_of(Service("A", care_type=inputs["line_care_type"]))
    return _line(take_through(kit, claim))


def frequency(question: Question) -> Answer:
    """Bill a service so many days after the last one."""
    before = CARE_DAY - question.inputs["previous_days_ago"] * ONE_DAY
    claim = Claim([asked("A")], used=[Used("zz.units.A", 1, before)])
    kit = kit_of(Service("A", frequency=question.inputs["frequency_days"]))
    return _line(take_through(kit, claim))


def waiting(question: Question) -> Answer:
    """Bill a service with a waiting period so long after the person's cover began."""
    inputs = question.inputs
    since = _member_since(question)
    is_adult = inputs.get("adult", "waiting_months_adult" in inputs)
    after = inputs.get("days_after_effective")
    care_date = question.day("care") if after is None else since + after * ONE_DAY
    service = Service(
        "A",
        waiting_adult=inputs.get("waiting_months_adult"),
        waiting_child=inputs.get("waiting_months_child"),
    )
    claim = Claim(
        [asked("A")],
        care_date=care_date,
        birth_date=ADULT_BORN if is_adult else CHILD_BORN,
        person_facts={"member_since": since.isoformat()},
    )
    return _line(take_through(kit_of(service), claim))


def _member_since(question: Question) -> dt.date:
    """The member's first day of cover without a break; a renewal goes on where it was."""
    inputs = question.inputs
    if inputs["stage"] == "renewal":
        policy, member = question.day("policy_effective"), question.day("member_effective")
        return member if member > policy else ALWAYS
    return question.day("effective") if "effective" in inputs else CARE_DAY


def provisions(question: Question) -> Answer:
    """Bill units of a service of which the person had some already this year."""
    inputs = question.inputs
    kit = kit_of(Service("A", max_units=inputs["limit_no"]))
    claim = Claim([asked("A", inputs["qty"])], used=[Used("zz.units.A", inputs["already"])])
    outcome = take_through(kit, claim)
    return {**_line(outcome), "qty_accepted": outcome.used("zz.units.A")}


def second_of_category(question: Question) -> Answer:
    """File claims of one category one after another; the counters of each go to the next."""
    inputs = question.inputs
    limits = {MAXIMUMS[name]: most for name, most in inputs.items() if name in MAXIMUMS}
    kit = kit_of(Service("A", category=inputs["category"]), Service("B"), visits=limits)
    claim = Claim([asked("A"), asked("B")], care_date=CARE_DAY - 20 * ONE_DAY)
    first = take_through(kit, claim)
    used = [*_carried(first)] * inputs["claims_this_period"]
    second = take_through(kit, replace(claim, care_date=CARE_DAY, used=used))
    return {
        "first": first.word,
        "second_line_code": second.line_codes[0],
        "second_all_lines_refused": all(second.line_codes),
    }


def _carried(outcome: Outcome) -> list[Used]:
    uses = outcome.priced.counter_uses if outcome.priced else ()
    return [Used(use.counter, use.amount_minor, use.care_date) for use in uses]


def category(question: Question) -> Answer:
    """File a claim of services of several categories and see as which one it counts."""
    services: list[Service] = []
    for place, one in enumerate(question.inputs["services"]):
        given = one if isinstance(one, dict) else {"cat": one}
        last_day = None if given.get("live", True) else CARE_DAY - ONE_DAY
        services.append(Service(f"A{place}", category=given["cat"] or "", last_day=last_day))
    claim = Claim([asked(one.code) for one in services], nights=question.inputs.get("nights", 0))
    outcome = take_through(kit_of(*services), claim)
    return {"category": " ".join(outcome.counters("zz.visits."))}


def other_category(question: Question) -> Answer:
    """File a claim of a category that has no maximum of its own."""
    kit = kit_of(
        Service("A", category=question.inputs["category"]),
        visits={MAXIMUMS["max_no_visits"]: question.inputs["max_no_visits"]},
    )
    return _line(take_through(kit, Claim([asked("A")])))


def one_over_maximum(question: Question) -> Answer:
    """File a claim of which one line is of a category whose maximum was reached before."""
    categories = [CATEGORY_OF_CODE.get(line["code"], "") for line in question.inputs["lines"]]
    services = [Service(f"A{place}", category=name) for place, name in enumerate(categories)]
    limits = {name: 1 for name in categories if name}
    used = [Used(f"zz.visits.{name}", 1) for name in limits]
    outcome = take_through(
        kit_of(*services, visits=limits), Claim([asked(one.code) for one in services], used=used)
    )
    return {
        "all_lines_code": outcome.all_lines_code,
        "qty_approved": outcome.used("zz.units."),
    }
