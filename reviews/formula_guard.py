"""Cells of a CSV file that a spreadsheet must not take for a formula."""

from typing import Any

from reviews.storable_text import storable

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def is_guarded(cell: Any) -> bool:
    """Return whether a cell was written with a quote that keeps it from being a formula."""
    return isinstance(cell, str) and cell[:1] == "'" and cell[1:2] in (*FORMULA, "'")


def guarded(cell: Any) -> str:
    """Return a cell that no spreadsheet takes for a formula (see `is_guarded`)."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    value = "" if cell is None else storable(str(cell))
    if value.startswith(FORMULA) or is_guarded(value):
        return f"'{value}"
    return value
