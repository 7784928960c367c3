"""The policy as a page: what becomes of every column, as it takes effect."""

from __future__ import annotations

from collections.abc import Mapping

from scrambler.policy.assignment import Assignment
from scrambler.ssd.markdown import markdown_table

_HEADER = ("column", "treatment", "parameters", "why")


def policy_page(assignments: Mapping[str, Mapping[str, Assignment]]) -> str:
    """Return the assignments by table in Markdown, with parameters that follow from the facts."""
    return "\n".join(
        f"## {table}\n\n{markdown_table(_HEADER, [_row(one) for one in columns.values()])}"
        for table, columns in assignments.items()
    )


def _row(one: Assignment) -> list[str]:
    parameters = "; ".join(f"{name}={value}" for name, value in one.parameters.items())
    return [one.column.name, one.treatment, parameters, one.reason]
