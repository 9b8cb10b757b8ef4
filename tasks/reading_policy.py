"""Where the calibration in force lets OCR spare the second reader."""

from infra.database import Database
from models.second_reading import SecondReading
from tasks.extraction.calibration.cells import read_limits
from tasks.extraction.calibration.compare import second_reading
from tasks.extraction.lot import active_calibration


def second_reading_policy(database: Database) -> SecondReading:
    """Return where one reader and the check of a type are enough, by the version in force."""
    with database.reading() as connection:
        return second_reading(active_calibration(connection), read_limits())
