"""The DfE's rules over a source and what a run made of it: none fails more often in the output.

Run whole (`make battery`), each line of its table is a dataset, and what fails more by design.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from scrambler import api
from scrambler.ssd.rules.statutory import STATUTORY, Evaluation, evaluate
from scrambler.synthetic import AS_OF
from tests.conftest import Scrambled
from tests.outputs import tables_of

YEAR_END = AS_OF - timedelta(days=1)


def _evaluated(tables: Mapping[str, pl.DataFrame]) -> Evaluation:
    frames = {name: frame.lazy() for name, frame in tables.items()}
    return evaluate(frames, STATUTORY, YEAR_END)


def _source(folder: Path) -> dict[str, pl.DataFrame]:
    return {path.stem: pl.read_parquet(path) for path in folder.glob("ssd_*.parquet")}


def _more(source: Evaluation, output: Evaluation, *, kept: bool) -> dict[str, tuple[int, int]]:
    """Return the rules that more records break in the output: of those kept, or of the others."""
    return {
        f"{rule.census} {rule.code}": (source.failures[rule.id], output.failures[rule.id])
        for rule in STATUTORY
        if rule.kept_by("working-days") == kept
        and rule.id in output.failures
        and output.failures[rule.id] > source.failures[rule.id]
    }


@pytest.mark.parametrize("kind", ["clean", "dirty"])
def test_no_rule_that_is_kept_fails_more_often(kind: str, request: pytest.FixtureRequest) -> None:
    made: Scrambled = request.getfixturevalue(kind)
    source, output = _evaluated(_source(made.source)), _evaluated(tables_of(made.out))
    assert _more(source, output, kept=True) == {}
    if kind == "clean":
        assert set(source.failures.values()) == {0}
        assert source.children_with_errors == 0


@pytest.mark.parametrize(
    ("children", "seed", "dirty"),
    [
        *(
            pytest.param(3_000, seed, dirty, marks=pytest.mark.battery("statutory", kind))
            for seed in range(1, 11)
            for dirty, kind in ((False, "clean"), (True, "with faults"))
        ),
        pytest.param(50_000, 1, False, marks=pytest.mark.battery("statutory", "large")),
    ],
)
def test_at_any_seed(
    children: int,
    seed: int,
    dirty: bool,
    tmp_path: Path,
    whole_battery: bool,
    record_property: Callable[[str, object], None],
) -> None:
    source, out = tmp_path / "source", tmp_path / "out"
    size = children if whole_battery else 300
    api.fake(str(source), size, seed=seed, dirty=dirty)
    api.run(str(source), out)
    before, after = _evaluated(_source(source)), _evaluated(tables_of(out))
    by_design = _more(before, after, kept=False)
    record_property(
        "battery line",
        f"{size:,} children, seed {seed}{', with faults' if dirty else ''}: children with errors "
        f"{before.children_with_errors} -> {after.children_with_errors}; by design {by_design}",
    )
    assert _more(before, after, kept=True) == {}
