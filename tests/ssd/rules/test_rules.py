"""The list of rules as a whole: all of them, described, and each check seen to work."""

import csv
from importlib.resources import files

import polars as pl

from scrambler.ssd import ssd
from scrambler.ssd.rules import RULES, Outcome, check

from . import (
    test_care,
    test_identity,
    test_leaving,
    test_outcomes,
    test_permanence,
    test_person,
    test_placement,
    test_protection,
    test_referral,
    test_staging,
    test_support,
    test_whole,
    test_workforce,
)
from .cases import frames

MODULES = (
    test_care,
    test_identity,
    test_leaving,
    test_outcomes,
    test_permanence,
    test_person,
    test_placement,
    test_protection,
    test_referral,
    test_staging,
    test_support,
    test_whole,
    test_workforce,
)
CHECKABLE = [rule for rule in RULES if rule.violations]


def _facts() -> dict[str, str]:
    path = files("scrambler.ssd") / "facts" / "consistency.csv"
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return {row["rule_id"]: row["rule"] for row in rows}


def test_every_rule_of_the_facts_comes_once_in_order_with_its_words() -> None:
    assert [rule.id for rule in RULES] == [f"C{number:03}" for number in range(1, 141)]
    assert {rule.id: rule.description for rule in RULES} == _facts()


def test_a_rule_that_is_not_kept_or_not_checked_says_why() -> None:
    assert [rule.id for rule in RULES if not rule.why and not (rule.kept and rule.violations)] == []
    assert [rule.id for rule in RULES if rule.why and not rule.why.endswith(".")] == []


def test_tables_are_those_the_check_reads() -> None:
    by_id = {rule.id: rule for rule in RULES}
    assert by_id["C034"].tables == ("ssd_cin_episodes",)
    assert by_id["C048"].tables == ("ssd_cin_assessments", "ssd_cin_episodes")
    assert by_id["C014"].tables == ()
    assert all(set(rule.tables) <= ssd().tables.keys() for rule in RULES)


def test_every_check_has_a_case_it_passes_and_a_case_it_fails() -> None:
    assert {case.rule for module in MODULES for case in module.CASES} == {
        rule.id for rule in CHECKABLE
    }


def test_without_its_tables_or_columns_a_check_cannot_tell() -> None:
    empty = {table: pl.LazyFrame({"unknown": []}) for table in ssd().tables}
    for frames_without in ({}, empty):
        assert check(frames_without) == [Outcome(rule, None) for rule in CHECKABLE]


def test_nothing_breaks_a_rule_in_an_empty_dataset() -> None:
    schema = {
        name: pl.LazyFrame(schema={c.name: c.dtype for c in table.columns.values()})
        for name, table in ssd().tables.items()
    }
    assert check(schema) == [Outcome(rule, 0) for rule in CHECKABLE]


def test_nulls_and_placeholders_break_nothing_but_a_key() -> None:
    blanks = [None, "", "  ", "SSD_PH", "-1"]
    rows = {
        name: pl.LazyFrame(
            [
                pl.Series(
                    column.name,
                    blanks if column.dtype == pl.String else [None] * len(blanks),
                    dtype=column.dtype,
                )
                for column in table.columns.values()
            ]
        )
        for name, table in ssd().tables.items()
    }
    broken = {outcome.rule.id for outcome in check(rows) if outcome.violations}
    assert broken == {"C001", "C131"}  # a person without id, a log without current version


def test_a_check_counts_breaking_rows() -> None:
    violations = next(rule for rule in RULES if rule.id == "C034").violations
    assert violations is not None
    dates = {
        "cine_referral_date": ["2020-01-02"] * 3,
        "cine_close_date": ["2020-01-01", "2020-01-02", "2020-01-01"],
    }
    assert violations(frames(dates)) == 2
