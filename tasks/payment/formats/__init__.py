"""Bank file formats, one file each: ``write``, ``read`` and ``check`` of ``bank_file.Format``."""

import importlib
import pkgutil
from collections.abc import Mapping
from typing import cast

from models.errors import UsageError
from tasks.payment.bank_file import Format


def all_formats() -> Mapping[str, Format]:
    """Every format of the folder by its id, which is its file's name, in order."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: cast(Format, importlib.import_module(f"{__name__}.{name}")) for name in names}


def find_format(format_id: str) -> Format:
    """Return a format.

    Raises:
        UsageError: when there is none of that id; names those that are there.
    """
    known = all_formats()
    if format_id not in known:
        raise UsageError(f"bank file format {format_id!r} unknown; there are: {tuple(known)}")
    return known[format_id]
