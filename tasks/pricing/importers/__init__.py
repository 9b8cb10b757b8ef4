"""The importers of official lists: one file a list; a new list is a new file."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from models.errors import CatalogueError
from tasks.pricing.lists.official_list import Importer


@cache
def all_importers() -> Mapping[str, Importer]:
    """Return every importer of this folder by the name of its list.

    Raises:
        CatalogueError: when two lists have one name, or go into one table.
    """
    found: dict[str, Importer] = {}
    tables: set[tuple[str, str]] = set()
    for name in sorted(module.name for module in pkgutil.iter_modules(__path__)):
        importer: Importer = importlib.import_module(f"{__name__}.{name}").IMPORTER
        table = (importer.country, importer.table)
        if importer.name in found or table in tables:
            raise CatalogueError(f"importers/{name}.py: name or table is taken")
        found[importer.name] = importer
        tables.add(table)
    return found
