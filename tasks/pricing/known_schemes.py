"""The schemes of a folder by their heads alone: quick to read where no figure is needed."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from models.errors import CatalogueError
from models.scheme import KnownScheme
from tasks.pricing.scheme import SCHEME_KEYS, SCHEME_KEYS_OPTIONAL
from tasks.pricing.strict_yaml import as_labels, as_mapping, as_text, read_yaml


@cache
def read_known_schemes(schemes_dir: Path) -> Mapping[str, KnownScheme]:
    """Return the schemes of a folder by id, in the order of their ids; a process reads it once.

    Raises:
        CatalogueError: names the scheme, the file and the key of the first fault.
    """
    found: dict[str, KnownScheme] = {}
    for folder in sorted(path.parent for path in schemes_dir.glob("*/scheme.yaml")):
        try:
            head = as_mapping(
                read_yaml(folder / "scheme.yaml"), "scheme.yaml",
                required=SCHEME_KEYS, optional=SCHEME_KEYS_OPTIONAL,
            )  # fmt: skip
            parts = ("id", "country", "currency")
            key, country, currency = (as_text(head[one], f"scheme.yaml: {one}") for one in parts)
            names = as_labels(head["names"], "scheme.yaml: names")
        except CatalogueError as error:
            raise CatalogueError(f"{folder.name}/{error}") from error
        found[key] = KnownScheme(key, country, currency, names)
    return found
