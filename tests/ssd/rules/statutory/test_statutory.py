"""The list of statutory rules as a whole: all of them, described, and each check seen to work."""

from datetime import date

import polars as pl
import pytest

from scrambler.ssd import ssd
from scrambler.ssd.read_facts import facts
from scrambler.ssd.rules import RULES
from scrambler.ssd.rules.statutory import STATUTORY, children_with_errors, evaluate

from . import test_care, test_child, test_in_care, test_need, test_placement
from .dataset import BASE, YEAR_END, change, found, frames

CHECKED = [rule for rule in STATUTORY if rule.record]
CIN_CASES = (*test_need.CASES, *test_child.CASES)
CARE_CASES = (*test_child.CARE_CASES, *test_care.CASES, *test_placement.CASES, *test_in_care.CASES)


def test_every_rule_of_the_facts_comes_once_in_order() -> None:
    assert [(rule.id, rule.census, rule.code) for rule in STATUTORY] == [
        (row["rule_id"], row["census"], row["code"]) for row in facts("statutory_rules")
    ]


def test_facts_name_columns_and_rules_that_there_are() -> None:
    known = {rule.id for rule in RULES}
    for rule in STATUTORY:
        assert set(rule.consistency) <= known
        for table, names in rule.about.items():
            assert names <= ssd().tables[table].columns.keys()


def test_a_check_looks_at_all_that_its_rule_is_about() -> None:
    for rule in CHECKED:
        assert rule.record
        read = {spec.name for specs in rule.record.reads().values() for spec in specs}
        assert {name for names in rule.about.values() for name in names} <= read, rule.code


def test_a_rule_that_is_not_kept_or_not_checked_says_why() -> None:
    assert [r.code for r in STATUTORY if not r.why and not (r.kept and r.record)] == []
    assert [r.code for r in STATUTORY if r.why and not r.why.endswith(".")] == []


def test_every_check_has_a_case_that_breaks_it() -> None:
    cases = {("CIN", case.code) for case in CIN_CASES}
    cases |= {("SSDA903", case.code) for case in CARE_CASES}
    assert cases == {(rule.census, rule.code) for rule in CHECKED}


def test_the_dataset_of_the_cases_breaks_nothing() -> None:
    assert set(found(BASE).failures.values()) == {0}
    assert len(found(BASE).failures) == len(CHECKED)


def test_children_count_once_however_many_errors_they_have() -> None:
    case = change("8831", "cin_episodes", 1, cine_referral_nfa="Y")
    assert children_with_errors(frames(case.dataset()), STATUTORY) == 1
    queries = [rule for rule in STATUTORY if not rule.error]
    assert children_with_errors(frames(case.dataset()), queries) == 0


def test_without_a_day_nothing_is_said_of_the_year() -> None:
    told = evaluate(frames(BASE), STATUTORY).failures
    assert {rule.id for rule in CHECKED if not rule.of_year} == told.keys()


def test_the_year_that_is_returned_ends_on_the_day_given() -> None:
    late = change("8670Q", "cin_assessments", 2, cina_assessment_start_date="2026-01-13")
    rule = next(rule for rule in STATUTORY if rule.code == "8670Q")
    for day, failures in ((YEAR_END, 1), (date(2026, 3, 1), 0)):
        assert evaluate(frames(late.dataset()), [rule], day).failures == {rule.id: failures}


@pytest.mark.parametrize("rule", CHECKED, ids=lambda rule: f"{rule.census}-{rule.code}")
def test_without_its_tables_or_columns_a_rule_is_not_asked(rule: object) -> None:
    empty = {table: pl.LazyFrame({"unknown": []}) for table in ssd().tables}
    assert evaluate({}, [rule], YEAR_END).failures == {}  # type: ignore[list-item]
    assert evaluate(empty, [rule], YEAR_END).failures == {}  # type: ignore[list-item]


def test_nothing_breaks_a_rule_in_an_empty_dataset() -> None:
    schema = {
        name: pl.LazyFrame(schema={c.name: c.dtype for c in table.columns.values()})
        for name, table in ssd().tables.items()
    }
    result = evaluate(schema, STATUTORY, YEAR_END)
    assert set(result.failures.values()) == {0}
    assert result.children_with_errors == 0
