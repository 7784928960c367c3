"""What rooms know of treatments is one table, and agrees with the treatments themselves."""

import ast
from pathlib import Path

import pytest

from scrambler.policy import Traits, traits_of
from scrambler.policy.traits import TRAITS
from scrambler.ssd import ssd
from scrambler.treatments import TREATMENTS

PACKAGE = Path(__file__).resolve().parents[2] / "scrambler"


def test_every_name_is_a_treatment() -> None:
    assert set(TRAITS) <= set(TREATMENTS)
    assert traits_of("no such treatment") == Traits()


def test_traits_agree_with_what_a_treatment_takes_and_does() -> None:
    for name, treatment in TREATMENTS.items():
        traits = traits_of(name)
        assert traits.is_omitted is (treatment.scramble is None)
        assert not traits.domain or traits.domain in ssd().domains
        assert traits.has_list is ("list" in treatment.required), name
        assert (traits.draws == "number") is ({"low", "high"} <= treatment.required), name


NAMED = ("treatment", "['treatment']", "treatment.name")
OWN = {"treatments", "during"}  # verification during the run has a list of its own


def _literals(path: Path) -> list[str]:
    """Comparisons of something called treatment, or with a treatment's name, in one module."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Compare):
            sides = [ast.unparse(side) for side in (node.left, *node.comparators)]
            named = any(side.endswith(NAMED) for side in sides)
            if named and any("'" in side and not side.endswith(NAMED) for side in sides):
                found.append(f"{path.name}:{node.lineno}: {ast.unparse(node)}")
    return found


@pytest.mark.parametrize("room", sorted(p.name for p in PACKAGE.iterdir() if p.is_dir()))
def test_no_room_compares_a_treatment_with_a_name(room: str) -> None:
    modules = [path for path in (PACKAGE / room).rglob("*.py") if not OWN & set(path.parts[:-1])]
    assert [line for path in modules for line in _literals(path)] == []
