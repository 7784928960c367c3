"""What a verdict says does not depend on batches, and no slip of the treatments hides from it."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from scrambler.ssd import MissingCodes
from scrambler.synthetic import build
from tests.comparisons import verdict
from tests.contexts import staged

TABLES = (
    "ssd_person", "ssd_address", "ssd_contacts", "ssd_assessment_factors", "ssd_department",
    "ssd_cla_previous_permanence", "ssd_cla_episodes", "ssd_cin_episodes",
)  # fmt: skip


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    made: dict[str, list[pl.DataFrame]] = {}
    for table, frame in build(200, seed=11, dirty=True):
        if table in TABLES:
            made.setdefault(table, []).append(frame)
    return {table: pl.concat(frames) for table, frames in made.items()}


@pytest.mark.battery("sums", "batches")
@pytest.mark.parametrize("dates", ["working-days", "intervals", "order"])
def test_the_figures_are_the_same_in_any_batches(
    dates: Any, tables: dict[str, pl.DataFrame], tmp_path: Path
) -> None:
    stage = staged(tables, dates=dates)
    whole = verdict(stage, tmp_path / "whole")
    assert [*whole.faults()] == []
    for rows in (37, 500):
        found = verdict(stage, tmp_path / f"{rows}", rows=rows)
        for one, other in zip(whole.columns, found.columns, strict=True):
            for field in fields(one):
                held = [getattr(side, field.name) for side in (one, other)]
                assert np.array_equal(*held), f"{one.table}.{one.column} {field.name}"
        assert (found.domains, found.references) == (whole.domains, whole.references)
        assert found.published() == whole.published()


def test_texts_that_treatments_take_for_nothing_are_values_all_the_same(
    tables: dict[str, pl.DataFrame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = MissingCodes.in_text

    def in_text(self: MissingCodes, text: Any) -> Any:
        return honest(self, text) | (text.str.len_chars() <= 6)

    monkeypatch.setattr(MissingCodes, "in_text", in_text)
    said = [*verdict(staged(tables), tmp_path).faults()]
    for column in ("pers_forename", "pers_surname"):
        assert any(f"ssd_person.{column}" in one and "unchanged" in one for one in said)
