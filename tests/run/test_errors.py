"""Children with an error by the DfE's rules: one figure, in a run that is asked and in verify."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from scrambler import api
from scrambler.ssd.rules.statutory import STATUTORY, children_with_errors
from tests.outputs import tables_of


def test_a_run_counts_what_verify_counts_and_what_the_rules_say(tmp_path: Path) -> None:
    source, out = str(tmp_path / "source"), tmp_path / "out"
    api.fake(source, 150, dirty=True)
    # By days, weekends are left: some children have an error then.
    shift = api.DateShift(keep="intervals")
    errors = api.run(source, out, count_errors=True, batch_rows=397, shift=shift).errors
    assert errors is not None
    assert errors == api.verify(source, out).errors
    sides = _read(tmp_path / "source"), tables_of(out)
    counts = [children_with_errors(_lazy(side), STATUTORY) for side in sides]
    assert [errors.source, errors.output] == counts
    assert errors.source >= errors.output > 0
    assert f"{errors.source} in the source" in str(errors)


def _read(source: Path) -> dict[str, pl.DataFrame]:
    return {file.stem: pl.read_parquet(file) for file in source.glob("*.parquet")}


def _lazy(tables: dict[str, pl.DataFrame]) -> dict[str, pl.LazyFrame]:
    return {name: frame.lazy() for name, frame in tables.items()}
