"""What cells of one row of facts must have to do with each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from scrambler.ssd.fact_file import Row

_LISTED = ("code", "flag", "label", "technical", "code_list_json", "flags_json")
"""Kinds of columns that may name a code list."""


def column_fault(row: Row) -> str:
    """Return what is wrong with a row of columns.csv, or nothing."""
    if (row["kind"] == "identifier") != bool(row["id_domain"]):
        return "id_domain must be filled for identifiers, and for nothing else"
    if row["code_list"] and row["kind"] not in _LISTED:
        return f"code_list must be empty for the kind {row['kind']}"
    return ""


def code_fault(row: Row) -> str:
    """Return what is wrong with a row of code_lists.csv, or nothing."""
    if (row["alternate"] == "Y") == bool(row["lists"]):
        return "lists must be empty for alternates, and for nothing else"
    try:
        days = [date.fromisoformat(row[end]) for end in ("since", "until") if row[end]]
    except ValueError:
        return "since and until must be days of the calendar"
    return "" if days == sorted(days) else "until must not be before since"


def missing_fault(row: Row) -> str:
    """Return what is wrong with a row of missing_codes.csv, or nothing."""
    try:
        _OF_TYPE[row["type"]](row["value"])
    except ValueError:
        return f"value must be a {row['type']}"
    return "" if bool(row["table"]) == bool(row["column"]) else "column must stand with its table"


_OF_TYPE: Mapping[str, Callable[[str], object]] = {
    "text": str,
    "date": date.fromisoformat,
    "number": float,
}
