"""An SSD built from nothing: every table, every reference resolved, every hard rule kept.

No value comes from a real record. The authority stands still on ``AS_OF`` (1 April 2026), so the
data of a seed are the same on every day and no event lies after it.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from scrambler.ssd import ssd
from scrambler.synthetic import (
    care,
    cases,
    courts,
    education,
    futures,
    homes,
    identity,
    leftovers,
    live_table,
    looked_after,
    numbering,
    office,
    people,
    plans,
    referrals,
    workers,
)
from scrambler.synthetic.block import AS_OF, BLOCK, CHILDREN_MAX, Block
from scrambler.synthetic.faults import (
    inject_builder_faults,
    inject_faults,
    inject_workforce_faults,
)
from scrambler.synthetic.frames import Frames

__all__ = ["AS_OF", "CHILDREN_MAX", "build"]


def build(
    children: int, seed: int = 0, dirty: bool = False, chunk: int = 20_000
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield (table, rows) for ``children`` children (1 to ``CHILDREN_MAX``), ``chunk`` at a time.

    Professionals, departments, version log and calendar come first and once, every other table
    once a chunk, in the order of the spec. Each frame has all columns of the DDL in order, in the
    types of the spec. The data are a function of ``children``, ``seed`` and ``dirty`` alone: a
    chunk is a whole number of blocks of 5,000 children (at least one), and memory grows with it.
    ``dirty`` adds what real databases hold (see ``dirty``). ValueError for other numbers.
    """
    if not 1 <= children <= CHILDREN_MAX or seed < 0 or chunk < 1:
        raise ValueError(f"children must be 1 to {CHILDREN_MAX}, seed 0 or more, chunk 1 or more")
    staff, teams = max(20, children // 18), max(12, children // 250)

    def block(number: int) -> Block:
        size = min(BLOCK, children - number * BLOCK)
        return Block(seed, number, size, staff, teams, dirty)

    shared = workers.workforce(block(0))
    if dirty:
        shared = inject_workforce_faults(block(0), shared)
    yield from (shared | leftovers.versions() | leftovers.calendar()).items()
    blocks = -(-children // BLOCK)
    step = max(1, chunk // BLOCK)
    for first in range(0, blocks, step):
        built = [
            _block(block(number), shared) for number in range(first, min(first + step, blocks))
        ]
        for table in ssd().tables:
            if table in built[0]:
                yield table, pl.concat([frames.pop(table) for frames in built])


def _block(block: Block, workforce: Frames) -> Frames:
    """Return every table about children for one block."""
    professionals = workforce["ssd_professionals"]
    who = people.people(block)
    case = cases.cases(who)
    period = care.periods(who, case)
    mother, motherhood = identity.mothers(who)
    planned, schooling = education.education(who)
    looked = care.episodes(who, case, period)
    placements = looked["ssd_cla_placement"]
    frames: Frames = (
        identity.persons(who, mother, planned, case.unserved(who))
        | homes.addresses(who) | identity.conditions(who) | motherhood
        | identity.linked(who) | identity.voices(who)
        | referrals.contacts(who, case) | referrals.early_help(who)
        | referrals.referrals(who, case, care.leaving(case, period))
        | referrals.assessments(who, case) | plans.protection(who, case)
        | courts.pre_proceedings(who, case) | workers.involvements(who, case) | looked
        | looked_after.reviews_and_visits(who, period) | looked_after.health(who, period)
        | looked_after.trouble(who, period, placements) | looked_after.costs(who, placements)
        | futures.care_plans(who, period) | futures.permanence(who, period, placements)
        | futures.care_leavers(who, period) | schooling
        | leftovers.cohort(who, case, period)
    )  # fmt: skip
    frames = numbering.numbered(who, office.in_office(who, frames))
    if block.dirty:
        frames = inject_faults(frames, who, professionals)
    staged = live_table.live_table(who, frames, workforce)
    if block.dirty:
        staged = inject_builder_faults(block, staged)
    return frames | staged
