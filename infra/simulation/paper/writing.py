"""How dates, amounts and coefficients are written on paper."""

import datetime as dt
from decimal import Decimal

from models.money import MINOR_UNITS


def amount_text(amount_minor: int, style: str = "comma") -> str:
    """Return an amount: ``1234,50`` (comma), ``1234.50`` (dot) or ``1 234,50`` (space)."""
    major, minor = divmod(amount_minor, MINOR_UNITS)
    if style == "dot":
        return f"{major}.{minor:02d}"
    if style == "space":
        return f"{major:,}".replace(",", " ") + f",{minor:02d}"
    return f"{major},{minor:02d}"


def date_text(day: dt.date, style: str = "slash") -> str:
    """Return a date: ``18/11/2026`` (slash), ``18-11-2026`` (dash) or ``18112026`` (cells)."""
    mark = {"slash": "/", "dash": "-", "cells": ""}[style]
    return mark.join((f"{day.day:02d}", f"{day.month:02d}", f"{day.year:04d}"))


def coefficient_text(coefficient: Decimal) -> str:
    """Return a coefficient without idle zeros: ``80``, ``1,5``."""
    text = f"{coefficient.normalize():f}"
    return text.replace(".", ",")
