"""What others read of a verdict proves no cell, of one output or of two of one epoch (T23)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from scrambler import api
from scrambler.keys import epoch_file
from scrambler.ssd import ssd
from scrambler.verification.verdict import TOO_FEW, rounded
from tests.conftest import Scrambled
from tests.outputs import manifest_of

PEOPLE, CODES = 120, ssd().code_lists["nationality"].codes


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, TOO_FEW), (49, TOO_FEW), (50, 50), (99, 100), (104, 100), (1_049, 1_000), (1_050, 1_100),
     (996, 1_000), (12_345_678, 12_000_000)],
)  # fmt: skip
def test_counts_are_rounded(count: int, shown: int | str) -> None:
    assert rounded(count) == shown


def _source(folder: Path, rows: int, edit: dict[int, str]) -> str:
    folder.mkdir()
    sexes = [edit.get(n, "MFU"[n % 3]) for n in range(rows)]
    pl.DataFrame(
        {
            "pers_person_id": [f"p{n}" for n in range(rows)],
            "pers_sex": sexes,
            "pers_nationality": [CODES[n % len(CODES)] for n in range(rows)],
            "pers_dob": ["2015-03-04"] * rows,
        }
    ).write_parquet(folder / "ssd_person.parquet")
    return str(folder)


def _verdict(source: str, out: Path, key: Path) -> Any:
    api.run(source, out, epoch=key)
    return manifest_of(out)["verdict"]


@pytest.mark.parametrize(
    ("rows", "edit"),
    [(PEOPLE, {7: "F"}), (PEOPLE, {7: "M", 8: "M"}), (PEOPLE + 1, {}), (PEOPLE - 1, {})],
    ids=["one edited", "two edited", "one added", "one removed"],
)
def test_a_single_row_moves_no_figure_of_the_same_epoch(
    rows: int, edit: dict[int, str], tmp_path: Path
) -> None:
    key = tmp_path / "key.epoch"
    epoch_file.create(key)
    first = _verdict(_source(tmp_path / "first", PEOPLE, {}), tmp_path / "one", key)
    second = _verdict(_source(tmp_path / "second", rows, edit), tmp_path / "two", key)
    assert first == second


def test_a_single_child_is_too_few_to_show(tmp_path: Path) -> None:
    key = tmp_path / "key.epoch"
    epoch_file.create(key)
    verdict = _verdict(_source(tmp_path / "source", 1, {}), tmp_path / "out", key)
    assert {one["examined"] for one in verdict["columns"]} == {TOO_FEW}
    assert not any("deviation" in one for one in verdict["columns"])


def test_no_figure_tells_how_many_cells_stayed(dirty: Scrambled) -> None:
    said = json.dumps(manifest_of(dirty.out)["verdict"])
    for name in ("unchanged", "expected", "variance", "observed", "retained", "suppressed"):
        assert f'"{name}"' not in said
