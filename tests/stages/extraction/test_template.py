"""Templates are read strictly: what is not known is refused with its place."""

from pathlib import Path

import pytest
import yaml

from models.errors import CatalogueError
from models.messages import read_codes
from tasks.extraction.template import read_templates

FORMS_DIR = Path(__file__).parents[3] / "tasks" / "extraction" / "forms"
ZONE = {"name": "n", "box_mm": [1, 1, 9, 9], "type": "digits", "required": True, "field": "x"}


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
    ],
)
def test_an_unknown_or_missing_key_is_named(tmp_path, changes, word):
    with pytest.raises(CatalogueError, match=word):
        read_templates(write(tmp_path, **changes))


def test_every_code_has_its_sentences():
    codes = read_codes(FORMS_DIR.parent / "codes.yaml")
    assert set(codes) == {
        "CHAMP_DOUTEUX",
        "FORMULAIRE_INCONNU",
        "LECTURE_CONTREDITE",
        "PAGE_ILLISIBLE",
    }
