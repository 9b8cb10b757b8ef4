"""Whatever a machine reads of a form a person can type: every case of every form, typed."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import pytest

from infra.settings import Settings
from infra.simulation.paper.form_cases import FormCase
from infra.stores.dossiers import Head
from models.desk import DESK_LANGUAGES
from models.dossier import Dossier, DossierLine
from models.errors import UsageError
from tasks.extraction.chunk import Extracted, ExtractionContext, empty_dossier, extract_paper
from tasks.extraction.correct import correct_dossier
from tasks.extraction.paper import REFERS_TO
from tasks.extraction.template import read_templates
from tasks.extraction.typed_fields import BOX, typed_fields
from tasks.review.web.item import as_paper
from tasks.review.web.typing_form import read_form
from tasks.review.web.wording import read_texts
from tasks.typed_extras import FORM, SCHEME, FormAtHand, form_at_hand
from tests.stages.extraction.form_pages import CASES, FORMS_DIR, case_id, form_of, page_of
from tests.stages.extraction.test_paper import HEAD

DAY = dt.date(2026, 11, 20)
TEMPLATES = read_templates(FORMS_DIR)
PAIRS = [(one.form_id, scheme) for one in TEMPLATES.values() for scheme in one.schemes]
#: Cases in which a machine has no doubt about what is written.
SURE = [case for case in CASES if "CHAMP_DOUTEUX" not in case.findings]
#: What a machine reads and nobody types: the words beside an act, which only help to read.
UNTYPED_OF_LINE = {"label", "unit_amount_minor"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings.model_validate({"home": tmp_path_factory.mktemp("home")})


def head_of(scheme: str = "ma-amo-salaries", currency: str = "MAD") -> Head:
    return Head(
        "D0001", 1, 1, "first", "AMO-2026-0001", scheme, currency, "paper", "", "", "extraction",
        "in_review", "", DAY, DAY, DAY, "000001",
    )  # fmt: skip


def at_hand(settings: Settings, form_id: str, scheme: str) -> FormAtHand:
    return form_at_hand(settings, head_of(), [], {FORM: form_id, SCHEME: scheme})


def words(name: str, value: Any, form: FormAtHand) -> str:
    """A value as somebody types it."""
    ways = {one.name: one.way for one in form.extras()}
    if ways.get(name) == "amount" and str(value).isdigit():
        return f"{int(value) // 100},{int(value) % 100:02d}"
    return as_paper(name, value)


def typed_line(line: DossierLine, form: FormAtHand) -> dict[str, str]:
    names = [one.name for one in fields(line) if one.name not in {"line_no", "kind", "facts"}]
    values = {name: getattr(line, name) for name in names if name not in UNTYPED_OF_LINE}
    values |= {f"facts.{name}": value for name, value in line.facts.items()}
    return {
        f"lines[+{line.line_no}].{name}": words(name, value, form)
        for name, value in values.items()
        if value not in ("", None)
    }


def typed_of(case: FormCase, read: Extracted, form: FormAtHand) -> dict[str, str]:
    """What a colleague types who sees on the paper what the machine read of it."""
    dossier = read.dossier
    values: dict[str, Any] = {
        spec.name: getattr(dossier, spec.name)
        for spec in read_form()
        if hasattr(dossier, spec.name) and spec.name != "pieces"
    }
    for name in ("insured_number", "insured_cin", "beneficiary_number", "agency", "diagnosis"):
        values[name] = getattr(dossier, name)
    values["pieces"] = " ".join(piece.kind.value for piece in dossier.pieces)
    if dossier.stay:
        values["stay.admission_date"] = dossier.stay.admission_date
        values["stay.discharge_date"] = dossier.stay.discharge_date
        values["stay.establishment_inpe"] = dossier.stay.establishment_inpe
    values |= {f"facts.{name}": value for name, value in dossier.facts.items()}
    extras = {one.name for one in form.extras()}
    for one in read.evidence:
        if one.field in extras | {REFERS_TO}:
            values[one.field] = one.value
    for box in form.templates[0].checkboxes:
        if box.finding and box.name in case.values.checked:
            values[f"{BOX}{box.name}"] = "yes"
    typed = {name: words(name, value, form) for name, value in values.items()}
    for line in dossier.lines:
        typed |= typed_line(line, form)
    typed["total_minor"] = as_paper("total_minor", dossier.total_minor)
    # The page always says whether the beneficiary has a number.
    return {name: text for name, text in typed.items() if text or name == "beneficiary_number"}


def without_untyped(dossier: Dossier) -> Dossier:
    lines = tuple(replace(line, label="", unit_amount_minor=None) for line in dossier.lines)
    return replace(dossier, lines=lines)


@pytest.mark.parametrize("case", SURE, ids=case_id)
def test_a_typed_dossier_holds_what_a_machine_read_one_holds(
    case: FormCase, settings: Settings
) -> None:
    read = extract_paper([page_of(case)], HEAD, ExtractionContext(FORMS_DIR))
    form = at_hand(settings, form_of(case), read.dossier.scheme)
    assert (form.scheme, form.currency) == (read.dossier.scheme, read.dossier.currency)
    typed = typed_of(case, read, form)
    answer = form.read(typed, read.dossier.total_minor)
    assert not answer.unfit
    blank = replace(empty_dossier(HEAD), scheme=form.scheme, currency=form.currency)
    made = correct_dossier(blank, answer.values)
    assert made == without_untyped(read.dossier)
    # A case is one page: the pieces its sheet states do not lie beside it.
    told = {one.code for one in read.findings} - {"NOMBRE_PIECES"}
    assert {one.code for one in answer.findings} == told


@pytest.mark.parametrize("form_id", sorted(TEMPLATES))
def test_every_field_that_a_form_fills_can_be_typed(form_id: str) -> None:
    template = TEMPLATES[form_id]
    filled = {zone.field for zone in template.zones} | {box.field for box in template.checkboxes}
    filled = {"refers_to" if name == "public_number" else name for name in filled if name}
    common = {spec.name for spec in read_form()} | {"insured_number", "insured_cin"}
    offered = {one.name for one in typed_fields(template)} | common
    assert filled - offered - {"scheme", "total_minor"} == set()
    told = {f"{BOX}{box.name}" for box in template.checkboxes if box.finding and not box.field}
    assert told <= offered
    columns = {column.field for table in template.tables for column in table.columns}
    kept = {name for name in columns if name.startswith(("facts.", "form.")) or name == "tooth"}
    assert kept <= offered


@pytest.mark.parametrize(("form_id", "scheme"), PAIRS, ids=lambda one: str(one))
def test_every_field_of_a_form_and_its_scheme_has_words(
    form_id: str, scheme: str, settings: Settings
) -> None:
    texts = read_texts()
    for one in at_hand(settings, form_id, scheme).extras():
        has_own = all(one.label.get(language) for language in DESK_LANGUAGES)
        assert has_own or f"field.{one.name}" in texts, one.name
        assert one.way != "choice" or one.choices, one.name


def test_a_scheme_s_facts_are_asked_whatever_the_form(settings: Settings) -> None:
    names = {one.name for one in at_hand(settings, "cnss_610_1_02", "ma-amo-salaries").extras()}
    assert {"facts.multiple_trauma", "facts.act_role"} <= names
    assert "facts.pathway" not in names
    french = {one.name: one for one in at_hand(settings, "fr_s3110", "fr-cpam").extras()}
    # The form's words for the choices it prints, the scheme's other choices beside them.
    choices: Mapping[str, Mapping[str, str]] = french["facts.cause"].choices
    assert choices["illness"]["fr"] == "maladie"
    assert "war_invalidity" in choices
    # What the scheme must be told and the form prints is in sight; what has a default is not.
    asked = {name for name, one in french.items() if one.is_asked}
    assert asked >= {"facts.pathway", "lines.facts.ald_related"}
    assert "facts.cause" not in asked


def test_where_no_form_is_known_those_of_the_scheme_are_asked(settings: Settings) -> None:
    form = form_at_hand(settings, head_of(), [""], {})
    assert form.form_id == ""
    assert form.required == frozenset()
    assert "box.accident" in {one.name for one in form.extras()}
    assert {one.form_id for one in form.templates} == {
        "cnss_610_1_02", "cnss_610_1_03", "cnss_610_1_04",
    }  # fmt: skip


def test_a_registered_form_of_one_scheme_decides_the_scheme(settings: Settings) -> None:
    form = form_at_hand(settings, head_of(), ["", "cnops_maladie"], {})
    assert (form.form_id, form.scheme) == ("cnops_maladie", "ma-cnops")
    assert form_at_hand(settings, head_of(), ["cnss_610_1_03"], {}).required >= {"ald_code"}


@pytest.mark.parametrize(
    "chosen",
    [{FORM: "none"}, {FORM: "cnss_610_1_02", SCHEME: "fr-cpam"}, {SCHEME: "fr-cpam"}],
    ids=str,
)
def test_a_form_is_never_of_a_scheme_that_does_not_use_it(
    chosen: Mapping[str, str], settings: Settings
) -> None:
    with pytest.raises(UsageError, match="choose a form"):
        form_at_hand(settings, head_of(), [], chosen)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("facts.pathway", "walked"), ("beneficiary_number", "180059999900136"),
        ("form.third_party_date", "31/02/2026"), ("form.structure_finess", "12"),
        ("lines[+1].facts.distance_km", "far"), ("box.third_party_yes", "perhaps"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_value_is_named(name: str, text: str, settings: Settings) -> None:
    form = at_hand(settings, "fr_s3110", "fr-cpam")
    assert form.read({name: text}, 0).unfit == {name}


def test_a_condition_of_the_sheet_holds_for_every_line(settings: Settings) -> None:
    form = at_hand(settings, "fr_s3110", "fr-cpam")
    typed = {
        "lines.facts.ald_related": "yes", "lines[+1].code": "G", "lines[+2].code": "VG",
        "lines[+2].facts.ald_related": "no", "ald_code": "",
    }  # fmt: skip
    values = form.read(typed, 0).values
    assert values["lines[+1].facts.ald_related"] == "yes"
    assert values["lines[+2].facts.ald_related"] == "no"
    assert values["ald_code"] == "ALD"


def test_items_of_one_class_are_one_line_and_no_double(settings: Settings) -> None:
    form = at_hand(settings, "cn_cq_outpatient_receipt", "cn-cq-employee")
    typed: dict[str, str] = {}
    items = [("TOTAL-A", "15,00"), ("TOTAL-B", "5,00"), ("TOTAL-A", "15,00"), ("TOTAL-A", "0,45")]
    for number, (code, amount) in enumerate(items, start=1):
        day = {"care_date": "02/11/2026", "quantity": "2"}
        for name, text in {"code": code, "amount_minor": amount, **day}.items():
            typed[f"lines[+{number}].{name}"] = text
    blank = empty_dossier(HEAD)
    made = correct_dossier(blank, form.read(typed, 3_545).values)
    assert isinstance(made, Dossier)
    assert [(one.code, one.quantity, one.amount_minor) for one in made.lines] == [
        ("TOTAL-A", 1, 3_045), ("TOTAL-B", 2, 500),
    ]  # fmt: skip
    unfit = form.read({"lines[+1].code": "TOTAL-A", "lines[+1].amount_minor": "x"}, 0).values
    assert unfit["lines[+1].amount_minor"] == "x"


@pytest.mark.parametrize(
    ("pool", "cash", "codes"),
    [
        ("0,00", "80,00", set()), ("30,00", "50,00", {"DEJA_REGLE_PAR_LE_FONDS"}),
        ("30,00", "10,00", {"REGLEMENT_NON_BOUCLE"}), ("", "", set()),
    ],
)  # fmt: skip
def test_what_a_fund_has_paid_is_told_when_it_is_typed(
    pool: str, cash: str, codes: set[str], settings: Settings
) -> None:
    form = at_hand(settings, "cn_cq_outpatient_receipt", "cn-cq-employee")
    assert {one.name for one in form.extras() if one.is_asked} >= {"form.pool_paid"}
    read = form.read({"form.pool_paid": pool, "form.cash_paid": cash}, 8_000)
    assert {one.code for one in read.findings} == codes
