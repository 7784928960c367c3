"""Each fault of dirty data breaks the rules that it names, and no other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scrambler.ssd.rules import check
from scrambler.ssd.rules.statutory import STATUTORY, evaluate
from scrambler.synthetic import AS_OF, faults
from scrambler.synthetic.faults import FAULTS, WORKFORCE_FAULTS
from scrambler.synthetic.faults.fault import Fault
from tests.synthetic.conftest import Tables, whole


def _broken(tables: Tables) -> set[str]:
    frames = {table: frame.lazy() for table, frame in tables.items()}
    failures = evaluate(frames, STATUTORY, AS_OF - timedelta(days=1)).failures
    ours = {one.rule.id for one in check(frames) if one.violations}
    return ours | {rule for rule, count in failures.items() if count}


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(fault, marks=pytest.mark.battery("faults"), id=fault.name)
        for fault in (*FAULTS, *WORKFORCE_FAULTS)
    ],
)
def test_a_fault_breaks_the_rules_that_it_names_and_no_other(
    fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "FAULTS", [one for one in FAULTS if one is fault])
    monkeypatch.setattr(faults, "WORKFORCE_FAULTS", [o for o in WORKFORCE_FAULTS if o is fault])
    assert _broken(whole(2_000, seed=3, dirty=True)) == set(fault.breaks)


def test_faults_together_break_no_other_rules(dirty: Tables) -> None:
    assert _broken(dirty) <= {rule for one in (*FAULTS, *WORKFORCE_FAULTS) for rule in one.breaks}
