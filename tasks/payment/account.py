"""Says whether an account number can be paid: the key of a Moroccan RIB, the digits of an IBAN.

A RIB has 24 digits: 3 bank, 3 locality, 16 account, 2 key; key = 97 − (the 22 digits followed by
00) mod 97, so 01 to 97 and never 00 (checked on the registry's example and on Bank Al-Maghrib's
own published account). Its IBAN is ``MA``, two check digits by ISO 13616, and the RIB.
"""

import re

#: Digits of a RIB before its key.
RIB_BODY_LENGTH = 22
RIB_LENGTH = 24

_IBAN = re.compile(r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$")


def rib_key(body: str) -> str:
    """Return the two digits of the key for the first 22 digits of a RIB."""
    return f"{97 - int(body + '00') % 97:02d}"


def is_valid_rib(account: str) -> bool:
    """Whether an account is 24 ASCII digits that end in their own key."""
    if len(account) != RIB_LENGTH or not (account.isascii() and account.isdigit()):
        return False
    return account[RIB_BODY_LENGTH:] == rib_key(account[:RIB_BODY_LENGTH])


def is_valid_account(account: str) -> bool:
    """Whether a normal account is a RIB with a right key, or a foreign IBAN with right digits."""
    if _IBAN.match(account):
        return not account.startswith("MA") and _iban_remainder(account) == 1
    return is_valid_rib(account)


def normal_account(account: str) -> str:
    """Return an account as it is kept: without spaces, and a Moroccan IBAN as its RIB.

    An IBAN whose check digits are wrong is left as it is: it will not pass as valid.
    """
    plain = "".join(account.split()).upper()
    if plain.startswith("MA") and _IBAN.match(plain) and _iban_remainder(plain) == 1:
        return plain[4:]
    return plain


def iban_of(account: str) -> str:
    """Return the IBAN of a normal account: computed for a RIB, unchanged for a foreign IBAN."""
    if account.startswith(tuple("0123456789")):
        return f"MA{98 - int(account + '221000') % 97:02d}{account}"
    return account


def _iban_remainder(iban: str) -> int:
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97
