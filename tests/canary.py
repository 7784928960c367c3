"""A source with a word in every text of every table that must never be seen again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from kernels.canonical import canonical
from scrambler.ssd import ColumnSpec, ssd
from scrambler.synthetic import build
from scrambler.synthetic.fake import write_constructed
from tests.outputs import everything_in

WORD = "k4n4ry"
"""No pseudonym holds it: those are hexadecimal, or numbers."""

JSON = (
    f'{{"{WORD} key": "{WORD}", "{WORD}": {{"NEW_{WORD}": ["{WORD}"]}}}}',
    f'{{"OUTCOME_NFA": "{WORD}", "COMMENTS": "{WORD}", "OUTCOME_COMMENTS": "said {WORD}"}}',
    f'{{"COMMENTS": "she said "{WORD}" and left',
    f'["1A", "{WORD}", "1B"]',
    f"{WORD}, 1 {WORD} street, ZZ1 1ZZ",
)


def plant(target: str, children: int = 30) -> None:
    """Write a dirty source to ``target``; identifiers hold the word so that they still join."""

    def planted() -> Iterator[tuple[str, pl.DataFrame]]:
        for table, frame in build(children, seed=1, dirty=True):
            columns = ssd().tables[table].columns
            yield table, pl.DataFrame([_planted(columns[n], frame[n]) for n in frame.columns])

    write_constructed(target, planted())


def _planted(column: ColumnSpec, values: pl.Series) -> pl.Series:
    if values.dtype != pl.String or not len(values):
        return values
    frame = pl.DataFrame({"old": values, "text": canonical(values)}).with_row_index()
    old, number = pl.col("old"), pl.col("index") % 7
    said = old.is_not_null() & ~ssd().missing.in_text(frame["text"]).fill_null(True)
    new: Any
    if column.kind == "identifier":
        # By value, so that a child keeps its rows; numbers of a known form keep it here and there.
        new = pl.when(said & (pl.col("text").hash(7) % 3 > 0)).then(WORD + pl.col("text"))
    elif column.name.endswith("json") or column.kind.endswith("json"):
        new = pl.when(False).then(old)
        for place, text in enumerate(JSON):
            new = new.when(number == place).then(pl.lit(text))
    else:
        new = (
            pl.when(number == 0)
            .then(pl.lit(WORD))
            .when(number == 1)
            .then(old + f" {WORD}")
            .when(number == 2)
            .then(pl.lit(f"{WORD.upper()} of {column.name}"))
        )
    return frame.select(new.otherwise(old).alias(column.name)).to_series()


def assert_unseen(*places: Path | str, word: str = WORD) -> None:
    """No byte of these texts, files and folders holds the word, however it is spelled."""
    for place in places:
        seen = place.encode() if isinstance(place, str) else everything_in(place)
        for form in (word.encode(), word.encode("utf-16-le"), word.encode().hex().encode()):
            found = seen.lower().find(form)
            assert found < 0, seen[max(0, found - 80) : found + 80]
