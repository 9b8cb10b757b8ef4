"""What a browser sent: its form as texts, and whether it was sent from a page of ours.

Whatever cannot be a text of a database is no form: it is refused here, before anybody looks at it.
"""

import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote_to_bytes

from starlette.exceptions import HTTPException
from starlette.requests import Request

from models.errors import UsageError

#: Most fields of one form.
FIELDS_MAX = 4_000
#: No database keeps a NUL, and half a character is none.
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
#: Where a browser says a request comes from; one that says nothing is told by its form's token.
_FETCH_SITE = "sec-fetch-site"
_FROM_HERE = frozenset({"same-origin", "none"})


class UnreadableForm(UsageError):
    """A form that is none: its body is malformed, or a field of it is no text."""


def is_text(text: str) -> bool:
    """Whether a database can keep a text."""
    return _NO_TEXT.search(text) is None


def is_address(request: Request) -> bool:
    """Whether path and query of a request are texts."""
    query = request.scope.get("query_string", b"")
    return is_text(request.scope["path"]) and b"\0" not in unquote_to_bytes(query)


def is_from_here(request: Request) -> bool:
    """Whether a form was sent from a page of this desk, as far as the browser says."""
    return request.headers.get(_FETCH_SITE, "same-origin") in _FROM_HERE


async def read_form(request: Request) -> Mapping[str, str]:
    """The fields of a form or of a JSON object, as texts; the last of a name counts.

    Raises:
        UnreadableForm: when the body is neither, or holds what is no text.
    """
    if request.headers.get("content-type", "").startswith("application/json"):
        return _clean(_flat(await request.body()))
    try:
        async with request.form(max_files=0, max_fields=FIELDS_MAX) as form:
            found = {name: value for name, value in form.items() if isinstance(value, str)}
    except HTTPException as error:
        raise UnreadableForm("this form cannot be read") from error
    return _clean(found)


def _flat(body: bytes) -> Mapping[str, str]:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableForm("this form cannot be read") from error
    if not isinstance(sent, dict) or len(sent) > FIELDS_MAX:
        raise UnreadableForm("this form cannot be read")
    if not all(isinstance(value, str | int) for value in sent.values()):
        raise UnreadableForm("this form cannot be read")
    return {name: str(value) for name, value in sent.items()}


def _clean(form: Mapping[str, str]) -> Mapping[str, str]:
    parts: Iterable[str] = (text for field in form.items() for text in field)
    if not all(map(is_text, parts)):
        raise UnreadableForm("this form cannot be read")
    return form
