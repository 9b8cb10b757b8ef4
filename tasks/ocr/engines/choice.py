"""Which engine reads first: tesseract in this process where it is there, else by its program."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from models.errors import SettingsError
from tasks.ocr.engines.engine import Engine
from tasks.ocr.engines.tesseract import TesseractEngine
from tasks.ocr.engines.tesseract_api import TesserocrEngine, is_ready

EngineName: TypeAlias = Literal["auto", "tesseract", "tesserocr"]
#: Where Debian keeps tesseract's models.
TESSDATA_DIR = Path("/usr/share/tesseract-ocr/5/tessdata")
#: The model without which nothing is read.
_LANGUAGE = "fra"


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """Which engine is asked for, and where the models of the one in this process stand."""

    name: EngineName = "auto"
    tessdata_dir: Path = TESSDATA_DIR


def first_engine(choice: EngineChoice) -> Engine:
    """Return the engine that reads first.

    Raises:
        SettingsError: tesserocr is asked for and is not there, or has no models.
    """
    if choice.name == "tesseract":
        return TesseractEngine()
    if is_ready(choice.tessdata_dir, _LANGUAGE):
        return TesserocrEngine(choice.tessdata_dir)
    if choice.name == "tesserocr":
        raise SettingsError(
            "TASFIYA_OCR_ENGINE=tesserocr without the library or its models; install tesserocr and "
            "name the folder of fra.traineddata in TASFIYA_TESSDATA_DIR, or set auto"
        )
    return TesseractEngine()
