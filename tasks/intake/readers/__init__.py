"""One file for each kind of document that intake reads; a new kind is a new file."""

import importlib
import pkgutil

from tasks.intake.document import Reader


def all_readers() -> tuple[Reader, ...]:
    """Every reader of this folder, in the order of the file names."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return tuple(module.READER for module in modules)
