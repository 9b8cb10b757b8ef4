"""Synthetic identifiers: unique, opaque or official in form, with the check digits that exist."""

#: Bank codes that several sources agree on (bank_codes_ma: Attijariwafa, Bank of Africa, …).
BANK_CODES = ("007", "011", "013", "021", "022", "101", "145", "190", "230", "350")
#: Locality codes of the RIB; which number means which town does not matter to the key.
CITY_CODES = ("780", "810", "640", "450", "330", "519", "090", "270")
#: One or two letters of a CIN (one to two letters and four to six digits).
CIN_LETTERS = ("A", "B", "BE", "BH", "BK", "C", "CD", "D", "EE", "F", "G", "J", "JB", "K", "L")
#: A prime that shares no factor with the ranges below, so that n → n·PRIME mod range is one-to-one.
_PRIME = 48_271
_OFFSET = 7_919


def scatter(number: int, size: int, shift: int = 0) -> int:
    """Map 0 … size−1 one-to-one onto itself; ``size`` has no prime factors but 2, 3 and 5."""
    return (number * _PRIME + _OFFSET + shift) % size


def rib_of(bank: str, city: str, account: str) -> str:
    """A RIB: 3 bank, 3 city and 16 account digits with their key.

    Key = 97 − (the 22 digits followed by ``00``) mod 97, in two digits; the whole is 0 mod 97.
    """
    first = f"{bank}{city}{account}"
    return f"{first}{97 - int(first + '00') % 97:02d}"


def rib_number(number: int) -> str:
    """The ``number``-th account's RIB."""
    bank = BANK_CODES[number % len(BANK_CODES)]
    city = CITY_CODES[number // len(BANK_CODES) % len(CITY_CODES)]
    return rib_of(bank, city, f"{scatter(number, 10**12):012d}0001")


def ice_number(number: int) -> str:
    """The ``number``-th company's ICE: 9 company, 4 establishment and 2 check digits, 0 mod 97."""
    first = (1_000_000 + number) * 10_000 + 1
    return f"{first * 100 + (97 - first * 100 % 97) % 97:015d}"


def cin_number(number: int) -> str:
    """The ``number``-th national identity card's number."""
    letters = CIN_LETTERS[number % len(CIN_LETTERS)]
    return f"{letters}{100_000 + scatter(number // len(CIN_LETTERS), 900_000):06d}"


def registration_number(number: int, shift: int) -> str:
    """The ``number``-th insured person's nine digits."""
    return str(100_000_000 + scatter(number, 900_000_000, shift))


def inpe_number(number: int) -> str:
    """The ``number``-th provider's nine digits; no check digit is published, so there is none."""
    return f"{100_000_000 + scatter(number, 90_000_000):09d}"


def public_number(year: int, number: int, shift: int) -> str:
    """The ``number``-th dossier's public number of a year."""
    return f"AMO-{year}-{scatter(number, 10**8, shift):08d}"


def person_id(number: int) -> str:
    """An opaque person id."""
    return f"P{number:07d}"


def provider_id(number: int) -> str:
    """An opaque provider id."""
    return f"H{number:06d}"


def account_id(number: int) -> str:
    """An opaque account id."""
    return f"C{number:07d}"


def agreement_number(number: int) -> str:
    """The ``number``-th prior agreement's number."""
    return f"PEC-{number:07d}"
