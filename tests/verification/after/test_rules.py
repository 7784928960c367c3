"""Rules counted a batch at a time, on narrow rows, against rules counted on whole tables."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest

from scrambler.ssd.rules import RULES
from scrambler.verification.after.rule_counts import HARD, RuleCounts
from scrambler.verification.after.rules_evaluated import evaluate
from tests.conftest import Scrambled
from tests.outputs import tables_of

Tables = dict[str, pl.DataFrame]


def counted(tables: Tables, rows: int = 1_000, seed: int = 7) -> RuleCounts:
    counts = RuleCounts(tables, seed)
    for name, frame in tables.items():
        for batch in frame.iter_slices(rows):
            counts.add(name, batch)
        counts.close(name)
    return counts


@pytest.fixture(scope="module")
def whole(dirty: Scrambled) -> Tables:
    return {path.stem: pl.read_parquet(path) for path in sorted(dirty.source.glob("*.parquet"))}


def test_batches_and_hashes_count_what_whole_tables_do(whole: Tables, dirty: Scrambled) -> None:
    for tables in (whole, tables_of(dirty.out)):
        lazy = {name: frame.lazy() for name, frame in tables.items()}
        wanted = {rule.id: rule.violations(lazy) for rule in HARD if rule.violations}
        assert counted(tables, 97).broken() == wanted
        backwards = dict(reversed(tables.items()))
        assert counted(backwards, 10_000, seed=8).broken() == wanted
    assert sum(count or 0 for count in wanted.values()) > 0


def test_a_rule_for_want_of_a_table_is_none(whole: Tables) -> None:
    broken = counted({"ssd_cin_assessments": whole["ssd_cin_assessments"]}).broken()
    assert broken["C048"] is None
    assert broken["C047"] == 0


def reversals(kinds: list[str]) -> Tables:
    """Adoption orders that were reversed, which C092 does not have."""
    return {
        "ssd_permanence": pl.DataFrame(
            {
                "perm_decision_reversed_date": ["2020-01-01"] * len(kinds),
                "perm_decision_reversed_reason": ["RD1"] * len(kinds),
                "perm_permanence_order_date": ["2020-01-01"] * len(kinds),
                "perm_permanence_order_type": kinds,
            },
            schema_overrides={"perm_permanence_order_type": pl.String},
        ).with_columns(pl.col("^.*_date$").str.to_datetime("%Y-%m-%d", time_unit="us"))
    }


@pytest.mark.parametrize(("unknown", "failures"), [(0, 1), (2, 1), (3, 0)])
def test_a_source_that_keeps_a_rule_by_chance_is_no_measure(unknown: int, failures: int) -> None:
    # In the source the kind of the order is no code of the list in so many rows: C092 cannot be
    # broken there. In the output three rows hold a code, and are broken.
    source = counted(reversals(["k4n4ry"] * unknown + [None] * (5 - unknown)))
    output = counted(reversals(["Adoption"] * 3 + [None] * 2))
    assert (source.broken()["C092"], output.broken()["C092"]) == (0, 3)
    check, notes = evaluate(source, output, "intervals")
    assert check.failures == failures
    assert any("C092 is broken by 3 rows" in note for note in notes) == bool(failures)


def test_every_hard_rule_with_a_check_is_counted() -> None:
    assert {rule.id for rule in HARD} == {r.id for r in RULES if r.hard and r.violations}


def referred(children: list[str | None], days: list[int]) -> Tables:
    """Assessments, by child and days after the referral; every referral is one of child a."""
    count = len(children)
    ids = [f"r{n}" for n in range(count)]
    day = pl.Series([datetime(2020, 1, 1)] * count, dtype=pl.Datetime("us"))
    return {
        "ssd_cin_episodes": pl.DataFrame(
            {"cine_referral_id": ids, "cine_person_id": ["a"] * count, "cine_referral_date": day}
        ),
        "ssd_cin_assessments": pl.DataFrame(
            {
                "cina_referral_id": ids,
                "cina_person_id": pl.Series(children, dtype=pl.String),
                "cina_assessment_start_date": day + pl.Series([timedelta(n) for n in days]),
            }
        ),
    }


@pytest.mark.parametrize(
    ("children", "failures"), [(["a", "a", "a"], 1), (["a", "a", "b"], 0), (["a", None, "a"], 0)]
)
def test_rows_of_two_children_move_apart(children: list[str | None], failures: int) -> None:
    source = counted(referred(children, [5, 6, 7]))
    output = counted(referred(children, [5, 6, -1]))
    assert (source.broken()["C048"], output.broken()["C048"]) == (0, 1)
    check, notes = evaluate(source, output, "intervals")
    assert any("C048" in note for note in notes) == bool(failures)
    assert check.failures >= failures
