"""Random edits of a source, one after the other: the delta tells them, and staging follows.

After each edit the output is a full run's, the changes are what truly differs from the output
before, and what is staged is what a fresh build stages, ids included.
"""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from scrambler import api, synthetic
from scrambler.keys.epoch_file import create
from scrambler.payload.cohort import COHORT_COLUMNS
from scrambler.payload.shape import tables_of_leaves
from scrambler.staging import MergeSettings, open_staging
from tests.outputs import hashes_of, tables_of
from tests.staging.cases import rows, send

CHILDREN, EDITS, SEQUENCES = 20, 5, 50
TABLES = sorted(tables_of_leaves() | COHORT_COLUMNS.keys() | {"ssd_immigration_status"})

Tables = dict[str, pl.DataFrame]


def edited(held: Tables, chance: random.Random) -> Tables:
    """Return the tables with one table edited in one random way."""
    name = chance.choice([name for name, frame in held.items() if frame.height > 1])
    frame = held[name]
    some = [chance.randrange(frame.height) for _ in range(chance.randint(1, 3))]
    column = chance.choice(frame.columns)
    here = pl.int_range(pl.len()).is_in(some)
    other = frame[column][chance.randrange(frame.height)]
    another = pl.lit(chance.choice([other, None]), dtype=frame.schema[column])
    ways = {
        "gone": lambda: frame.filter(~here),
        "twins": lambda: pl.concat([frame, frame[some]]),
        "moved": lambda: frame.sample(fraction=1, shuffle=True, seed=chance.randrange(10**6)),
        "cell": lambda: frame.with_columns(
            pl.when(here).then(another).otherwise(column).alias(column)
        ),
        "column turned": lambda: frame.with_columns(pl.col(column).reverse()),
        "key": lambda: _with_other_key(frame, some),
    }  # fmt: skip
    return held | {name: ways[chance.choice([*ways])]()}


def _with_other_key(frame: pl.DataFrame, some: list[int]) -> pl.DataFrame:
    key = frame.columns[0]
    here = pl.int_range(pl.len()).is_in(some)
    new = pl.concat_str(pl.lit("7"), pl.col(key).cast(pl.String).str.slice(1))
    return frame.with_columns(
        pl.when(here).then(new).otherwise(key).cast(frame.schema[key]).alias(key)
    )


def write(held: Tables, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name, frame in held.items():
        frame.write_parquet(folder / f"{name}.parquet")


@pytest.mark.battery("edits", "five edits")
@pytest.mark.parametrize("number", range(SEQUENCES))
def test_changes_and_staging_follow_the_source(
    number: int, chance: random.Random, tmp_path: Path
) -> None:
    built = dict(synthetic.build(CHILDREN, seed=number, dirty=number % 2 == 1))
    held = {name: built[name] for name in TABLES}
    source, out, epoch = tmp_path / "source", tmp_path / "out", tmp_path / "epoch"
    staged = f"sqlite:///{(tmp_path / 'staged.db').as_posix()}"
    anyway = MergeSettings(allow_deletions=True)
    create(epoch)
    write(held, source)
    api.run(str(source), out, epoch=epoch, verify=False)
    api.stage_payloads(str(out), staged, as_of=synthetic.AS_OF, settings=anyway)
    for step in range(EDITS):
        before = tables_of(out)
        held = edited(held, chance)
        write(held, source)
        api.run(str(source), out, epoch=epoch, delta=True, verify=False)
        full = tmp_path / f"full-{step}"
        api.run(str(source), full, epoch=epoch, verify=False)
        assert hashes_of(out) == hashes_of(full)
        _check_changes(out, step, before)
        if chance.random() < 0.7:
            send(staged)
        api.stage_payloads(str(out), staged, as_of=synthetic.AS_OF, settings=anyway)
        fresh = str(tmp_path / f"fresh-{step}")
        api.stage_payloads(str(full), fresh, as_of=synthetic.AS_OF, settings=anyway)
        assert _here(staged).equals(_here(fresh))


def _check_changes(out: Path, step: int, before: dict[str, pl.DataFrame]) -> None:
    for name, frame in tables_of(out).items():
        now, then = Counter(frame.rows()), Counter(before[name].rows())
        folder = out / "changes" / f"{step + 1:06d}" / name
        if not folder.exists():
            assert now == then, name
            continue
        found = pl.read_parquet(folder / "*.parquet")
        told = {
            state: Counter(some.drop("row_state").rows())
            for (state,), some in found.group_by("row_state")
        }
        deleted, updated = told.get("Deleted", Counter()), told.get("Updated", Counter())
        assert told.get("New", Counter()) + updated == now - then, name
        assert deleted <= then - now, name
        assert deleted.total() + updated.total() == (then - now).total(), name


def _here(location: str) -> pl.DataFrame:
    """What is staged of the children who are not gone."""
    found = rows(open_staging(location)).filter(pl.col("row_state") != "Deleted")
    return found.select("person_id", "legacy_id", "json_payload", "current_hash").sort("person_id")
