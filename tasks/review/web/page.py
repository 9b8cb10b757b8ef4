"""Makes the HTML of the desk from its templates; the one door of the page to jinja2."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from tasks.review.web.wording import Wording

FOLDER = Path(__file__).parent / "templates"


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def html_of(name: str, wording: Wording, values: Mapping[str, Any]) -> str:
    """Return a page; every value is escaped, and a missing one is an error."""
    return _environment().get_template(f"{name}.html.j2").render(t=wording, **values)
