"""What every answer and every request passes: headers that close the page, small bodies."""

import logging

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

#: Largest body of a request, in bytes; the desk's longest form is far below.
BODY_BYTES_MAX = 262_144

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
#: Two years; said only where the desk is reached by HTTPS.
STRICT_TRANSPORT = "max-age=63072000"


class Guard:
    """Adds the headers to every answer, and refuses large bodies and those of unknown size.

    Whatever breaks inside is answered here: a server that meets an error prints it with its words,
    and those may quote what somebody typed.
    """

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        """Guard an application."""
        self.app = app
        self.headers = dict(HEADERS)
        if is_https:
            self.headers["strict-transport-security"] = STRICT_TRANSPORT

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        is_begun = False

        async def sending(message: Message) -> None:
            nonlocal is_begun
            if message["type"] == "http.response.start":
                is_begun = True
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        if scope["method"] not in {"GET", "HEAD"} and not _is_small(scope):
            refusal = PlainTextResponse("the request is too large", status_code=413)
            await refusal(scope, receive, sending)
            return
        try:
            await self.app(scope, receive, sending)
        except ClientDisconnect:
            return  # nobody is there to be answered
        except Exception as error:  # its own words may quote what was typed; its class says enough
            log.error("desk.broken error=%s", type(error).__name__)
            if not is_begun:
                await PlainTextResponse("a machine did not answer", status_code=500)(
                    scope, receive, sending
                )


def _is_small(scope: Scope) -> bool:
    """Whether a body says its size, and the size is allowed; the server holds it to that."""
    sizes = [value for name, value in scope["headers"] if name == b"content-length"]
    return len(sizes) == 1 and sizes[0].isdigit() and int(sizes[0]) <= BODY_BYTES_MAX
