"""``tasfiya doctor``: what this machine has and what it lacks."""

import shutil
import subprocess
from pathlib import Path

import typer

from flows.show_result import AsJson, columns, show
from infra.database import Database
from infra.settings import Settings
from infra.storage import open_storage
from infra.throwaway import find_binaries
from models.errors import MachineError, TasfiyaError
from tasks.pricing.catalogue import load_catalogue

app = typer.Typer(add_completion=False, rich_markup_mode=None)

LANGUAGES = ("fra", "ara", "chi_sim")
FONTS = Path("/usr/share/fonts")


@app.command()
def run(as_json: AsJson = False) -> None:
    """Check programs, languages, fonts, database, object store and tariffs.

    Raises:
        MachineError: when something needed is missing.
    """
    settings = Settings()
    checks = [
        ("tesseract", _tesseract()),
        ("fonts", "" if FONTS.is_dir() else "install fonts-dejavu-core fonts-hosny-amiri"),
        ("postgresql (for tests)", _postgresql()),
        ("chromium (for tests)", "" if shutil.which("chromium") else "install chromium"),
        ("database", _database(settings)),
        ("object store", _storage(settings)),
        ("tariffs", _tariffs(settings)),
    ]
    rows = [(name, problem or "ready") for name, problem in checks]
    show(dict(rows), as_json, columns(rows, ("part", "state")))
    needed = [name for name, problem in checks if problem and "tests" not in name]
    if needed:
        raise MachineError(f"missing: {', '.join(needed)}")


def _tesseract() -> str:
    program = shutil.which("tesseract")
    if program is None:
        return "install tesseract-ocr and its languages"
    answer = subprocess.run(
        [program, "--list-langs"], capture_output=True, text=True, check=False
    ).stdout.split()
    missing = [language for language in LANGUAGES if language not in answer]
    return f"languages missing: {' '.join(missing)}" if missing else ""


def _postgresql() -> str:
    try:
        find_binaries()
    except MachineError as error:
        return str(error)
    return ""


def _database(settings: Settings) -> str:
    try:
        with Database(settings.database()).reading() as connection:
            connection.exec_driver_sql("SELECT 1")
    except Exception as error:
        # Whatever keeps the database from answering is what the reader wants to know.
        return f"does not answer: {type(error).__name__}"
    return ""


def _storage(settings: Settings) -> str:
    try:
        open_storage(settings.storage(), settings.s3_endpoint_url).exists("doctor/probe")
    except TasfiyaError as error:
        return str(error)
    return ""


def _tariffs(settings: Settings) -> str:
    try:
        load_catalogue(settings.schemes_dir, settings.imported_tariffs())
    except TasfiyaError as error:
        return str(error)
    return ""
