"""Templates are read strictly: what is not known is refused with its place."""

from pathlib import Path

import pytest
import yaml

from models.errors import CatalogueError
from models.messages import read_codes
from tasks.extraction.template import BOX_FINDINGS, read_templates

FORMS_DIR = Path(__file__).parents[3] / "tasks" / "extraction" / "forms"
ZONE = {"name": "n", "box_mm": [1, 1, 9, 9], "type": "digits", "required": True, "field": "x"}

BOX = {"name": "b", "box_mm": [1, 1, 4, 4], "field": "", "value": "yes"}


def write(folder: Path, **changes) -> Path:
    form = {"id": "f", "version": "1", "zones": [ZONE], **changes}
    (folder / "f").mkdir()
    (folder / "f" / "template.yaml").write_text(yaml.safe_dump(form), encoding="utf-8")
    return folder


def test_every_form_of_the_project_is_read():
    assert all(template.zones for template in read_templates(FORMS_DIR).values())


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"colour": "red"}, "colour"),
        ({"zones": [{**ZONE, "colour": 1}]}, "colour"),
        ({"zones": [{**ZONE, "type": "poem"}]}, "poem"),
        ({"zones": [{key: ZONE[key] for key in ("name", "type")}]}, "missing"),
        ({"cross_checks": ["moon_phase"]}, "moon_phase"),
        ({"checkboxes": [{"name": "b"}]}, "missing"),
        ({"tables": 7}, "wrong form"),
        ({"piece": "poem"}, "wrong form"),
        ({"schemes": ["ma-cnops"]}, "currency"),
        ({"formats": {"date": "mdy"}}, "mdy"),
        ({"formats": {"amount": "star"}}, "star"),
        ({"zones": [{**ZONE, "check": "magic"}]}, "magic"),
        ({"checkboxes": [{**BOX, "finding": "MOON_PHASE"}]}, "MOON_PHASE"),
        ({"constants": {"x": "1"}}, "constants"),
    ],
)
def test_an_unknown_or_missing_key_is_named(tmp_path, changes, word):
    with pytest.raises(CatalogueError, match=word):
        read_templates(write(tmp_path, **changes))


def test_every_code_has_its_sentences():
    codes = read_codes(FORMS_DIR.parent / "codes.yaml")
    assert set(codes) == BOX_FINDINGS | {
        "AUTRE_MONNAIE",
        "CHAMP_DOUTEUX",
        "DEJA_REGLE_PAR_LE_FONDS",
        "FORMULAIRE_INCONNU",
        "FSE_ATTENDUE",
        "FSE_PLUSIEURS",
        "LECTURE_CONTREDITE",
        "NOMBRE_PIECES",
        "PAGE_ILLISIBLE",
        "PLUSIEURS_FEUILLES",
        "RATTACHEMENT_AUTRE_PERSONNE",
        "REGIME_INCERTAIN",
        "REGLEMENT_NON_BOUCLE",
    }
