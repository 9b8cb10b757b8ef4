"""Each fault of a catalogue is refused with a sentence that names file, key and date."""

import datetime as dt

import pytest

from models.errors import CatalogueError
from tasks.pricing.catalogue import load_catalogue

PARAMETERS = "schemes/ma_amo_salaries/parameters.yaml"
SCHEME = "schemes/ma_amo_salaries/scheme.yaml"
TEXTS = "national/ma/texts.yaml"
RULES = "schemes/ma_amo_salaries/rules/rates.py"
TABLES = "national/ma/tables.yaml"
LETTERS = "national/ma/letters.csv"
FORFAITS = "national/ma/forfaits.csv"
BANDS = "national/ma/surgery_bands.csv"
SOURCES = "sources.yaml"

SECOND_VALUE = """    - from: {start}
      to: null
      value: "0.75"
      source: MA-CNSS-COUVERTURE
      status: confirmed
  reviewed_until"""
UNREAD = """- id: rate.forgotten
  label: {fr: "oublié", ar: "منسي", en: "forgotten"}
  unit: rate
  effective_by: care_date
  rounding: half_up
  values:
    - {from: 2015-01-01, to: null, value: "0.5", source: MA-CNSS-COUVERTURE, status: confirmed}
  reviewed_until: 2026-11-21
  reviewed_by: "nobody"
"""
FIRST = "private,C,Consultation généraliste,80.00,2006-09-01,,MA-ARR-1961-06-G1,confirmed,"

