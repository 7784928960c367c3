"""The stream over batches of 100,000 rows: tables, their comparison, each treatment alone.

``pytest bench/test_parts.py --benchmark-enable`` measures; without it every case runs once over
few rows. Each run starts from a batch that nothing was asked of yet, so each digest that a case
needs is in its time.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import polars as pl
import pytest

from bench.bound import Bounded
from scrambler.api import BATCH_ROWS, Silent, check, fake
from scrambler.batch import Batch, RunContext
from scrambler.batch.cast import conform
from scrambler.keys.epoch import Epoch
from scrambler.keys.pseudonyms import Pseudonyms
from scrambler.run.check_input import check_of, row_keys
from scrambler.run.parts import scramble
from scrambler.run.plan import TablePlan
from scrambler.run.steps import read_ahead
from scrambler.sources import open_source
from scrambler.ssd import ssd
from scrambler.treatments import TREATMENTS
from scrambler.verification import Check, KeyBook, compare

CHILDREN, FEW_CHILDREN = 50_000, 200

BIG = (
    "ssd_person",
    "ssd_address",
    "ssd_contacts",
    "ssd_cin_episodes",
    "ssd_cin_assessments",
    "ssd_assessment_factors",
    "ssd_cin_visits",
    "ssd_cla_placement",
    "ssd_involvements",
    "ssd_linked_identifiers",
)
"""Tables with many rows or costly columns; the visits of three kinds are alike."""

TREATED = sorted(name for name, treatment in TREATMENTS.items() if treatment.scramble)


@dataclass(frozen=True)
class Surveyed:
    """The first batch of every table, after the prescan of the whole."""

    context: RunContext
    plans: dict[str, TablePlan]
    frames: dict[str, pl.DataFrame]

    def batch(self, table: str) -> Batch:
        """Return a batch that has computed nothing yet."""
        planned = self.plans[table]
        return Batch(planned.table, self.frames[table], planned.assignments, self.context)


@pytest.fixture(scope="module")
def prescanned(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Surveyed:
    measured = pytestconfig.getoption("benchmark_enable")
    source = tmp_path_factory.mktemp("bench") / "source"
    fake(str(source), CHILDREN if measured else FEW_CHILDREN)
    plan, reader = check(str(source)), open_source(str(source))
    pseudonyms = Pseudonyms(Epoch.new(), ssd().domains, plan.forms.lengths, plan.forms.numeric)
    context = RunContext(ssd(), pseudonyms)
    read_ahead(plan, context, reader, BATCH_ROWS, Silent())
    plans = {planned.table.name: planned for planned in plan.tables}
    frames = {
        table: conform(frame, planned.assignments)
        for table, planned in plans.items()
        for frame in islice(reader.read(table, list(planned.assignments), BATCH_ROWS), 1)
    }
    return Surveyed(context, {table: plans[table] for table in frames}, frames)


@pytest.mark.parametrize("table", BIG)
def test_scrambling(bounded: Bounded, prescanned: Surveyed, table: str) -> None:
    bounded(scramble, prescanned.frames[table], fresh=lambda: (prescanned.batch(table),))


@pytest.mark.parametrize("table", BIG)
def test_comparing(
    bounded: Bounded, prescanned: Surveyed, by: Check, tmp_path: Path, table: str
) -> None:
    # As in a run, the batch has been scrambled before it is compared.
    batch = prescanned.batch(table)
    scrambled = scramble(batch)
    held = (by, table, batch.frame, scrambled, row_keys(batch), KeyBook(tmp_path / "keys"))
    bounded(compare, [batch.frame, scrambled], fresh=lambda: held)


@pytest.mark.parametrize("treatment", TREATED)
def test_treatment(bounded: Bounded, prescanned: Surveyed, treatment: str) -> None:
    columns = {
        table: [name for name, a in planned.assignments.items() if a.treatment == treatment]
        for table, planned in prescanned.plans.items()
    }
    columns = {table: names for table, names in columns.items() if names}
    treat = TREATMENTS[treatment].scramble

    def work(*batches: Batch) -> list[pl.Series]:
        assert treat is not None
        return [treat(batch, name) for batch in batches for name in columns[batch.table.name]]

    taken = [prescanned.frames[table].select(names) for table, names in columns.items()]
    bounded(work, taken, fresh=lambda: tuple(prescanned.batch(table) for table in columns))


@pytest.fixture
def by(prescanned: Surveyed) -> Check:
    plans = {table: planned.assignments for table, planned in prescanned.plans.items()}
    return check_of(prescanned.context, plans)
