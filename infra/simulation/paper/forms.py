"""On which form a dossier is written: the sheet of its scheme and of its kind of care."""

from pathlib import Path

from infra.simulation.paper.dossier import PaperDossier
from models.dossier import CareKind

#: The care sheet of whoever needs no other.
SHEET_FORM = "cnss_610_1_02"
ALD_FORM = "cnss_610_1_03"
DENTAL_FORM = "cnss_610_1_04"
#: Sheets of schemes that have their own, for every kind of care.
SCHEME_FORMS = {"ma-cnops": "cnops_maladie"}


def form_of(paper: PaperDossier) -> str:
    """Return the id of the form that a dossier is written on."""
    record = paper.record
    if record.scheme in SCHEME_FORMS:
        return SCHEME_FORMS[record.scheme]
    if record.kind_of_care is CareKind.DENTAL:
        return DENTAL_FORM
    return ALD_FORM if record.ald_code else SHEET_FORM


def form_path(paper: PaperDossier, forms_dir: Path) -> Path:
    """Return the template of the form that a dossier is written on."""
    return forms_dir / form_of(paper) / "template.yaml"
