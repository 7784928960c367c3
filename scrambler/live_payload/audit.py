"""Holds every scrambled leaf of the live table against its original, while both are in memory.

What is judged follows from the leaf alone, whatever policy treated it: ids, names, dates, postcodes
and free text must not be what they were. Codes, flags and scores are drawn, and may be.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from kernels.canonical import canonical
from scrambler.errors import VerificationError
from scrambler.live_payload.leaves import Frames
from scrambler.payload.shape import Leaf, payload_shape
from scrambler.ssd import ssd
from scrambler.staging.table import LIVE_TABLE

_KINDS = frozenset({"identifier", "name", "postcode", "date", "free_text"})


@dataclass
class LeafAudit:
    """Counts by the path of a leaf: values that had to change, and those that did not."""

    compared: dict[str, int] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)

    def watch(self, before: Frames, after: Frames) -> None:
        """Compare the objects of some payloads with what became of them, row by row."""
        for node in payload_shape().walk():
            if node.path not in after:
                continue
            was, now = before[node.path], after[node.path]
            if not was["row"].equals(now["row"]):
                raise VerificationError(f"{LIVE_TABLE}: objects of {node.path} changed places.")
            for key, leaf in node.leaves.items():
                if _judged(leaf):
                    self._count(f"{node.path}.{key}", leaf, was[key], now[key])

    def check(self) -> None:
        """VerificationError with a line for each leaf that has unchanged values."""
        if self.unchanged:
            lines = [
                f"{LIVE_TABLE}: {n} of {self.compared[path]} values of {path} are unchanged."
                for path, n in self.unchanged.items()
            ]
            raise VerificationError("\n".join([*lines, "Nothing was staged."]))

    def _count(self, path: str, leaf: Leaf, was: pl.Series, now: pl.Series) -> None:
        sides = pl.DataFrame({"was": _text(leaf, was), "now": _text(leaf, now)})
        text = canonical(sides["was"])
        missing = ssd().missing
        days = [day.isoformat() for day in missing.dates]
        said = text.is_not_null() & ~missing.in_text(text) & ~text.is_in(days)
        same = said & (sides["was"] == sides["now"])
        self.compared[path] = self.compared.get(path, 0) + int(said.sum())
        if found := int(same.sum()):
            self.unchanged[path] = self.unchanged.get(path, 0) + found


def _judged(leaf: Leaf) -> bool:
    return bool(leaf.table) and ssd().column(leaf.table, leaf.column).kind in _KINDS


def _text(leaf: Leaf, values: pl.Series) -> pl.Series:
    """Return what people would call the same value: case and outer blanks aside, a day's ISO."""
    if leaf.form == "date" and values.dtype.is_temporal():
        values = values.cast(pl.Date)
    return values.cast(pl.String).str.strip_chars().str.to_lowercase()
