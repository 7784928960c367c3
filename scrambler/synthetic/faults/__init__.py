"""What real databases hold: the constructed data, made dirty.

Each module soils one kind of thing, and each fault says which rules it breaks. Every fault is on
some rows of every block, by the seed alone, and every value still fits the type and width of its
column: a UPN in the reason column is cut to its six characters, as SQL Server would have cut it.
"""

from __future__ import annotations

import polars as pl

from scrambler.synthetic.block import Block
from scrambler.synthetic.faults import (
    codes,
    dates,
    identifiers,
    live_table,
    orphans,
    outcomes,
    texts,
)
from scrambler.synthetic.faults.fault import Fault
from scrambler.synthetic.faults.injector import FaultInjector
from scrambler.synthetic.frames import Frames
from scrambler.synthetic.people import People

FAULTS = (
    Fault(codes.described, breaks=("S036", "S109", "S210")),
    Fault(codes.missing, breaks=("S253",)),
    Fault(codes.local, breaks=("S207",)),
    Fault(codes.padded),
    Fault(identifiers.pupils, breaks=("C008",)),
    Fault(identifiers.workers),
    Fault(identifiers.glued, breaks=("S096", "C065")),
    Fault(identifiers.misled, breaks=("C086",)),
    Fault(dates.missing),
    Fault(dates.unknown_parts, breaks=("S304", "C098")),
    Fault(texts.addresses),
    Fault(texts.wording, breaks=("C100",)),
    Fault(outcomes.plain),
    Fault(outcomes.prefixed),
    Fault(outcomes.broken),
    Fault(outcomes.factors, breaks=("S096",)),
    Fault(orphans.strangers, breaks=("S096", "S210")),
    Fault(orphans.duplicates),
)
"""The faults of tables about children, in the order in which they are planted."""

WORKFORCE_FAULTS = (Fault(identifiers.typed, breaks=("S309", "C114")),)
"""The faults of professionals and departments."""

BUILDER_FAULTS = (
    Fault(live_table.states),
    Fault(live_table.nulls),
    Fault(live_table.codes),
    Fault(live_table.gaps),
    Fault(live_table.history, breaks=("C132",)),
)
"""The faults of the live staging table, as the field's builders write it."""


def inject_faults(frames: Frames, who: People, professionals: pl.DataFrame) -> Frames:
    """Return the tables of a block with faults; ``professionals`` are the whole workforce."""
    injector = FaultInjector(who.block, dict(frames), who, professionals)
    for fault in FAULTS:
        fault.step(injector)
    return injector.frames


def inject_workforce_faults(block: Block, frames: Frames) -> Frames:
    """Return professionals and departments as System C fills them.

    The parent of a team is a department that is no team, its name a type; what was typed as a
    registration number was copied.
    """
    injector = FaultInjector(block, dict(frames), None, frames["ssd_professionals"])
    for fault in WORKFORCE_FAULTS:
        fault.step(injector)
    return injector.frames


def inject_builder_faults(block: Block, frames: Frames) -> Frames:
    """Return the live staging table of a block as the field's builders write it."""
    nobody = frames["ssd_api_data_staging"].clear()
    injector = FaultInjector(block, dict(frames), None, nobody)
    for fault in BUILDER_FAULTS:
        fault.step(injector)
    return injector.frames
