"""The one door to argon2: passwords are hashed and compared with argon2id, a few at a time."""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.errors import UsageError

#: Shortest and longest password; length is what makes one strong, and hashing a novel costs time.
PASSWORD_MIN, PASSWORD_MAX = 12, 200
#: One hash takes 64 MiB: many attempts at once wait for one another and do not fill the memory.
AT_ONCE = 2

_HASHER = PasswordHasher()
_TURNS = threading.BoundedSemaphore(AT_ONCE)


def hash_password(password: str) -> str:
    """Return the argon2id hash of a new password, with its salt and parameters.

    Raises:
        UsageError: when it is too short or too long; the password is not in the message.
    """
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise UsageError(f"a password has {PASSWORD_MIN} to {PASSWORD_MAX} characters")
    with _TURNS:
        return _HASHER.hash(password)


def is_password(password: str, password_hash: str) -> bool:
    """Whether a password is the hashed one; without a hash it takes as long, and is not."""
    with _TURNS:
        try:
            return _HASHER.verify(password_hash or _NOBODYS, password) and bool(password_hash)
        except (VerificationError, InvalidHashError):
            return False


#: What is compared when an account is not there, so that the answer takes as long.
_NOBODYS = _HASHER.hash("nobody has this password")
