"""Says why a dossier got what it got: its whole history as data, and as text for an auditor."""

from typing import Any

from infra.database import Database
from infra.settings import Settings
from infra.storage import Storage
from tasks.dossier_history import tell
from tasks.history_text import history_text
from tasks.teller import open_teller


def explain(
    database: Database, storage: Storage, settings: Settings, key: str, language: str
) -> dict[str, Any]:
    """Everything kept about the dossier that a key means, with sentences in one language.

    ``key`` is a dossier id, a public number, a payment id or an end-to-end id; a payment means
    all the dossiers it settles.

    Raises:
        UnknownDossier: when nothing bears that key.
        UsageError: when there is no such language.
    """
    return tell(open_teller(database, storage, settings, language), key)


def render(explanation: dict[str, Any], language: str) -> str:
    """An explanation as lines of text with labels in one language."""
    return history_text(explanation, language)
