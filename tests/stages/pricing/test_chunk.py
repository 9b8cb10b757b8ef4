"""A chunk leaves a row for each dossier and carries a person's ceilings from one to the next."""

import datetime as dt
import pickle
from dataclasses import replace
from pathlib import Path

import tasks.pricing
from models.dossier import LineKind
from models.outcome import CounterUse, PricingInput
from models.records.all_tables import table
from models.rows import priced_of
from tasks.pricing.chunk import PricingContext, price_chunk
from tests.builders import a_dossier, a_line, a_validated

SCHEMES_DIR = Path(tasks.pricing.__file__).parent / "schemes"
CONTEXT = PricingContext(schemes_dir=SCHEMES_DIR, production=False)
CROWN = a_line(kind=LineKind.CODE, letter="", coefficient=None, code="D754", amount_minor=225000)


def an_input(dossier_id="D0001", person="P0001", version=1, counters=(), **changes):
    changes = {"public_number": f"AMO-2026-{dossier_id}", **changes}
    dossier = a_dossier(dossier_id=dossier_id, version=version, **changes)
    validated = a_validated(dossier_id=dossier_id, version=version, beneficiary_person_id=person)
    return PricingInput(dossier, validated, tuple(counters))


def dues(output):
    rows = output.tables["priced_dossier"]
    return {row[0]: row[rows.names.index("due_minor")] for row in rows.rows}


def test_the_first_table_holds_a_row_for_each_dossier():
    output = price_chunk([an_input("D0001"), an_input("D0002", lines=())], CONTEXT)
    assert list(output.tables) == ["priced_dossier", "priced_line", "counter_use", "finding"]
    assert dues(output) == {"D0001": 5600, "D0002": 0}


def test_the_rows_are_those_of_the_tables_they_name():
    output = price_chunk([an_input(lines=(CROWN, a_line(line_no=2, letter="SF")))], CONTEXT)
    for name, rows in output.tables.items():
        assert rows.names[0] == "dossier_id"
        assert set(rows.names) == {column.name for column in table(name).columns}
        assert rows.rows
        assert {len(row) for row in rows.rows} == {len(rows.names)}


def test_a_dossier_comes_back_from_its_rows():
    output = price_chunk([an_input()], CONTEXT)

    class Row:
        def __init__(self, names, values):
            self.__dict__.update(zip(names, values, strict=True))

    head, lines = output.tables["priced_dossier"], output.tables["priced_line"]
    back = priced_of(Row(head.names, head.rows[0]), [Row(lines.names, row) for row in lines.rows])
    assert (back.due_minor, back.lines[0].rule_id) == (5600, "MA-TNR-LETTRE+MA-TAUX-GENERAL")


def test_a_later_dossier_sees_what_an_earlier_one_of_the_person_used():
    output = price_chunk(
        [an_input("D0001", lines=(CROWN,)), an_input("D0002", lines=(CROWN,))], CONTEXT
    )
    assert dues(output) == {"D0001": 157500, "D0002": 52500}


def test_two_persons_of_a_household_have_a_ceiling_each():
    output = price_chunk(
        [an_input("D0001", lines=(CROWN,)), an_input("D0002", person="P0002", lines=(CROWN,))],
        CONTEXT,
    )
    assert dues(output) == {"D0001": 157500, "D0002": 157500}


def test_persons_that_nobody_knows_do_not_share_a_ceiling():
    output = price_chunk(
        [
            an_input("D0001", person="", lines=(CROWN,)),
            an_input("D0002", person="", lines=(CROWN,)),
        ],
        CONTEXT,
    )
    assert dues(output) == {"D0001": 157500, "D0002": 157500}


def test_what_the_database_says_of_a_dossier_of_the_chunk_is_not_counted_twice():
    stored = CounterUse("P0001", "ma.dental_prosthesis", dt.date(2026, 11, 2), 225000, "D0001", 1)
    output = price_chunk(
        [an_input("D0001", lines=(CROWN,)), an_input("D0002", lines=(CROWN,), counters=[stored])],
        CONTEXT,
    )
    assert dues(output) == {"D0001": 157500, "D0002": 52500}


def test_a_use_of_another_dossier_in_the_database_is_kept_beside_those_of_the_chunk():
    stored = CounterUse("P0001", "ma.dental_prosthesis", dt.date(2026, 3, 2), 50000, "D0009", 1)
    inputs = [
        an_input("D0001", lines=(CROWN,), counters=[stored]),
        an_input("D0002", lines=(CROWN,), counters=[stored]),
    ]
    assert dues(price_chunk(inputs, CONTEXT)) == {"D0001": 157500, "D0002": 17500}


def test_production_changes_the_effect_of_an_unsure_figure():
    icu = a_line(kind=LineKind.CODE, letter="", coefficient=None, code="HJ-REA")
    effects = [
        price_chunk([an_input(lines=(icu,))], replace(CONTEXT, production=production))
        .tables["finding"]
        .rows[0][5]
        for production in (False, True)
    ]
    assert effects == ["note", "review"]


def test_a_chunk_can_be_priced_as_known_on_a_day():
    known = replace(CONTEXT, known_on=dt.date(2026, 1, 1))
    rows = price_chunk([an_input()], known).tables["priced_dossier"]
    assert rows.rows[0][rows.names.index("tariff_version")].endswith(".2026-01-01")


def test_what_goes_to_a_child_and_comes_back_can_be_pickled():
    assert pickle.loads(pickle.dumps(CONTEXT)) == CONTEXT
    output = price_chunk([an_input(lines=(CROWN,))], CONTEXT)
    assert pickle.loads(pickle.dumps(output)).tables == output.tables
