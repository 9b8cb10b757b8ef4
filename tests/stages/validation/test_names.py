import csv
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.registers import Person
from tasks.validation.names import match_names, match_person
from tests.stages.validation.name_pairs import Name, Names, all_names, make_pairs

KNOWN = Path(__file__).parents[3] / "tasks/validation/known_names.csv"
#: Pairs of one label in a run of 2,000.
HALF = 1_000


def accepted(seed: int, names: Names | None = None) -> tuple[int, int]:
    """True pairs and false pairs that are accepted, of a thousand each."""
    counts = {True: 0, False: 0}
    for pair in make_pairs(seed, 2 * HALF, names):
        counts[pair.is_same] += match_names(pair.left, pair.right).is_same
    return counts[True], counts[False]


def unlisted() -> Names:
    """The names of the generator that the matcher's own list of names does not have."""
    with KNOWN.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    arabic = {row["arabic"] for row in rows}
    latin = {spelling for row in rows for spelling in row["latin"].split()}

    def is_unlisted(name: Name) -> bool:
        spellings = {spelling.casefold().replace(" ", "") for spelling in name.latin}
        return name.arabic not in arabic and not spellings & latin

    return all_names().only(is_unlisted)


@pytest.mark.parametrize("seed", [20261120, 1, 2])
def test_of_2000_pairs_the_same_persons_are_accepted_and_others_are_not(seed: int) -> None:
    same, different = accepted(seed)

    assert same >= 0.98 * HALF
    assert different <= 0.005 * HALF


@pytest.mark.parametrize("seed", [20261120, 1])
def test_names_the_matcher_has_never_heard_of_do_as_well(seed: int) -> None:
    same, different = accepted(seed, unlisted())

    assert same >= 0.98 * HALF
    assert different <= 0.005 * HALF


def test_a_good_part_of_the_generated_names_is_unknown_to_the_matcher() -> None:
    every, unknown = all_names(), unlisted()

    assert len(unknown.given) >= 0.2 * len(every.given)
    assert len(unknown.families) >= 0.4 * len(every.families)


def test_the_pairs_of_a_seed_are_always_the_same() -> None:
    assert make_pairs(5, 100) == make_pairs(5, 100)
    assert make_pairs(5, 100) != make_pairs(6, 100)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("EL FASSI Mohamed", "Mohammed Fassi"),
        ("BENABDELLAH Noureddine", "نور الدين بن عبد الله"),
        ("Ait Haddou Khadija", "خديجة أيت حدو"),
        ("M. Alami", "Alami Mohamed"),
        ("ALAMI Mohamed Amine", "محمد العلمي"),
        ("Fatima-Ezzahra Tazi", "TAZI FATIMAZAHRA"),
        ("Ouafae Cherkaoui", "وفاء الشرقاوي"),
        ("Moulay Ahmed Alaoui", "Ahmed Alaoui"),
        ("Abd El Krim Sqalli", "عبدالكريم الصقلي"),
        ("Yousef Lahlou", "Youssef Lahluo"),
        ("حسين الفاسي", "Houcine El Fassi"),
        ("L'Houssaine Tazi", "Lhoussaine TAZI"),
        ("Saïd Bouzidi", "SAID BOUZIDY"),
    ],
)
def test_one_person_in_two_spellings(left: str, right: str) -> None:
    assert match_names(left, right).is_same
    assert match_names(right, left).is_same


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Mohamed Alami", "Mahmoud Alami"),
        ("محمد العلمي", "Mahmoud Alami"),
        ("محمود العلمي", "محمد العلمي"),
        ("Hassan Tazi", "Hossein Tazi"),
        ("حسن التازي", "حسين التازي"),
        ("Amine Tazi", "Amina Tazi"),
        ("أمين التازي", "أمينة التازي"),
        ("Amina Tazi", "أمين التازي"),
        ("Youssef Ben Hassan", "Hassan Ben Youssef"),
        ("Mohamed Amine Alami", "Mohamed Reda Alami"),
        ("Alami", "Mohamed Alami"),
        ("M. A.", "Mohamed Alami"),
        ("Jamal Tazi", "Kamal Tazi"),
        ("WEXELBAUM Thorvald", "BENNANI Karim"),
        ("", "Mohamed Alami"),
        ("---", "Mohamed Alami"),
        ("a b c d e f g h i", "a b c d e f g h i j"),
        ("x" * 200, "Mohamed Alami"),
    ],
)
def test_two_persons_are_never_taken_for_one(left: str, right: str) -> None:
    assert not match_names(left, right).is_same
    assert not match_names(right, left).is_same


def a_person(**changes: str) -> Person:
    facts = {"family_name": "BENNANI", "given_name": "Khalid", "arabic_name": "خالد بناني"}
    return Person(
        person_id="P1",
        **(facts | changes),
        birth_date=dt.date(1980, 5, 17),
        death_date=None,
        sex="M",
        cin="",
        valid_from=dt.date(1980, 5, 17),
        valid_to=None,
    )


@pytest.mark.parametrize("written", ["BENNANI KHALID", "Khaled Benani", "خالد بناني"])
def test_a_person_is_found_in_either_script(written: str) -> None:
    assert match_person(written, a_person()).is_same


def test_a_person_without_an_arabic_name_is_found_by_the_latin_one() -> None:
    assert match_person("خالد بناني", a_person(arabic_name="")).is_same


@pytest.mark.parametrize(
    ("written", "is_same"),
    [("张三丰", True), ("张 三丰", True), ("张三", False), ("张二丰", False)],
)
def test_a_chinese_name_is_the_same_or_another_one(written: str, is_same: bool) -> None:
    person = a_person(family_name="张", given_name="三丰", arabic_name="")
    assert match_person(written, person).is_same == is_same


def test_a_score_falls_with_the_differences() -> None:
    exact = match_names("Khalid Bennani", "BENNANI Khalid")
    typo = match_names("Khalid Bennani", "Bennabi Khalid")

    assert exact.score == 100
    assert 50 <= typo.score < 100


@given(st.text(max_size=150), st.text(max_size=150))
def test_any_text_is_compared_and_a_stranger_text_is_itself(left: str, right: str) -> None:
    match = match_names(left, right)

    assert 0 <= match.score <= 100
    assert match == match_names(left, right)
