import copy
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.errors import CatalogueError
from tasks.validation.rights_sections import Status
from tasks.validation.scheme_rules import SchemeRules, read_scheme_rules
from tests.stages.validation.subjects import RIGHTS

RAW = yaml.safe_load(RIGHTS.read_text(encoding="utf-8"))
Change = Callable[[dict[str, Any]], None]


def read(raw: Any, folder: Path) -> SchemeRules:
    path = folder / "rights.yaml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return read_scheme_rules(path)


def changed(change: Change) -> dict[str, Any]:
    raw = copy.deepcopy(RAW)
    change(raw)
    return raw


def next_row(raw: dict[str, Any], first: dt.date, last: dt.date | None) -> None:
    """End the first filing row and let a second one follow."""
    row = raw["filing"][0]
    row["to"] = last
    raw["filing"].insert(1, row | {"from": first, "to": None, "months": 3})


def test_the_scheme_of_the_salaried_is_read_whole() -> None:
    rules = read_scheme_rules(RIGHTS)

    assert rules.scheme == "ma-amo-salaries"
    assert rules.figures("opening", "days_in_months", dt.date(2026, 11, 2)) == {
        "kind": "days_in_months",
        "categories": (),
        "days": 54,
        "months": 6,
        "care_kinds": (),
        "conditions": (),
    }


def test_every_row_says_where_it_stands() -> None:
    rules = read_scheme_rules(RIGHTS)

    rows = [
        row for section in rules.sections.values() for rule in section.values() for row in rule.rows
    ]
    assert all(row.source and isinstance(row.status, Status) for row in rows)


@pytest.mark.parametrize(
    ("day", "months"),
    [
        (dt.date(2006, 2, 28), None),
        (dt.date(2006, 3, 1), 2),
        (dt.date(2026, 12, 31), 2),
        (dt.date(2027, 1, 1), 3),
    ],
)
def test_figures_follow_each_other_from_their_day(
    day: dt.date, months: int | None, tmp_path: Path
) -> None:
    raw = changed(lambda raw: next_row(raw, dt.date(2027, 1, 1), dt.date(2026, 12, 31)))
    figures = read(raw, tmp_path).figures("filing", "first_act", day)

    assert (figures["months"] if figures else None) == months


@pytest.mark.parametrize("section", ["conditions", "amnesties", "complementary"])
def test_a_section_that_may_be_left_out_holds_no_rule_then(section: str, tmp_path: Path) -> None:
    def without(raw: dict[str, Any]) -> None:
        raw.pop(section)
        for row in raw["opening"]:
            row.pop("conditions", None)

    rules = read(changed(without), tmp_path)
    assert rules.in_force(section, dt.date(2026, 11, 2)) == ()


@pytest.mark.parametrize("path", sorted(RIGHTS.parents[1].glob("*/rights.yaml")), ids=str)
def test_every_rights_file_is_its_folder_s_and_says_where_each_row_stands(path: Path) -> None:
    rules = read_scheme_rules(path)

    assert rules.scheme == path.parent.name.replace("_", "-")
    rows = [
        row for section in rules.sections.values() for rule in section.values() for row in rule.rows
    ]
    assert all(len(row.source) > 10 for row in rows)


def test_what_is_recalled_or_chosen_by_us_is_never_called_confirmed() -> None:
    for path in RIGHTS.parents[1].glob("*/rights.yaml"):
        for section in read_scheme_rules(path).sections.values():
            for rule in section.values():
                for row in rule.rows:
                    unsure = row.source.startswith(("Recalled", "Our choice", "No "))
                    assert not unsure or row.status is Status.ILLUSTRATIVE, (path, rule.name)


def test_a_draft_is_checked_and_never_used() -> None:
    figures = read_scheme_rules(RIGHTS).figures("dependants", "student", dt.date(2027, 3, 1))

    assert figures == {"years": 26}


