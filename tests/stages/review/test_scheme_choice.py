"""Which schemes a person may choose for a dossier, who may, and when a choice counts."""

from dataclasses import replace

import pytest

from infra.settings import Settings
from models.errors import ApprovalRefused, UsageError
from models.scheme import KnownScheme
from tasks.pricing.catalogue import load_catalogue
from tasks.pricing.known_schemes import read_known_schemes
from tasks.review.scheme_choice import (
    ChoiceFacts,
    SchemeFacts,
    check_choice,
    check_movable,
    choice_text,
    judge_choice,
    may_move,
    offered,
    still_waits_for,
)
from tasks.review.web.item import first_answer_of

KNOWN = {
    one.scheme_id: one
    for one in (
        KnownScheme("aa-one", "AA", "AAA", {}),
        KnownScheme("aa-two", "AA", "AAA", {}),
        KnownScheme("aa-euro", "AA", "EUR", {}),
        KnownScheme("bb-euro", "BB", "EUR", {}),
        KnownScheme("bb-aaa", "BB", "AAA", {}),
    )
}
FACTS = SchemeFacts("aa-one", "AAA", is_paid=False, is_accepted=False, is_uncertain=False)
ASKED = ChoiceFacts("finding", 8_000, "", "", frozenset({"brahim"}))
LIMIT = 10_000


def ids(facts: SchemeFacts) -> list[str]:
    return [one.scheme_id for one in offered(facts, KNOWN)]


def test_the_other_schemes_of_country_and_currency_are_offered() -> None:
    assert ids(FACTS) == ["aa-two"]


def test_an_uncertain_scheme_may_be_confirmed() -> None:
    assert ids(replace(FACTS, is_uncertain=True)) == ["aa-one", "aa-two"]
    check_choice("aa-one", replace(FACTS, is_uncertain=True), KNOWN)


def test_under_a_scheme_nobody_knows_the_currency_decides() -> None:
    assert ids(replace(FACTS, scheme="zz", currency="EUR")) == ["aa-euro", "bb-euro"]


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ("aa-one", "of that scheme already"),
        ("aa-euro", "another currency"),
        ("bb-euro", "another currency"),
        ("bb-aaa", "another country"),
        ("cc", "no scheme has that id"),
        ("", "no scheme has that id"),
    ],
)
def test_what_is_not_offered_is_refused_with_the_reason(chosen: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        check_choice(chosen, FACTS, KNOWN)


@pytest.mark.parametrize(
    ("facts", "said"),
    [(replace(FACTS, is_paid=True), "paid"), (replace(FACTS, is_accepted=True), "accepted")],
)
def test_what_was_paid_or_accepted_stays(facts: SchemeFacts, said: str) -> None:
    assert not may_move(facts)
    with pytest.raises(UsageError, match=said):
        check_movable(facts)


def test_up_to_the_limit_one_person_chooses() -> None:
    assert judge_choice(replace(ASKED, asked_minor=LIMIT), "aa-two", "amina", LIMIT)


def test_above_the_limit_two_people_choose_alike() -> None:
    large = replace(ASKED, asked_minor=LIMIT + 1)
    assert not judge_choice(large, "aa-two", "amina", LIMIT)
    second = replace(large, first_by="amina", first_answer=choice_text("aa-two"))
    assert judge_choice(second, "aa-two", "samira", LIMIT)
    assert not judge_choice(second, "bb-aaa", "samira", LIMIT)
    with pytest.raises(ApprovalRefused, match="another must confirm"):
        judge_choice(second, "aa-two", "amina", LIMIT)


def test_who_decided_before_does_not_choose_in_an_appeal() -> None:
    assert judge_choice(ASKED, "aa-two", "brahim", LIMIT)
    with pytest.raises(ApprovalRefused, match="appeal"):
        judge_choice(replace(ASKED, kind="appeal"), "aa-two", "brahim", LIMIT)


@pytest.mark.parametrize("by", ["", " ", "machine"])
def test_a_choice_is_a_person_s(by: str) -> None:
    with pytest.raises(ApprovalRefused, match="name of the person"):
        judge_choice(ASKED, "aa-two", by, LIMIT)


def test_a_long_remark_is_refused() -> None:
    with pytest.raises(UsageError, match="remark"):
        judge_choice(ASKED, "aa-two", "amina", LIMIT, "x" * 501)


def test_a_choice_that_waits_is_read_like_an_answer() -> None:
    found = first_answer_of(choice_text("aa-two"))
    assert found is not None
    assert (found.answer, found.code, found.due_minor) == ("scheme", "aa-two", None)


def test_a_choice_settles_the_scheme_and_nothing_else() -> None:
    reasons = ["REGIME_INCERTAIN", "CHAMP_DOUTEUX", "A_SAISIR", "CHAMP_DOUTEUX"]
    assert still_waits_for(reasons) == ("CHAMP_DOUTEUX", "A_SAISIR")
    assert still_waits_for(["REGIME_INCERTAIN"]) == ()


def test_the_heads_of_the_schemes_say_what_the_catalogue_says() -> None:
    folder = Settings().schemes_dir
    catalogue = load_catalogue(folder)
    known = read_known_schemes(folder)
    assert {
        key: (one.country, one.currency, one.names) for key, one in catalogue.schemes.items()
    } == {key: (one.country, one.currency, one.names) for key, one in known.items()}
