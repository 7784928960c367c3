"""Each fault of dirty data breaks the rules that it names, and no other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scrambler.ssd.rules import check
from scrambler.ssd.rules.statutory import STATUTORY, evaluate
from scrambler.synthetic import AS_OF, faults
from scrambler.synthetic.faults import BUILDER_FAULTS, FAULTS, WORKFORCE_FAULTS
from scrambler.synthetic.faults.fault import Fault
from tests.synthetic.conftest import Tables, whole


def _broken(tables: Tables) -> set[str]:
    frames = {table: frame.lazy() for table, frame in tables.items()}
    failures = evaluate(frames, STATUTORY, AS_OF - timedelta(days=1)).failures
    ours = {one.rule.id for one in check(frames) if one.violations}
    return ours | {rule for rule, count in failures.items() if count}


ALL = (*FAULTS, *WORKFORCE_FAULTS, *BUILDER_FAULTS)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(fault, marks=pytest.mark.battery("faults", "one"), id=fault.name)
        for fault in ALL
    ],
)
def test_a_fault_breaks_the_rules_that_it_names_and_no_other(
    fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    for which in ("FAULTS", "WORKFORCE_FAULTS", "BUILDER_FAULTS"):
        monkeypatch.setattr(faults, which, [x for x in getattr(faults, which) if x is fault])
    assert _broken(whole(2_000, seed=3, dirty=True)) == set(fault.breaks)


def test_faults_together_break_no_other_rules(dirty: Tables) -> None:
    assert _broken(dirty) <= {rule for one in ALL for rule in one.breaks}