WRONG: dict[str, tuple[Change, str]] = {
    "unknown section": (lambda raw: raw.update(extra=[]), "keys must be"),
    "missing section": (lambda raw: raw.pop("filing"), "keys must be"),
    "section no list": (lambda raw: raw.update(filing={}), "filing: must be a list"),
    "unknown key": (
        lambda raw: raw["filing"][0].update(weeks=1),
        "filing: missing or unknown in a row: weeks",
    ),
    "missing source": (
        lambda raw: raw["filing"][0].update(source=""),
        "filing.first_act from 2006-03-01: source is missing",
    ),
    "missing status": (
        lambda raw: raw["filing"][0].pop("status"),
        "filing: missing or unknown in a row: status",
    ),
    "unknown status": (
        lambda raw: raw["filing"][0].update(status="sure"),
        "filing.first_act from 2006-03-01: status: unknown value sure",
    ),
    "negative figure": (
        lambda raw: raw["filing"][0].update(months=-1),
        "filing.first_act from 2006-03-01: months must be a whole number",
    ),
    "figure no number": (
        lambda raw: raw["filing"][0].update(months="2"),
        "months must be a whole number",
    ),
    "figure a yes": (lambda raw: raw["filing"][0].update(months=True), "must be a whole number"),
    "from no date": (
        lambda raw: raw["filing"][0].update({"from": "yesterday"}),
        "from and to must be dates",
    ),
    "to before from": (
        lambda raw: raw["filing"][0].update(to=dt.date(2000, 1, 1)),
        "filing.first_act from 2006-03-01: to 2000-01-01 is before from",
    ),
    "overlap": (
        lambda raw: next_row(raw, dt.date(2027, 1, 1), dt.date(2027, 1, 1)),
        "filing.first_act: two rows are in force on 2027-01-01",
    ),
    "open overlap": (
        lambda raw: next_row(raw, dt.date(2027, 1, 1), None),
        "filing.first_act: two rows are in force on 2027-01-01",
    ),
    "gap": (
        lambda raw: next_row(raw, dt.date(2027, 1, 1), dt.date(2026, 12, 30)),
        "filing.first_act: no row is in force after 2026-12-30",
    ),
    "unknown kind of care": (
        lambda raw: raw["barcodes"][0].update(care_kinds=["magic"]),
        "unknown value magic",
    ),
    "unknown piece": (lambda raw: raw["pieces"][0].update(pieces=["stamp"]), "unknown value stamp"),
    "list no list": (lambda raw: raw["pieces"][0].update(pieces="stamp"), "pieces must be a list"),
    "kind no text": (lambda raw: raw["opening"][0].update(kind=3), "kind must be text"),
    "unknown format": (
        lambda raw: raw["identifiers"].update(cin="passport"),
        "identifiers: no format named passport",
    ),
    "missing format": (lambda raw: raw["identifiers"].pop("cin"), "identifiers: keys must be"),
    "unknown country": (lambda raw: raw.update(country="XX"), "XX: no identifier formats"),
}


WRONG |= {
    "optional section no list": (
        lambda raw: raw.update(conditions={}),
        "conditions: must be a list",
    ),
    "condition that is not there": (
        lambda raw: raw["opening"][0].update(conditions=["rich"]),
        "opening.days_in_months: no condition rich",
    ),
    "condition without a number": (
        lambda raw: raw["conditions"][0].update(values=["a lot"]),
        "conditions.pension_amount from 2006-03-01: values must be one decimal number",
    ),
    "condition with two numbers": (
        lambda raw: raw["conditions"][0].update(values=["1", "2"]),
        "values must be one decimal number",
    ),
    "condition in one language": (
        lambda raw: raw["conditions"][0].update(label={"fr": "pension"}),
        "label must have fr, ar, en",
    ),
    "unknown test": (
        lambda raw: raw["conditions"][0].update(test="about"),
        "test: unknown value about",
    ),
    "amnesty without a date": (
        lambda raw: raw["amnesties"][0].update(last_month="never"),
        "last_month must be a date",
    ),
    "unknown key of a row that may have more": (
        lambda raw: raw["opening"][0].update(weeks=1),
        "opening: missing or unknown in a row: weeks",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_rights_file_is_refused_by_name_key_and_day(name: str, tmp_path: Path) -> None:
    change, sentence = WRONG[name]
    with pytest.raises(CatalogueError, match=sentence):
        read(changed(change), tmp_path)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("scheme: a\nscheme: b\n", "scheme twice"),
        ("scheme: [", "is no YAML"),
        ("- 1\n", "keys must be"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused(text: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "rights.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=sentence):
        read_scheme_rules(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="cannot be read"):
        read_scheme_rules(tmp_path / "rights.yaml")
