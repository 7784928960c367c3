"""Records that contradict themselves: found in the source, and not multiplied in the output."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from scrambler import api
from scrambler.ssd.rules import RULES, check
from scrambler.ssd.rules.statutory import STATUTORY, evaluate
from tests.contradictions import PLANTS, Tables, planted
from tests.outputs import tables_of
from tests.synthetic.conftest import whole

KEPT = {one.id for one in (*RULES, *STATUTORY) if one.kept_by("working-days")}


def _broken(tables: Tables) -> dict[str, int]:
    frames = {name: frame.lazy() for name, frame in tables.items()}
    ours = {one.rule.id: one.violations or 0 for one in check(frames)}
    theirs = evaluate(frames, STATUTORY)
    excused = {f"{rule} excused": count for rule, count in theirs.excused.items()}
    return {**ours, **theirs.failures, **excused}


def test_thirty_contradictions_are_counted_and_not_multiplied(tmp_path: Path) -> None:
    assert len(PLANTS) == 30
    sound = whole(600, seed=4)
    source = planted(sound)
    (tmp_path / "source").mkdir()
    for name, frame in source.items():
        frame.write_parquet(tmp_path / "source" / f"{name}.parquet")
    api.run(str(tmp_path / "source"), tmp_path / "out")
    none, before, after = (_broken(x) for x in (sound, source, tables_of(tmp_path / "out")))
    assert [p.rule for p in PLANTS if none[p.rule] or not before[p.rule]] == []
    assert {rule: (n, after[rule]) for rule, n in before.items() if rule in KEPT and rule in after
            and after[rule] > n + before.get(f"{rule} excused", 0)} == {}  # fmt: skip
    result = api.verify(str(tmp_path / "source"), tmp_path / "out")
    assert result.passed, result.summary()
    assert result.errors is not None
    assert result.errors.source > result.errors.output > 0


def test_codes_no_longer_contradict_what_is_there(tmp_path: Path) -> None:
    """A source in which all codes of referrals and statuses were shuffled comes out sound."""
    tables = whole(300, seed=4)
    for table, column in (
        ("ssd_cin_episodes", "cine_referral_nfa"),
        ("ssd_legal_status", "lega_legal_status"),
        ("ssd_cla_placement", "clap_cla_placement_type"),
    ):
        shuffled = pl.col(column).shuffle(seed=7)
        kept = pl.when(pl.col(column).is_not_null()).then(shuffled.fill_null(strategy="forward"))
        tables[table] = tables[table].with_columns(kept.alias(column))
    (tmp_path / "source").mkdir()
    for name, frame in tables.items():
        frame.write_parquet(tmp_path / "source" / f"{name}.parquet")
    errors = api.run(str(tmp_path / "source"), tmp_path / "out", count_errors=True).errors
    assert errors is not None
    assert errors.source > 50
    assert errors.output == 0
