"""The law of typing mode: which dossiers are typed, and whose keying of an amount counts.

Money is keyed blind: two colleagues type each amount by themselves, and what they typed alike is
accepted; where they differ, a third person who may settle sees both and decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from models.errors import ApprovalRefused, UsageError
from models.money import MINOR_UNITS
from models.typing import Keyed

#: Who types first, who types the money again, who settles where they differ.
FIRST, SECOND, THIRD = 1, 2, 3
#: The field of a dossier's total; the amounts of its lines end alike.
TOTAL = "total_minor"
MONEY_ENDING = "amount_minor"
#: What the second colleague says where more than the amounts is wrong: person, day or act.
DISPUTED = "disputed"


class Keying(StrEnum):
    """What a keying leads to."""

    SECOND_NEEDED = "second_needed"
    THIRD_NEEDED = "third_needed"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class ReadingQuality:
    """How a paper dossier was read: fields without doubt, fields in doubt, whether a form is known.

    Fields that are empty on the paper are in neither count.
    """

    read: int
    doubtful: int
    is_form_known: bool


def is_to_type(quality: ReadingQuality, *, doubtful_percent_min: int, read_min: int) -> bool:
    """Whether a dossier is quicker typed than corrected.

    No known form, hardly any field read without doubt, or a share of doubtful fields at or above
    the limit.
    """
    if not quality.is_form_known or quality.read < read_min:
        return True
    share = 100 * quality.doubtful
    return share >= doubtful_percent_min * (quality.read + quality.doubtful)


def is_money(field: str) -> bool:
    """Whether a field holds money that decides what is paid."""
    return field == TOTAL or field.rpartition(".")[2] == MONEY_ENDING


def next_pass(before: Sequence[Keyed]) -> int:
    """The pass that comes next after those that wait."""
    return len(before) + 1


def check_typist(before: Sequence[Keyed], by: str, *, may_settle: bool) -> None:
    """Refuse whoever keyed this dossier already, and a third person who may not settle.

    Raises:
        ApprovalRefused: says who has to do it.
    """
    if by in {one.typed_by for one in before}:
        raise ApprovalRefused("another colleague must type the amounts; you typed them already")
    if next_pass(before) == THIRD and not may_settle:
        raise ApprovalRefused("where two colleagues typed differently a supervisor settles it")
    if next_pass(before) > THIRD:
        raise UsageError("this dossier was typed and settled already; list the open ones")


def needs_two(money: Mapping[str, int], double_keying_from_minor: int | None) -> bool:
    """Whether amounts are to be typed by two; None is never, 0 always."""
    if double_keying_from_minor is None:
        return False
    lines = sum(amount for field, amount in money.items() if field != TOTAL)
    return max(lines, money.get(TOTAL, 0)) >= double_keying_from_minor


def judge_keying(
    before: Sequence[Keyed],
    given: Keyed,
    *,
    double_keying_from_minor: int | None,
    may_settle: bool,
) -> Keying:
    """Return what follows when a colleague typed a dossier; ``before`` are the passes that wait.

    Raises:
        ApprovalRefused: when this person may not be the one who types now.
        UsageError: when a pass comes out of turn, without a total, or about other lines.
    """
    check_typist(before, given.typed_by, may_settle=may_settle)
    if given.pass_no != next_pass(before):
        raise UsageError("this dossier was typed meanwhile; open it again")
    if TOTAL not in given.money or any(amount < 0 for amount in given.money.values()):
        raise UsageError("type every amount and the total")
    if given.pass_no == FIRST:
        is_alone = not needs_two(given.money, double_keying_from_minor)
        return Keying.SETTLED if is_alone else Keying.SECOND_NEEDED
    if given.pass_no == THIRD:
        return Keying.SETTLED
    if set(given.money) != set(before[0].money):
        raise UsageError("type every amount and the total")
    is_alike = given.money == before[0].money and not is_disputed(given)
    return Keying.SETTLED if is_alike else Keying.THIRD_NEEDED


def is_disputed(given: Keyed) -> bool:
    """Whether a second colleague saw another person, day or act on the paper than was typed."""
    return given.pass_no == SECOND and bool(given.values.get(DISPUTED))


def accepted_values(before: Sequence[Keyed], given: Keyed) -> Mapping[str, str]:
    """Return the fields that go into the dossier; of the second pass only the money is new."""
    values = before[0].values if given.pass_no == SECOND else given.values
    return {**values, **{field: paper_amount(amount) for field, amount in given.money.items()}}


def paper_amount(amount_minor: int) -> str:
    """An amount as a correction of it is written: 1234,50."""
    return f"{amount_minor // MINOR_UNITS},{amount_minor % MINOR_UNITS:02d}"
