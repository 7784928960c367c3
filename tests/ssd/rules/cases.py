"""Tiny datasets that meet a rule, and changes to them that break it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
import pytest

from scrambler.ssd.rules import RULES, Frames
from scrambler.ssd.rules.check import owner

Columns = Mapping[str, Any]

_RULES = {rule.id: rule for rule in RULES}


@dataclass(frozen=True)
class Case:
    """``meets`` holds columns by name (a scalar is one row); ``breaks`` replaces some of them."""

    rule: str
    meets: Columns
    breaks: Columns

    def __str__(self) -> str:
        return f"{self.rule}-{'-'.join(self.breaks)}"


def frames(columns: Columns) -> Frames:
    """Return lazy frames of the tables that own the columns, with the types of the spec."""
    tables: dict[str, list[pl.Series]] = {}
    for name, value in columns.items():
        spec = owner(name)
        values = value if isinstance(value, list) else [value]
        if spec.dtype == pl.Datetime:
            values = [datetime.fromisoformat(day) if day else None for day in values]
        tables.setdefault(spec.table, []).append(pl.Series(name, values, dtype=spec.dtype))
    return {table: pl.LazyFrame(series) for table, series in tables.items()}


def judged(cases: tuple[Case, ...]) -> Callable[[Case], None]:
    """Return the test that each case meets its rule as it is and breaks it as changed."""

    @pytest.mark.parametrize("case", cases, ids=str)
    def test_rule(case: Case) -> None:
        violations = _RULES[case.rule].violations
        assert violations is not None
        assert violations(frames(case.meets)) == 0
        assert violations(frames({**case.meets, **case.breaks}))

    return test_rule
