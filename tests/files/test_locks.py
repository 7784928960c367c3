from __future__ import annotations

from pathlib import Path

import pytest

from scrambler.errors import EpochError
from scrambler.files.locks import held

BUSY = EpochError("somebody has it")


def test_one_holds_it_and_nothing_is_left(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    for _ in range(2):
        with held(lock, BUSY):
            assert lock.exists()
            with pytest.raises(EpochError, match="somebody has it"), held(lock, BUSY):
                pass
            assert lock.exists(), "the second must not remove what the first holds"
        assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_no_lock(tmp_path: Path) -> None:
    (tmp_path / "lock").touch()
    with held(tmp_path / "lock", BUSY):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_somebody_s_own_is_left_alone(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.write_text("mine")
    with pytest.raises(FileExistsError), held(lock, BUSY):
        pass
    assert lock.read_text() == "mine"
