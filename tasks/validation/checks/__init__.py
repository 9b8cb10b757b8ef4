"""The checks of validation, one a file; each has ``CODES`` and ``findings(subject)``."""

import functools
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass

from models.finding import Finding
from tasks.validation.subject import Subject


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its file's name, the codes it may give, and what it finds in a dossier."""

    name: str
    codes: tuple[str, ...]
    findings: Callable[[Subject], tuple[Finding, ...]]


@functools.cache
def all_checks() -> tuple[Check, ...]:
    """Return every check of this folder in the order of the file names."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return tuple(
        Check(name, module.CODES, module.findings)
        for name, module in zip(names, modules, strict=True)
    )
