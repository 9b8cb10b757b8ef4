"""On which form a dossier is written: a sheet of its scheme, the most special one that it fits."""

import functools
from collections.abc import Sequence
from pathlib import Path

from infra.simulation.paper.dossier import PaperDossier
from infra.simulation.paper.sheet import act_rows
from infra.simulation.paper.template import Template, read_template
from models.dossier import PieceKind
from models.errors import UsageError


def form_of(paper: PaperDossier, forms_dir: Path) -> Template:
    """Return the form that a dossier is written on.

    A sheet for one kind of care, or one that asks for the code of a long-term condition, is
    taken for such dossiers alone, and before the sheets for everybody; one on which the acts
    do not find a row each is taken last.

    Raises:
        UsageError: when no care sheet belongs to the dossier's scheme.
    """
    fitting = [
        template
        for template in _sheets(forms_dir)
        if paper.record.scheme in template.schemes and _suits(paper, template)
    ]
    if not fitting:
        raise UsageError(f"no form below {forms_dir.name} belongs to {paper.record.scheme}")
    return max(fitting, key=lambda template: (_has_room(paper, template), _demands(template)))


def form_path(paper: PaperDossier, forms_dir: Path) -> Path:
    """Return the template of the form that a dossier is written on."""
    return form_of(paper, forms_dir).reference.with_name("template.yaml")


@functools.cache
def _sheets(forms_dir: Path) -> Sequence[Template]:
    templates = [read_template(path) for path in sorted(forms_dir.glob("*/template.yaml"))]
    return [one for one in templates if one.piece == PieceKind.CARE_SHEET.value and one.tables]


def _suits(paper: PaperDossier, template: Template) -> bool:
    record = paper.record
    care = template.constants.get("care_kind", record.kind_of_care.value)
    return care == record.kind_of_care.value and (bool(record.ald_code) or not _is_ald(template))


def _is_ald(template: Template) -> bool:
    return any(zone.field == "ald_code" and zone.required for zone in template.zones)


def _has_room(paper: PaperDossier, template: Template) -> bool:
    return len(act_rows(paper, template)) <= template.tables[0].rows


def _demands(template: Template) -> int:
    return len(template.constants) + _is_ald(template)
