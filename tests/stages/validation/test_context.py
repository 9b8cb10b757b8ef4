import datetime as dt
import pickle
from pathlib import Path

import pytest
import yaml

from models.dossier import PieceKind
from models.errors import CatalogueError
from models.finding import Effect
from models.messages import LANGUAGES, read_codes, render
from tasks.validation.checks.pieces_present import piece_names
from tasks.validation.context import CODES_FILE, codes_of, read_context
from tests.stages.validation.subjects import RIGHTS, SCHEME

SCHEMES = RIGHTS.parents[1]
NATIONAL = RIGHTS.parents[2] / "national"
HEAD = {"id": SCHEME, "rights": "rights.yaml", "national": "ma"}


def a_scheme(
    folder: Path, head: dict[str, str | None], tables: dict[str, str]
) -> tuple[Path, Path]:
    """A folder of one scheme and a national one, with the tables given."""
    schemes, national = folder / "schemes", folder / "national"
    (schemes / "one").mkdir(parents=True)
    (national / "ma").mkdir(parents=True)
    (schemes / "one" / "scheme.yaml").write_text(yaml.safe_dump(head), encoding="utf-8")
    (schemes / "one" / "rights.yaml").write_bytes(RIGHTS.read_bytes())
    write_tables(national / "ma", tables)
    return schemes, national


def write_tables(folder: Path, tables: dict[str, str]) -> None:
    """Tables, and a ``tables.yaml`` by which the first column of each is its key."""
    entries = []
    for name, text in tables.items():
        (folder / name).write_text(text, encoding="utf-8")
        column = text.split("\n", maxsplit=1)[0].split(",")[0]
        entries.append({"id": name.removesuffix(".csv"), "file": name, "key": [column]})
    (folder / "tables.yaml").write_text(yaml.safe_dump(entries), encoding="utf-8")


def test_the_shipped_scheme_knows_its_acts_letters_and_drugs() -> None:
    known = read_context(SCHEMES, NATIONAL).known[SCHEME]

    assert {"A100", "D700", "D750", "APP", "HJ-MED", "DIAL"} <= known.acts
    assert {"LUN-VER", "DM"} <= known.acts
    assert {"C", "Cs", "B", "D", "DP"} <= known.letters
    assert {"6118000010050", "6118000160212"} <= known.drugs


def test_a_letter_without_a_known_value_is_still_a_letter() -> None:
    assert {"AMI", "SF"} <= read_context(SCHEMES, NATIONAL).known[SCHEME].letters


def test_the_context_is_read_once_and_goes_to_a_child() -> None:
    context = read_context(SCHEMES, NATIONAL)

    assert read_context(SCHEMES, NATIONAL) is context
    assert pickle.loads(pickle.dumps(context)) == context


def test_codes_come_from_their_column(tmp_path: Path) -> None:
    path = tmp_path / "letters.csv"
    path.write_text("sector,letter\nprivate,C\npublic,C\nprivate,\n", encoding="utf-8")

    assert codes_of(path, "letter") == {"C"}


def test_a_table_without_rows_has_no_codes(tmp_path: Path) -> None:
    path = tmp_path / "letters.csv"
    path.write_text("sector,letter\n", encoding="utf-8")

    assert codes_of(path, "letter") == frozenset()


