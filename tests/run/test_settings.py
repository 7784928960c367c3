"""What may be asked of a run, and what makes no sense."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from scrambler.batch.dates import DateShift
from scrambler.errors import UsageError
from scrambler.run.settings import Asked, Settings

EPOCH = Path("epoch")


def test_a_caller_may_ask_for_every_setting() -> None:
    assert {*Asked.__annotations__} == {one.name for one in fields(Settings) if one.init}


def test_dates_move_as_asked_or_as_usual() -> None:
    assert Settings().dates == DateShift()
    assert Settings(shift=DateShift(7, 7, "intervals")).dates == DateShift(7, 7, "intervals")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"batch_rows": 0}, "counted from 1"),
        ({"children": 0}, "counted from 1"),
        ({"delta": True}, "--epoch"),
        ({"delta": True, "epoch": EPOCH, "children": 3}, "--children"),
        ({"delta": True, "epoch": EPOCH, "replace": True}, "choose one"),
    ],
)
def test_what_makes_no_sense_is_refused(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Settings(**asked)
