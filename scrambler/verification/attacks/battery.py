"""All attacks, one after another, on a source and what a run made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from scrambler.keys.epoch import Epoch
from scrambler.keys.pseudonyms import Pseudonyms
from scrambler.resources.memory import give_back
from scrambler.sinks import Output
from scrambler.ssd import Spec
from scrambler.ssd.working_days import working_days
from scrambler.verification.after.output import parents_first
from scrambler.verification.after.subjects import Subjects
from scrambler.verification.attacks.answers import answers_attack
from scrambler.verification.attacks.attack import Attack
from scrambler.verification.attacks.calendar import calendar_attack
from scrambler.verification.attacks.clock import clock_attack
from scrambler.verification.attacks.seen import BORN, ID, PEOPLE, Events, Numbers, Seen
from scrambler.verification.attacks.shape import position_attack, shape_attack

Read = Mapping[str, Callable[[], Iterator[pl.DataFrame]]]
"""Reads each table in batches, by name, when called."""


def attack(source: Read, out: Output, spec: Spec, epoch: Epoch) -> list[Attack]:
    """Try every attack; ``epoch`` says who is who, to score guesses.

    Each side is read once, a batch at a time. Nothing where the children are not in both.
    """
    manifest = out.manifest
    tables = {name: one for name, one in manifest["tables"].items() if name in source}
    if PEOPLE not in tables:
        return []
    order = parents_first(tables, spec)
    shown_as = {
        name: lambda name=name: out.batches(name, [*tables[name]["columns"]]) for name in order
    }
    ids = pl.concat([batch[ID].cast(pl.String) for batch in source[PEOPLE]()]).drop_nulls().unique()
    forms = manifest["pseudonyms"]
    maker = Pseudonyms(epoch, spec.domains, forms["lengths"], frozenset(forms["integers"]))
    named = maker.pseudonyms("person", maker.identify("person", ids))
    known = _seen(source, order, ids, spec)
    shown = _seen(shown_as, order, named.cast(pl.String), spec)
    return _tried(known, shown, manifest)


def _seen(read: Read, order: Sequence[str], ids: pl.Series, spec: Spec) -> Seen:
    seen = Seen(spec, len(ids), Subjects(spec, 0))
    seen.subjects.number(ids)
    for table in order:
        for batch in read[table]():
            seen.add(table, batch)
        give_back()
    return seen


def _tried(known: Seen, shown: Seen, manifest: Mapping[str, Any]) -> list[Attack]:
    dates = str(manifest["dates"])
    before, after = known.events(), shown.events()
    tried = position_attack(*(np.concatenate(side.order) for side in (known, shown)))
    steps, true = _moved(before, after, manifest, known.children)
    if dates != "order" and len(steps):
        tried += calendar_attack(before, after, steps, true, dates)
    tried += clock_attack(before, after, dates)
    tried += answers_attack(known.answers, shown.answers)
    tried += shape_attack("row counts", known.counts, shown.counts)
    tried += shape_attack("row counts and empty cells", known.cells, shown.cells)
    return tried


def _moved(
    before: Mapping[str, Events],
    after: Mapping[str, Events],
    manifest: Mapping[str, Any],
    children: int,
) -> tuple[range, Numbers]:
    """Return the steps that dates can move by, and those of each child; -1 where none is known."""
    kind = f"{PEOPLE}.{BORN}"
    born = [np.full(children, np.iinfo(np.int64).min) for _ in range(2)]
    for days, side in zip(born, (before, after), strict=True):
        if kind in side:
            days[side[kind].child] = side[kind].day
    there = (born[0] > np.iinfo(np.int64).min) & (born[1] > np.iinfo(np.int64).min)
    least, most = manifest["offset_days_back"]
    true = np.full(children, -1)
    numbers = working_days().numbers if manifest["dates"] == "working-days" else np.asarray
    true[there] = numbers(born[0][there]) - numbers(born[1][there])
    if manifest["dates"] == "working-days" and there.any():
        # Every number of steps that some child moved by: the range that the program documents.
        least, most = int(true[there].min()), int(true[there].max())
    return range(int(least), int(most) + 1), true
