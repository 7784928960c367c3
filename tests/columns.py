"""Columns of equal treatment, parameters and type are one case of a test."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from tests.contexts import SHIPPED

Column = tuple[str, str]
"""Its table and its name."""


def treated(*treatments: str) -> list[Column]:
    """Every column that the shipped policy gives one of these treatments."""
    return [
        (table, name)
        for table, columns in SHIPPED.items()
        for name, assignment in columns.items()
        if assignment.treatment in treatments
    ]


def each_column(
    columns: Iterable[Column], *, sampled: bool = False
) -> Callable[[Callable[[str, str], None]], object]:
    """Make of a test of one column a test of each class of equal columns.

    Every column of a class is tried, and a failure names each that failed. Where it is ``sampled``
    the battery does so, and other runs try one column of each class, another each day.
    """
    classes: dict[tuple[object, ...], list[Column]] = {}
    for table, name in columns:
        one = SHIPPED[table][name]
        alike = (one.treatment, *sorted(one.parameters.items()), one.column.sql_type)
        classes.setdefault(alike, []).append((table, name))
    cases = [
        pytest.param(alike, id=f"{SHIPPED[alike[0][0]][alike[0][1]].treatment}-{alike[0][1]}")
        for alike in classes.values()
    ]

    def decorate(test: Callable[[str, str], None]) -> object:
        def over(
            alike: list[Column], subtests: pytest.Subtests, pytestconfig: pytest.Config
        ) -> None:
            seed, whole = pytestconfig.option.seed, pytestconfig.option.battery
            for table, name in alike if whole or not sampled else [alike[seed % len(alike)]]:
                with subtests.test(f"{table}.{name}"):
                    test(table, name)

        over.__doc__ = test.__doc__
        made = pytest.mark.parametrize("alike", cases)(over)
        return pytest.mark.battery("columns")(made) if sampled else made

    return decorate
