"""What no local policy can bring about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scrambler.policy import Assignment, load_policy
from scrambler.policy.limits import LEFTOVERS, PROBES, faults
from scrambler.ssd import ssd
from scrambler.treatments import TREATMENTS

LEFT = ("api_data_staging", "api_data_staging_anon", "pre_cla_care_plan")
SHIPPED = load_policy(ssd()).assignments


def line(table: str, column: str, treatment: str, **parameters: str) -> Assignment:
    return replace(SHIPPED[table][column], treatment=treatment, parameters=parameters)


def test_the_shipped_policy_keeps_to_it() -> None:
    every = [a for columns in SHIPPED.values() for a in columns.values()]
    assert [fault for one in every for fault in faults(one)] == []


def test_leftovers_are_never_copied_whatever_a_policy_says() -> None:  # T13
    assert {f"ssd_{name}" for name in LEFT} == LEFTOVERS
    for table in LEFTOVERS:
        for column in SHIPPED[table]:
            for treatment in TREATMENTS:
                found = [*faults(line(table, column, treatment, list="yn_flag"))]
                assert bool(found) is (treatment not in ("omit", "clear")), (column, treatment)
                assert not found or "clear or omit" in found[0]


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "",
            ".*",
            ".+",
            r"\w+",
            "[A-Za-z]+",
            "[^0-9]+",
            "(?s).*",
            "[A-Z]{1,2}[0-9].*",
            "(?i)[a-z ]+",
        ),
        *("1)|(?:.*", "1|.*", r"\S+ \S+", r"[A-Z][0-9]{12}", r"[A-Z]{2}[0-9]+ ?[0-9][A-Z]{2}"),
        *(r"\pL+", "[[:alpha:]]", "Smith", r"[\s\S]+", r".{5}", r"[\w ',.-]+"),
    ],
)
def test_a_pattern_that_lets_people_through_is_refused(pattern: str) -> None:
    (fault,) = faults(line("ssd_version_log", "version_number", "keep", pattern=pattern))
    assert ("lets through" in fault) is bool(pattern)


@pytest.mark.parametrize("pattern", [r"[0-9]+(\.[0-9]+)*[a-z]?", "v[0-9]", "[0-9]{4}[-/][0-9]{2}"])
def test_a_narrow_pattern_is_fine_for_structure(pattern: str) -> None:
    assert not [*faults(line("ssd_version_log", "version_number", "keep", pattern=pattern))]


@pytest.mark.parametrize(
    "column", ["pers_forename", "pers_upn", "pers_dob", "pers_sex", "pers_person_id"]
)
def test_what_a_record_says_is_not_kept_by_a_pattern(column: str) -> None:
    (fault,) = faults(line("ssd_person", column, "keep", pattern="[0-9]"))
    assert "structure only" in fault
    # Numbers and dates are not held to a list.
    listed = [*faults(line("ssd_person", column, "keep", list="sex"))]
    assert bool(listed) is (column == "pers_dob")


def test_a_column_of_their_own_is_kept_by_a_list_only() -> None:
    own = line("ssd_person", "pers_sex", "keep", pattern="[0-9]")
    own = replace(own, column=replace(own.column, name="ours", kind="local"))
    assert [*faults(own)]


def test_probes_are_names_sentences_postcodes_and_numbers() -> None:
    assert len(set(PROBES)) == len(PROBES) > 20
