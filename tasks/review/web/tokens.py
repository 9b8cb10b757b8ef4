"""Ties the form of the sign-in page to the browser it was sent to, before there is a session."""

import hmac
import secrets

from itsdangerous import BadSignature, URLSafeTimedSerializer

#: How long a sign-in page may stand open, in seconds.
FORM_SECONDS_MAX = 3_600


class FormSeal:
    """Seals a browser's nonce into a form; another site can read neither and make neither."""

    def __init__(self, secret: str) -> None:
        """Sign with the desk's secret."""
        self._serializer = URLSafeTimedSerializer(secret, salt="desk sign-in form")

    def nonce(self) -> str:
        """A new value for the browser's cookie."""
        return secrets.token_urlsafe(24)

    def seal(self, nonce: str) -> str:
        """The value of the form for a browser's nonce."""
        return str(self._serializer.dumps(nonce))

    def is_sealed(self, nonce: str, sealed: str) -> bool:
        """Whether a form was made for this browser, not too long ago."""
        try:
            found = str(self._serializer.loads(sealed, max_age=FORM_SECONDS_MAX))
        except BadSignature:
            return False
        return bool(nonce) and hmac.compare_digest(found.encode(), nonce.encode())
