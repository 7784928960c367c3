"""The DfE's rules over a source and what a run made of it: none fails more often in the output.

Run whole (`make battery`), each line of its table is a dataset, and what fails more by design.
`python -m tests.statutory_table` prints the same rule by rule.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scrambler.batch.dates import Keep
from scrambler.ssd.rules.statutory import STATUTORY
from tests import statutory_table
from tests.shapes import SHAPES
from tests.statutory_table import KEEP, Outcome, outcomes

_SEEDS = {"clean": 10, "with faults": 10}
"""How many seeds a shape is tried with; once where nothing is said."""


def _cases() -> list[object]:
    return [
        pytest.param(3_000, seed, shape, dates, marks=pytest.mark.battery("statutory", dates))
        for dates in KEEP
        for shape in SHAPES
        for seed in range(1, 1 + _SEEDS.get(shape, 1))
    ] + [
        pytest.param(
            50_000, 1, "clean", "working-days", marks=pytest.mark.battery("statutory", "large")
        )
    ]


@pytest.mark.parametrize(("children", "seed", "shape", "dates"), _cases())
def test_no_rule_that_is_kept_fails_more_often(
    children: int,
    seed: int,
    shape: str,
    dates: Keep,
    tmp_path: Path,
    whole_battery: bool,
    record_property: Callable[[str, object], None],
) -> None:
    size = children if whole_battery else 250
    ((_, found),) = outcomes(tmp_path, size, seed, shape, [dates])
    before, after = (side.children_with_errors for side in (found.source, found.output))
    record_property(
        "battery line",
        f"{size:,} children, seed {seed}, {shape}, {dates}: children with errors {before} -> "
        f"{after}; by design {_by_design(found, dates)}",
    )
    assert found.more(dates) == {}
    if shape == "clean":
        assert set(found.source.failures.values()) == {0}
        assert found.source.children_with_errors == 0


def _by_design(found: Outcome, dates: Keep) -> dict[str, str]:
    """Return the rules that fail more often and are not kept."""
    return {
        f"{rule.census} {rule.code}": f"{before}>{after}"
        for rule in STATUTORY
        if rule.id in found.output.failures
        and not rule.kept_by(dates)
        and (after := found.output.failures[rule.id]) > (before := found.source.failures[rule.id])
    }


def test_the_table_says_each_rule_and_what_it_stands_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["--children", "20", "--shape", "a day apart", "--dates", "order"]
    assert statutory_table.main(arguments) == 0
    printed = capsys.readouterr().out
    assert "| a day apart, order |" in printed
    assert "other rules are broken by no record on either side" in printed
