"""Makes a scheme's page as HTML, the same bytes for the same catalogue and cases, and as PDF."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import jinja2

from tasks.pricing.document.content import SchemePage

TEMPLATE = "page.html.j2"
WORDS: Mapping[str, Mapping[str, str]] = {
    "words": {
        "confirmed": "confirmé",
        "secondary-source": "source secondaire",
        "conflict": "sources en conflit",
        "illustrative": "illustratif",
        "draft-not-in-force": "projet, pas en vigueur",
    },
    "phases": {"tariff": "tarif", "base": "base", "rate": "taux", "due": "dû"},
    "subjects": {
        "dossier": "dossier",
        "line": "ligne",
        "person": "personne (registre)",
        "provider": "prestataire (registre)",
    },
    "authorities": {
        "official-example": "exemple officiel",
        "recomputed": "recalculé",
        "regression-only": "non-régression seulement",
    },
}


def html_of(page: SchemePage) -> str:
    """Return the page as one HTML file without anything from outside it."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(TEMPLATE).render(page=page, **WORDS)


def sha256_of(html: str) -> str:
    """Return the fingerprint that a signature is about."""
    return hashlib.sha256(html.encode("utf-8")).hexdigest()
