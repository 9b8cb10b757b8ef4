"""Where the calibration in force lets OCR spare the second reader."""

from infra.database import Database
from infra.settings import Settings
from models.second_reading import SecondReading
from tasks.extraction.calibration.calibration import shipped_calibration
from tasks.extraction.calibration.cells import Limits, read_limits
from tasks.extraction.calibration.compare import second_reading
from tasks.extraction.lot import active_calibration
from tasks.ocr.sparing import Sparing

#: A form's field for a letter or a code; the dossier has one field for each.
_ACT, _ACT_OF_LINE = "act", "code"


def second_reading_policy(database: Database) -> SecondReading:
    """Return where one reader and the check of a type are enough, by the version in force."""
    with database.reading() as connection:
        return second_reading(active_calibration(connection), read_limits())


def sparing_of(settings: Settings, database: Database) -> Sparing:
    """Return which fields of forms may do with one reader; none unless the settings say so."""
    if settings.second_reader == "all":
        return Sparing()
    return Sparing(second_reading_policy(database), field_types(read_limits()))


def shipped_sparing() -> Sparing:
    """Return which fields may do with one reader by the calibration that tasfiya brings along."""
    limits = read_limits()
    return Sparing(second_reading(shipped_calibration(), limits), field_types(limits))


def field_types(limits: Limits) -> dict[str, str]:
    """Return the calibration's types by the fields that forms name."""
    return {**limits.types, _ACT: limits.types[_ACT_OF_LINE]}
