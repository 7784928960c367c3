"""Holds every scrambled leaf of the live table against its original, while both are in memory.

What is judged follows from the leaf alone, whatever policy treated it: ids, names, dates, postcodes
and free text must not be what they were. Codes, flags and scores are drawn: as many are what they
were as chance leaves, no more and no fewer. Of every leaf of the schema that has a column this says
one or the other, or that it stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import comb, sqrt

import numpy as np
import polars as pl

from kernels.canonical import canonical
from scrambler.batch import Batch
from scrambler.errors import VerificationError
from scrambler.live_payload.leaves import Frames
from scrambler.live_payload.pieces_check import PiecesCheck
from scrambler.payload.shape import Leaf, Node
from scrambler.ssd import ssd
from scrambler.staging.table import LIVE_TABLE
from scrambler.treatments.sampling import code_index, drawn

Batches = Mapping[tuple[str, str], Batch]
Treated = Mapping[tuple[str, str], pl.DataFrame]

_MUST_CHANGE = frozenset({"identifier", "name", "postcode", "date", "free_text"})
_ERRORS = 6
"""Standard errors that chance may take a leaf away from what is expected."""


@dataclass
class LeafAudit:
    """Counts by the path of a leaf.

    ``compared`` are values that had to change, ``unchanged`` those of them that did not. ``judged``
    are values that were drawn, ``stayed`` those that came out as they were, where chance leaves
    ``expected`` of them. ``kept`` are values that a policy keeps on purpose. ``altered`` are values
    that had to change and are not what their treated column holds.
    """

    compared: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    judged: Counter[str] = field(default_factory=Counter)
    stayed: Counter[str] = field(default_factory=Counter)
    expected: dict[str, float] = field(default_factory=dict)
    variance: dict[str, float] = field(default_factory=dict)
    kept: Counter[str] = field(default_factory=Counter)
    altered: Counter[str] = field(default_factory=Counter)
    pieces: PiecesCheck = field(default_factory=PiecesCheck)

    def watch(
        self, before: Frames, after: Frames, batches: Batches, treated: Treated, shape: Node
    ) -> None:
        """Compare the objects of some payloads with what became of them, row by row.

        ``treated`` are the columns that leaves were put back from, by place.
        """
        for node in shape.walk():
            if node.path not in after:
                continue
            was, now = before[node.path], after[node.path]
            if not was["row"].equals(now["row"]):
                raise VerificationError(f"{LIVE_TABLE}: objects of {node.path} changed places.")
            for key, leaf in node.leaves.items():
                path = f"{node.path}.{key}"
                if not leaf.table:
                    continue
                if ssd().column(leaf.table, leaf.column).kind in _MUST_CHANGE:
                    self._changed(path, leaf, was[key], now[key])
                    self._put_back(path, leaf, now[key], treated[node.path, leaf.table])
                else:
                    # The codes of a list that are rows of a table are a batch of their own.
                    own = batches.get((f"{path}[]", leaf.table))
                    batch = own if own is not None else batches.get((node.path, leaf.table))
                    self._drawn(path, leaf, was[key], now[key], batch)

    def check(self) -> None:
        """VerificationError with a line for each leaf with more unchanged values than allowed."""
        lines = [
            f"{LIVE_TABLE}: {n} of {self.compared[path]} values of {path} are unchanged."
            for path, n in self.unchanged.items()
        ]
        lines += [
            f"{LIVE_TABLE}: {n} of {self.compared[path]} values of {path} are not what was made of "
            "them."
            for path, n in self.altered.items()
        ]
        for path, stayed in self.stayed.items():
            expected, spread = self.expected[path], sqrt(self.variance[path])
            # One more for each: rows that share a draw, and small numbers. Too few tell as much as
            # too many: they say what a value was not.
            if abs(stayed - expected) > _ERRORS * (spread + 1):
                lines.append(
                    f"{LIVE_TABLE}: {stayed} of {self.judged[path]} values of {path} came out as "
                    f"they were, where chance leaves {expected:.0f}."
                )
        lines += [f"{LIVE_TABLE}: {fault}" for fault in self.pieces.faults()]
        if lines:
            raise VerificationError("\n".join([*lines, "Nothing was staged."]))

    def _changed(self, path: str, leaf: Leaf, was: pl.Series, now: pl.Series) -> None:
        sides = pl.DataFrame({"was": _text(leaf, was), "now": _text(leaf, now)})
        text = canonical(sides["was"])
        missing = ssd().missing
        days = [day.isoformat() for day in missing.dates]
        said = text.is_not_null() & ~missing.in_text(text) & ~text.is_in(days)
        same = said & (sides["was"] == sides["now"])
        self.compared[path] += int(said.sum())
        if found := int(same.sum()):
            self.unchanged[path] += found

    def _put_back(self, path: str, leaf: Leaf, now: pl.Series, piece: pl.DataFrame) -> None:
        """Hold a leaf to the piece that it comes from: what was judged there is what stands here.

        A leaf may be left out where the piece has a value (a reason in the place of a UPN).
        """
        other = now.is_not_null()
        if leaf.column in piece.columns:
            due = _text(leaf, piece[leaf.column]).str.slice(0, leaf.width).str.strip_chars_end()
            other &= _text(leaf, now).ne_missing(due)
        if found := int(other.sum()):
            self.altered[path] += found

    def _drawn(
        self, path: str, leaf: Leaf, was: pl.Series, now: pl.Series, batch: Batch | None
    ) -> None:
        chance = _chances(leaf, was, batch)
        if chance is None:
            self.kept[path] += len(was) - was.null_count()
            return
        sides = pl.DataFrame(
            {"was": _spelled(leaf, was), "now": _spelled(leaf, now), "chance": chance}
        ).drop_nulls(["was", "chance"])
        p = sides["chance"].to_numpy()
        self.judged[path] += sides.height
        self.stayed[path] += int((sides["was"] == sides["now"]).sum())
        self.expected[path] = self.expected.get(path, 0.0) + float(p.sum())
        self.variance[path] = self.variance.get(path, 0.0) + float((p * (1 - p)).sum())


def _chances(leaf: Leaf, was: pl.Series, batch: Batch | None) -> pl.Series | None:
    """Return the chance of each value to be drawn again; None where the policy draws nothing.

    Null where there was no code. Sets of ``k`` of ``n`` codes come again once in ``n`` over ``k``.
    """
    assignment = batch.assignments.get(leaf.column) if batch else None
    if batch is None or assignment is None:
        return None
    parameters = assignment.parameters
    if "fixed" in parameters or assignment.traits.is_kept:
        return None
    if leaf.form == "codes":
        size = len(ssd().code_lists[parameters["list"]].codes)
        chances = {k: 1 / max(1, comb(size - (k > 1), k)) for k in range(1, size + 1)}
        count = was.list.len().cast(pl.Int64)
        return count.replace_strict(chances, default=1.0, return_dtype=pl.Float64)
    if assignment.traits.draws == "number":
        span = int(parameters["high"]) - int(parameters["low"]) + 1
        return pl.repeat(1 / span, len(was), dtype=pl.Float64, eager=True)
    if assignment.traits.draws != "code":
        return pl.repeat(0.5, len(was), dtype=pl.Float64, eager=True)
    draw, index = drawn(batch, leaf.column), code_index(batch, leaf.column)
    table = np.stack(draw.chances)
    chance = table[np.maximum(draw.strata, 0), np.maximum(index, 0)]
    # A row that stands in several places is drawn once: a care leaver's in every episode.
    again = np.ones(len(batch), dtype=bool)
    again[np.unique(draw.seeds, return_index=True)[1]] = False
    return pl.Series(chance).set(pl.Series((index < 0) | again), None)


def _spelled(leaf: Leaf, values: pl.Series) -> pl.Series:
    """Return a drawn leaf as text that is equal where the meaning is."""
    if leaf.form == "codes":
        if values.dtype == pl.String:  # as a list of factors comes from its column
            values = values.str.json_decode(pl.List(pl.String))
        return values.list.sort().list.join(",")
    if leaf.form == "number":
        return values.cast(pl.Int64).cast(pl.String)
    return values.cast(pl.String).str.strip_chars()


def _text(leaf: Leaf, values: pl.Series) -> pl.Series:
    """Return what people would call the same value: case and outer blanks aside, a day's ISO."""
    if leaf.form == "date" and values.dtype.is_temporal():
        values = values.cast(pl.Date)
    return values.cast(pl.String).str.strip_chars().str.to_lowercase()
