from __future__ import annotations

import pytest

from scrambler.errors import UsageError
from scrambler.offsets import MOST, checked


@pytest.mark.parametrize("offsets", [(1, 1), (14, 90), (1, MOST), (MOST, MOST)])
def test_days_back_pass(offsets: tuple[int, int]) -> None:
    assert checked(offsets) == offsets


@pytest.mark.parametrize("offsets", [(0, 5), (20, 10), (-5, 5), (1, MOST + 1)])
def test_others_are_wrong_usage(offsets: tuple[int, int]) -> None:
    with pytest.raises(UsageError, match="days back") as caught:
        checked(offsets)
    assert caught.value.exit_code == 2
