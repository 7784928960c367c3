from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl
import pytest

from scrambler.errors import SourceError
from scrambler.sources import SourceColumn
from scrambler.sources.steady import SteadySource

ROWS = pl.DataFrame({"id": range(100), "word": ["Canary", None] * 50})


class Shifting:
    """A source of one table, whose rows a test changes."""

    plain = False
    schema_found = ""
    side_by_side = 2
    ids = None

    def __init__(self) -> None:
        self.frame = ROWS

    def tables(self) -> Mapping[str, Mapping[str, SourceColumn]]:
        return {"t": {}}

    def count(self, table: str) -> int:
        return self.frame.height

    def read(self, table: str, columns: Sequence[str], batch_rows: int) -> Iterator[pl.DataFrame]:
        return self.frame.select(columns).iter_slices(batch_rows)


@pytest.mark.parametrize(
    "changed",
    [
        ROWS.head(99),
        ROWS.clear(),
        pl.concat([ROWS, ROWS.tail(1)]),
        ROWS.with_columns(id=pl.when(pl.col("id") == 7).then(700).otherwise("id")),
        pl.concat([ROWS.head(98), ROWS.head(2)]),
    ],
    ids=["one less", "none", "one more", "another value", "other rows"],
)
def test_a_table_that_changes_between_two_passes(changed: pl.DataFrame) -> None:
    shifting = Shifting()
    source = SteadySource(shifting)
    assert sum(frame.height for frame in source.read("t", ["id"], 7)) == 100
    shifting.frame = changed
    with pytest.raises(SourceError, match="table t changed while it was read") as caught:
        list(source.read("T", ["word", "id"], 30))
    assert "Canary" not in str(caught.value)


def test_order_batches_and_what_was_not_read_whole_do_not_matter() -> None:
    shifting = Shifting()
    source = SteadySource(shifting)
    assert next(iter(source.read("t", ["id", "word"], 7))).height == 7
    list(source.read("t", ["id", "word"], 7))
    shifting.frame = ROWS.sample(fraction=1, shuffle=True, seed=1)
    list(source.read("t", ["word", "id"], 40))
    shifting.frame = shifting.frame.with_columns(word=pl.lit("other"))
    list(source.read("t", ["id"], 40))  # nobody looks at what changed
    source.read_for_the_last_time()
    with pytest.raises(SourceError, match="changed"):
        list(source.read("t", ["word", "id"], 40))