def test_a_table_without_the_column_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "letters.csv"
    path.write_text("sector\nprivate\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"letters\.csv: no codes in a column letter"):
        codes_of(path, "letter")


def test_a_scheme_of_another_folder_s_rights_is_refused(tmp_path: Path) -> None:
    folders = a_scheme(tmp_path, HEAD | {"id": "xx-other"}, {"acts.csv": "code\nA1\n"})
    with pytest.raises(CatalogueError, match="scheme must be xx-other"):
        read_context(*folders)


def test_a_scheme_without_a_rights_file_is_refused(tmp_path: Path) -> None:
    folders = a_scheme(tmp_path, {"id": SCHEME, "national": "ma"}, {"acts.csv": "code\nA1\n"})
    with pytest.raises(CatalogueError, match=r"scheme\.yaml: rights missing"):
        read_context(*folders)


def test_a_scheme_may_have_no_country_tables_of_its_own(tmp_path: Path) -> None:
    schemes, national = a_scheme(tmp_path, HEAD | {"national": None}, {})
    write_tables(schemes / "one", {"acts.csv": "code\nA1\n"})

    assert "A1" in read_context(schemes, national).known[SCHEME].acts


def test_the_tables_say_which_of_their_columns_hold_codes(tmp_path: Path) -> None:
    schemes, national = a_scheme(
        tmp_path,
        HEAD,
        {
            "ccam.csv": "code,label\nHBMD038,x\n",
            "levels.csv": "level,code\n1,NOT-A-KEY\n",
            "medicines.csv": "code\nXYZ\n",
            "list.csv": "cip13\n3400949497294\n",
            "prices.csv": "code\n6118000010050\n",
        },
    )
    known = read_context(schemes, national).known[SCHEME]

    assert "HBMD038" in known.acts
    assert "NOT-A-KEY" not in known.acts
    # A drug is known by its table's name, its column's name, or the form of its code.
    assert known.drugs == {"XYZ", "3400949497294", "6118000010050"}


def test_codes_of_no_table_may_stand_in_the_rights_file(tmp_path: Path) -> None:
    schemes, national = a_scheme(tmp_path, HEAD, {"acts.csv": "code\nA1\n"})
    path = schemes / "one" / "rights.yaml"
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    raw["codes"] = [
        {"rule": "more", "acts": ["IJ"], "letters": ["Q"], "drugs": ["Z1"]}
        | {"from": dt.date(2026, 1, 1), "to": None, "source": "a test", "status": "illustrative"}
    ]
    path.write_text(yaml.safe_dump(raw), encoding="utf-8")
    known = read_context(schemes, national).known[SCHEME]

    assert ("IJ" in known.acts, "Q" in known.letters, "Z1" in known.drugs) == (True, True, True)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("a: 1", "must be a list of tables"), ("- {id: a}", "a table lacks id, file or key")],
)
def test_tables_that_are_not_described_are_refused(
    text: str, sentence: str, tmp_path: Path
) -> None:
    schemes, national = a_scheme(tmp_path, HEAD, {"acts.csv": "code\nA1\n"})
    (national / "ma" / "tables.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=sentence):
        read_context(schemes, national)


def test_every_code_speaks_three_languages_and_stands_somewhere() -> None:
    for code in read_codes(CODES_FILE).values():
        assert code.reference
        assert all(code.sentences[language].endswith(".") for language in LANGUAGES)
        assert any("\u0600" <= letter <= "\u06ff" for letter in code.sentences["ar"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_names_what_is_missing_so_that_each_reader_understands(language: str) -> None:
    code = read_codes(CODES_FILE)["PIECE_MANQUANTE"]
    sentence = render(code, {"piece": piece_names()["lab_bill"]}, language)

    names = {
        "fr": "facture du laboratoire", "ar": "فاتورة المختبر", "en": "laboratory bill",
    }  # fmt: skip
    assert {name for name in names.values() if name in sentence} == {names[language]}


def test_every_kind_of_document_has_a_name() -> None:
    assert set(piece_names()) == {kind.value for kind in PieceKind}


@pytest.mark.parametrize(
    ("effect", "names"),
    [
        (
            Effect.REFUSE,
            {"DROITS_FERMES", "AUTRE_REGIME", "AYANT_DROIT_AGE", "FORCLUSION"}
            | {"PRESTATAIRE_INACTIF", "CONDITION_DROITS"},
        ),
        (Effect.REFUSE_LINE, {"LIGNE_AUTRE_REGIME"}),
        (Effect.SUSPEND, {"DROITS_SUSPENDUS", "DROITS_A_ETABLIR"}),
        (Effect.NOTE, {"AUTRE_COUVERTURE", "COMPLEMENTAIRE"}),
    ],
)
def test_what_a_code_asks_for(effect: Effect, names: set[str]) -> None:
    codes = read_codes(CODES_FILE).values()

    assert {code.code for code in codes if code.effect is effect} == names
