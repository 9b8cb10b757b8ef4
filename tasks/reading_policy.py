"""Where the calibration in force lets OCR spare the second reader."""

from collections.abc import Callable
from pathlib import Path

from infra.database import Database
from infra.settings import Settings
from models.reading import PageText
from models.second_reading import SecondReading
from tasks.extraction.calibration.calibration import shipped_calibration
from tasks.extraction.calibration.cells import Limits, read_limits
from tasks.extraction.calibration.compare import second_reading
from tasks.extraction.lot import active_calibration
from tasks.ocr.form import read_forms
from tasks.ocr.sparing import Sparing, as_read_once, as_spared

#: A form's field for a letter or a code; the dossier has one field for each.
_ACT, _ACT_OF_LINE = "act", "code"
#: Who is insured, who was cared for and who provided the care needs two witnesses everywhere: money
#: goes by them, and the registers are asked by them.
_IDENTITY = frozenset(
    {
        "insured_number",
        "beneficiary_number",
        "insured_name",
        "beneficiary_name",
        "beneficiary_birth_date",
        "provider_inpe",
        "stay.establishment_inpe",
    }
)


def second_reading_policy(database: Database) -> SecondReading:
    """Return where one reader and the check of a type are enough, by the version in force."""
    with database.reading() as connection:
        return second_reading(active_calibration(connection), read_limits())


def sparing_of(settings: Settings, database: Database) -> Sparing:
    """Return which fields of forms may do with one reader; none unless the settings say so."""
    if settings.second_reader == "all":
        return Sparing()
    return _sparing(second_reading_policy(database), read_limits())


def shipped_sparing() -> Sparing:
    """Return which fields may do with one reader by the calibration that tasfiya brings along."""
    limits = read_limits()
    return _sparing(second_reading(shipped_calibration(), limits), limits)


def _sparing(policy: SecondReading, limits: Limits) -> Sparing:
    return Sparing(policy, field_types(limits), _IDENTITY)


def field_types(limits: Limits) -> dict[str, str]:
    """Return the calibration's types by the fields that forms name."""
    return {**limits.types, _ACT: limits.types[_ACT_OF_LINE]}


def spared_afterwards(forms_dir: Path, sparing: Sparing) -> Callable[[PageText], PageText]:
    """Return what makes of a page read by both engines the one that sparing would have left."""
    forms = {form.form_id: form for form in read_forms(forms_dir)}

    def spared(page: PageText) -> PageText:
        form = forms.get(page.form_id)
        return page if form is None else as_spared(page, form, sparing)

    return spared


def once_afterwards(forms_dir: Path) -> Callable[[PageText], PageText]:
    """Return what makes of a page read by both engines the one that the first alone would leave.

    Of zones whose check its first look passes, at the confidence that a lone reading needs: whether
    the second reader may be spared there is a question to the labels of such pages.
    """
    forms = {form.form_id: form for form in read_forms(forms_dir)}
    types = field_types(read_limits())

    def once(page: PageText) -> PageText:
        form = forms.get(page.form_id)
        return page if form is None else as_read_once(page, form, types)

    return once