FAULTS = {
    "a key that nobody reads": (
        PARAMETERS, "      notes:", "      uprating: 2\n      notes:",
        r"parameters\.yaml: rate\.general: 2006-09-01: unknown key uprating"),
    "a figure written as a float": (
        PARAMETERS, '"0.70"', "0.70",
        r"parameters\.yaml: rate\.general: 2006-09-01: value: a float is no figure"),
    "a figure written as a whole number": (
        PARAMETERS, '"3000.00"', "3000",
        r"parameters\.yaml: dental\.prosthesis_ceiling: 2015-01-01: value: a int is no figure"),
    "a negative figure": (
        PARAMETERS, '"0.70"', '"-0.70"',
        r"parameters\.yaml: rate\.general: 2006-09-01: value: must be a finite figure"),
    "a figure that is no number": (
        PARAMETERS, '"0.70"', '"NaN"',
        r"parameters\.yaml: rate\.general: 2006-09-01: value: must be a finite figure"),
    "a rate above one": (
        PARAMETERS, '"0.70"', '"70"',
        r"parameters\.yaml: rate\.general: 2006-09-01: a rate stands between 0 and 1"),
    "two values on one day": (
        PARAMETERS, "  reviewed_until", SECOND_VALUE.format(start="2026-01-01"),
        r"parameters\.yaml: rate\.general: 2026-01-01: overlap with the interval from 2006-09-01"),
    "days without a value": (
        PARAMETERS, '      to: null\n      value: "0.70"',
        '      to: 2025-12-30\n      value: "0.70"\n      source: MA-CNSS-COUVERTURE\n'
        "      status: confirmed\n    - from: 2026-01-01\n      to: null\n" + '      value: "0.75"',
        r"parameters\.yaml: rate\.general: 2025-12-31: gap until 2026-01-01"),
    "an interval that ends before it starts": (
        PARAMETERS, "      to: null", "      to: 2006-08-31",
        r"parameters\.yaml: rate\.general: 2006-09-01: ends on 2006-08-31"),
    "a missing source": (
        PARAMETERS, "      source: MA-CNSS-COUVERTURE", "      source: ",
        r"parameters\.yaml: rate\.general: 2006-09-01: missing source"),
    "a source key left out": (
        PARAMETERS, "      source: MA-CNSS-COUVERTURE\n", "",
        r"parameters\.yaml: rate\.general: 2006-09-01: missing source"),
    "a source that is not registered": (
        PARAMETERS, "source: MA-CNSS-COUVERTURE", "source: MA-HEARSAY",
        r"parameters\.yaml: rate\.general: 2006-09-01: source MA-HEARSAY is not in sources\.yaml"),
    "a unit off the list": (
        PARAMETERS, "unit: rate", "unit: percent",
        r"parameters\.yaml: rate\.general: unit percent is not on the list"),
    "a unit in another currency": (
        PARAMETERS, "unit: MAD", "unit: EUR",
        r"parameters\.yaml: dental\.prosthesis_ceiling: unit EUR is not on the list"),
    "a status off the list": (
        PARAMETERS, "status: confirmed", "status: probably",
        r"parameters\.yaml: rate\.general: 2006-09-01: status must be one of"),
    "a conflict without its other value": (
        PARAMETERS, "status: confirmed", "status: conflict",
        r"parameters\.yaml: rate\.general: 2006-09-01: status conflict without alternatives"),
    "a rounding off the list": (
        PARAMETERS, "rounding: half_up", "rounding: nearest",
        r"parameters\.yaml: rate\.general: rounding must be one of"),
    "a deciding date off the list": (
        PARAMETERS, "effective_by: care_date", "effective_by: invoice_date",
        r"parameters\.yaml: rate\.general: effective_by must be one of"),
    "a label without Arabic": (
        PARAMETERS, '    ar: "النسبة العامة"\n', "",
        r"parameters\.yaml: rate\.general: label: missing ar"),
    "a day that is no day": (
        PARAMETERS, "from: 2006-09-01", 'from: "2006-09-31"',
        r"parameters\.yaml: rate\.general: 2006-09-31: from: must be a date"),
    "a parameter written twice": (
        PARAMETERS, "- id: rate.drugs", "- id: rate.general",
        r"parameters\.yaml: rate\.general: written twice"),
    "a key written twice in one entry": (
        PARAMETERS, "  unit: rate", "  unit: rate\n  unit: rate",
        r"parameters\.yaml: unit: written twice, line \d+"),
    "no YAML at all": (
        PARAMETERS, "- id: rate.general", "- id: [",
        r"parameters\.yaml: is no YAML text"),
    "a figure that no rule reads": (
        PARAMETERS, "- id: rate.general", UNREAD + "- id: rate.general",
        r"parameters\.yaml: rate\.forgotten: 2015-01-01: unread figure"),
    "a rule that reads a figure nobody wrote": (
        RULES, '"rate.drugs",', '"rate.medicines",',
        r"rules: MA-TAUX-MEDICAMENT: reads rate\.medicines, which no file"),
    "a rule file that does not load": (
        RULES, "from tasks", "from tazks",
        r"rules/rates\.py: cannot be loaded"),
    "a rule that the order forgets": (
        SCHEME, "MA-TAUX-ALD-PUBLIC, ", "",
        r"scheme\.yaml: rules: each rule is named once; not named: \['MA-TAUX-ALD-PUBLIC'\]"),
    "an order with a rule that is not there": (
        SCHEME, "MA-TAUX-GENERAL", "MA-TAUX-PARTICULIER",
        r"scheme\.yaml: rules: rate: MA-TAUX-PARTICULIER: no such rule"),
    "a rule in the wrong phase": (
        SCHEME, "due: []", "due: [MA-TAUX-GENERAL]",
        r"scheme\.yaml: rules: due: MA-TAUX-GENERAL: no such rule"),
    "a rule without a text": (
        TEXTS, "MA-TNR-LETTRE:", "MA-TNR-LETTER:",
        r"texts\.yaml: MA-TNR-LETTRE: missing"),
    "a code that is not in codes.yaml": (
        SCHEME, "  HORS_REVISION: review", "  HORS_SUJET: review",
        r"scheme\.yaml: production: code HORS_SUJET is not in codes\.yaml"),
    "an effect that does not exist": (
        SCHEME, "  HORS_REVISION: review", "  HORS_REVISION: shout",
        r"scheme\.yaml: production: HORS_REVISION: unknown effect"),
    "an unknown key of the scheme": (
        SCHEME, "country: MA", "country: MA\ncolour: red",
        r"scheme\.yaml: unknown key colour"),
    "a scheme that does not name its folder": (
        SCHEME, "id: ma-amo-salaries", "id: ma-amo-salarie",
        r"scheme\.yaml: id ma-amo-salarie does not name its folder"),
    "a negative grace": (
        SCHEME, "review_grace_days: 0", "review_grace_days: -1",
        r"scheme\.yaml: review_grace_days: must be a whole number of days"),
    "a row that overlaps another": (
        LETTERS, FIRST, FIRST + "\n" + FIRST.replace("2006-09-01", "2026-01-01"),
        r"letters\.csv: private\.C: 2026-01-01: overlap with the interval from 2006-09-01"),
    "a hole between two rows": (
        LETTERS, FIRST,
        FIRST.replace("2006-09-01,,", "2006-09-01,2025-12-30,") + "\n"
        + FIRST.replace("2006-09-01", "2026-01-01"),
        r"letters\.csv: private\.C: 2025-12-31: gap until 2026-01-01"),
    "a row without a source": (
        LETTERS, ",80.00,2006-09-01,,MA-ARR-1961-06-G1,", ",80.00,2006-09-01,,,",
        r"letters\.csv: private\.C: 2006-09-01: missing source"),
    "a row without an amount": (
        LETTERS, "80.00,2006", ",2006",
        r"letters\.csv: private\.C: 2006-09-01: amount: must be a decimal string"),
    "an amount with a decimal comma": (
        LETTERS, "80.00,2006", '"80,00",2006',
        r"letters\.csv: private\.C: 2006-09-01: amount: must be a decimal string"),
    "a row without a first day": (
        LETTERS, "80.00,2006-09-01", "80.00,",
        r"letters\.csv: private\.C: : valid_from: must be a date"),
    "a row with a cell too many": (
        LETTERS, FIRST, FIRST + ",more",
        r"letters\.csv: line 2: too many or too few cells"),
    "a row without its key": (
        LETTERS, "private,C,", "private,,",
        r"letters\.csv: private\.: 2006-09-01: empty key"),
    "a column that nobody reads": (
        LETTERS, "status,note", "status,remark",
        r"letters\.csv: columns: unknown \['remark'\]"),
    "a key with a space": (
        LETTERS, "private,C,", "private,C C,",
        r"letters\.csv: private\.C C: 2006-09-01: a key must not hold a space"),
    "a conflict in a table without its other value": (
        FORFAITS, ",1200.00,MA-MAGHRESS-175122,", ",,,",
        r"forfaits\.csv: private\.HJ-REA: 2006-09-01: status conflict without alternatives"),
    "bands with a hole": (
        BANDS, "private,40,49,", "private,41,49,",
        r"surgery_bands\.csv: private: 2006-09-01: bands do not meet at 41"),
    "a table's unit off the list": (
        TABLES, "MAD/unit", "MAD/furlong",
        r"tables\.yaml: letters: amount: unit MAD/furlong is not on the list"),
    "a table file that is not there": (
        TABLES, "file: letters.csv", "file: letter.csv",
        r"letter\.csv: cannot be read"),
    "a table described twice": (
        TABLES, "- id: acts", "- id: letters",
        r"tables\.yaml: letters: described twice"),
    "a table whose value is no number column": (
        TABLES, "value: amount", "value: label",
        r"tables\.yaml: letters: value column label must be one of numbers"),
    "a source registered twice": (
        SOURCES, "- id: MA-ARR-1961-06-G2", "- id: MA-ARR-1961-06-G1",
        r"sources\.yaml: MA-ARR-1961-06-G1: registered twice"),
    "a source of unknown authority": (
        SOURCES, "authority: decision", "authority: hearsay",
        r"sources\.yaml: MA-ARR-1961-06-G1: authority must be one of"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_is_refused_with_file_key_and_date(fault, copied):
    file, old, new, sentence = FAULTS[fault]
    with pytest.raises(CatalogueError, match=sentence):
        load_catalogue(copied(file, old, new))


def test_a_copy_without_a_fault_loads(copied):
    assert "ma-amo-salaries" in load_catalogue(copied()).schemes


def test_a_row_keeps_several_alternatives_each_with_its_source(copied):
    file, old = FORFAITS, "1200.00,MA-MAGHRESS-175122"
    new = "1200.00;1300.00,MA-MAGHRESS-175122;MA-LAVIEECO-2020-01"
    table = load_catalogue(copied(file, old, new)).schemes["ma-amo-salaries"].tables["forfaits"]
    figure = table.at(("private", "HJ-REA"), dt.date(2026, 11, 2))
    assert [(int(other.value), other.source) for other in figure.alternatives] == [
        (1200, "MA-MAGHRESS-175122"),
        (1300, "MA-LAVIEECO-2020-01"),
    ]


def test_an_alternative_without_its_source_is_refused(copied):
    old, new = "1200.00,MA-MAGHRESS-175122", "1200.00;1300.00,MA-MAGHRESS-175122"
    with pytest.raises(CatalogueError, match="each alternative names its source"):
        load_catalogue(copied(FORFAITS, old, new))
