"""The peer's cases of intake: what is refused before, or just after, a dossier is opened."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from models.stage import Stage, Status
from tasks.conform_question import Adapter, Answer, Question
from tasks.conform_scheme import SCHEME, Covered, Kit, Price, Service, SmallScheme, load_kit
from tasks.conform_world import NUMBER, Asked, Claim, Outcome, take_through
from tasks.intake.decide import Known, Standing

#: What the small payer of these cases has in its registers.
SERVICE, ITEM = "A1", "0182"
PRICE = Decimal(100)
#: The peer's life cycle in our words; a processed claim is approved, a valuated one is paid.
STATUSES = {
    1: Status.REFUSED,
    2: Status.IN_PROGRESS,
    4: Status.IN_PROGRESS,
    8: Status.APPROVED,
    16: Status.PAID,
}
#: What the peer calls an edit and a restore, in our words.
ACTIONS = {"update": "complement", "restore": "appeal"}


def adapters() -> Mapping[str, Adapter]:
    """Return the adapters of this area by case."""
    registered = ("INT-01", "INT-03", "INT-07", "INT-08")
    numbered = ("INT-02", "INT-02c")
    return {
        **dict.fromkeys(registered, by_registers),
        **dict.fromkeys(numbered, by_number),
        "INT-10": submitted_again,
        "INT-11": number_length,
        "INT-14": units_of_a_line,
        "INT-15": written_again,
        "INT-16": written_again,
    }


def small_kit(units_a_line: int = 10_000, price: Decimal = PRICE) -> Kit:
    """Return a payer with one service and one item of one price, both covered in full."""
    codes = (SERVICE, ITEM)
    return load_kit(
        SmallScheme(
            services=[Service(code, units_a_line=units_a_line) for code in codes],
            prices=[Price(code, price) for code in codes],
            covered=[Covered(code) for code in codes],
            items=[ITEM],
        )
    )


def by_registers(question: Question) -> Answer:
    """Send a claim whose facility, insured person, service or item the registers may not know."""
    inputs = question.inputs
    items = [Asked(item["code"], PRICE, item["qty"], is_item=True)
             for item in inputs.get("items", ())]  # fmt: skip
    services = [Asked(one["code"], PRICE, one["qty"]) for one in inputs.get("services", ())]
    claim = Claim(
        lines=[*items, *services] or [Asked(SERVICE, PRICE)],
        facility=inputs.get("facility_code", "VIDS001"),
        number=inputs.get("insurance_no", NUMBER),
    )
    return _accepted(take_through(small_kit(), claim))


def by_number(question: Question) -> Answer:
    """Send a claim whose number other dossiers may bear, at this facility or another."""
    inputs = question.inputs
    known = Known(
        {one["claim_code"]: _standing(one["claim_code"], Status.PAID) for one in inputs["existing"]}
    )
    claim = Claim(
        lines=[Asked(SERVICE, PRICE)],
        public_number=inputs["claim_code"],
        facility=inputs["facility_code"],
    )
    return _accepted(take_through(small_kit(), claim, known))


def submitted_again(question: Question) -> Answer:
    """Send the same claim several times and tell what the first and the last one open."""
    kit, known = small_kit(), Known({})
    number = f"CASE-{question.inputs['code'].upper()}"
    claim = Claim(lines=[Asked(SERVICE, PRICE)], public_number=number)
    found = [take_through(kit, claim, known) for _ in range(question.inputs["submit_times"])]
    return {"first": _opened(found[0]), "second": _opened(found[-1])}


def number_length(question: Question) -> Answer:
    """Send a claim whose number has so many characters."""
    claim = Claim(lines=[Asked(SERVICE, PRICE)], public_number="N" * question.inputs["code_length"])
    return _accepted(take_through(small_kit(), claim))


def units_of_a_line(question: Question) -> Answer:
    """Bill units of a service of which a line may hold so many; on paper, which has no form."""
    kit = small_kit(units_a_line=question.inputs["maximum_amount"])
    quantity = question.inputs["qty"]
    line = Asked(SERVICE, PRICE * quantity, quantity)
    outcome = take_through(kit, Claim(lines=[line], is_paper=True))
    return {**_accepted(outcome), "line_code": outcome.line_codes[0]}


def written_again(question: Question) -> Answer:
    """Send more to a dossier in a state: its completion, or the wish to have it opened again."""
    status = STATUSES[question.inputs["status"]]
    claim = Claim(lines=[Asked(SERVICE, PRICE)], kind=ACTIONS[question.inputs["action"]])
    known = Known({claim.public_number: _standing(claim.public_number, status)})
    return _accepted(take_through(small_kit(), claim, known))


def _standing(number: str, status: Status) -> Standing:
    blank = Standing("D-EARLIER", number, SCHEME, Stage.REVIEW.value, status.value, 1)
    return replace(blank, insured_id=NUMBER)


def _accepted(outcome: Outcome) -> dict[str, object]:
    return {
        "accepted": outcome.is_accepted,
        "intake_error": next(iter(outcome.reasons), ""),
        "answer": outcome.word,
    }


def _opened(outcome: Outcome) -> str:
    opened = "opened" if outcome.intake.dossier_id else "nothing opened"
    return f"{outcome.intake.reply.value}: {opened}"
