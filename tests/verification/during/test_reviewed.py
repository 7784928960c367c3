"""Facts are what was reviewed: a slip in them hides from both sides of a comparison."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from scrambler.errors import VerificationError
from scrambler.ssd import Spec, ssd
from scrambler.verification.during import reviewed


def test_the_record_is_of_the_facts_as_they_are(tmp_path: Path) -> None:
    """Where this fails after a change to the facts that is meant: ``reviewed.record()``."""
    reviewed.record(tmp_path / "anew.csv")
    held = Path(reviewed.__file__).with_name("reviewed.csv").read_text("utf-8")
    assert (tmp_path / "anew.csv").read_text("utf-8") == held
    reviewed.refuse_unreviewed(ssd())


def _codes(spec: Spec) -> Spec:
    sex = replace(spec.code_lists["sex"], codes=("F", "M"), labels=("Female", "Male"))
    return replace(spec, code_lists={**spec.code_lists, "sex": sex})


def _labels(spec: Spec) -> Spec:
    sex = spec.code_lists["sex"]
    other = replace(sex, labels=(*sex.labels[:-1], "Else"))
    return replace(spec, code_lists={**spec.code_lists, "sex": other})


def _lists(spec: Spec) -> Spec:
    return replace(spec, code_lists={n: v for n, v in spec.code_lists.items() if n != "sex"})


def _flags(spec: Spec) -> Spec:
    keys = spec.outcomes["cont_contact_outcome_json"]
    other = replace(keys, flags=keys.flags[1:])
    return replace(spec, outcomes={**spec.outcomes, "cont_contact_outcome_json": other})


def _missing(spec: Spec) -> Spec:
    days = (*spec.missing.dates, date(2012, 1, 1))
    return replace(spec, missing=replace(spec.missing, dates=days))


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        (_codes, "code list sex has 2 entries that are not the 3 last"),
        (_labels, "code list sex has 3 entries"),
        (_lists, "code list sex has 0 entries"),
        (_flags, "flags cont_contact_outcome_json"),
        (_missing, "missing dates"),
    ],
)
def test_other_facts_are_refused_by_name(change: Callable[[Spec], Spec], fact: str) -> None:
    with pytest.raises(VerificationError, match=fact):
        reviewed.refuse_unreviewed(change(ssd()))
