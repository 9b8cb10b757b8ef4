"""A scheme as the desk offers it: what it is called, in which country and currency it pays."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KnownScheme:
    """A scheme that the engine prices; ``names`` by language (fr, ar, en)."""

    scheme_id: str
    country: str
    currency: str
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SchemeOffer:
    """The scheme a dossier is under, and those a person may put it under: id → name.

    ``name`` is the id itself where the engine does not know the scheme; ``schemes`` is empty where
    the dossier stays under it. An uncertain one may be chosen too, which confirms it.
    """

    scheme: str
    name: str
    schemes: Mapping[str, str]
    is_uncertain: bool = False
