import json
import os
import stat
from pathlib import Path

import numpy as np
import pytest

from scrambler.errors import EpochError, UsageError
from scrambler.files.locks import held
from scrambler.keys import epoch_file
from scrambler.keys.epoch import Allocation, Epoch
from tests.links import linked

# Windows keeps rights in access lists, which mode bits do not show.
RIGHTS_SHOWN = os.name == "posix"


def test_the_file_is_its_owners_only(tmp_path: Path) -> None:
    path = tmp_path / "epoch"
    before = os.umask(0)
    try:
        epoch_file.create(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 or not RIGHTS_SHOWN


def test_a_file_that_others_can_read_is_refused_but_can_be_closed(tmp_path: Path) -> None:
    path = tmp_path / "epoch"
    epoch_file.create(path)
    path.chmod(0o644)
    if RIGHTS_SHOWN:
        with pytest.raises(EpochError, match="read by other users"):
            Epoch.load(path)
    epoch_file.close(path)
    assert not path.exists()


def test_an_epoch_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "epoch"
    first = epoch_file.create(path)
    with pytest.raises(EpochError, match="exists already"):
        epoch_file.create(path)
    assert Epoch.load(path).fingerprint == first.fingerprint


def test_closing_writes_over_the_key(tmp_path: Path) -> None:
    path, other = tmp_path / "epoch", tmp_path / "same file"
    epoch_file.create(path)
    key = json.loads(path.read_text())["key"]
    os.link(path, other)
    epoch_file.close(path)
    assert not path.exists()
    assert key.encode() not in other.read_bytes()


def test_what_a_run_that_died_left_is_closed_too(tmp_path: Path) -> None:
    """A copy that it was saving, and one that it was closing: by whatever step it died."""
    path, copy, other = tmp_path / "epoch", tmp_path / "epoch.new", tmp_path / "same file"
    for there in (True, False):
        key = epoch_file.create(path).key.hex()
        copy.write_bytes(path.read_bytes())
        os.link(copy, other)
        if not there:
            path.unlink()
        epoch_file.close(path)
        assert key.encode() not in other.read_bytes()
        assert list(tmp_path.iterdir()) == [other]
        other.unlink()


def test_a_file_of_somebody_s_own_beside_an_epoch_is_left(tmp_path: Path) -> None:
    path, own = tmp_path / "epoch", tmp_path / "epoch.new"
    epoch_file.create(path)
    own.write_text("years of work")
    epoch_file.close(path)
    with pytest.raises(EpochError, match="no epoch file"):
        epoch_file.close(path)
    assert own.read_text() == "years of work"
    assert not path.exists()


def test_what_is_no_epoch_is_not_closed(tmp_path: Path) -> None:
    path = tmp_path / "thesis.txt"
    path.write_text("years of work")
    path.chmod(0o600)
    with pytest.raises(EpochError, match="damaged"):
        epoch_file.close(path)
    assert path.read_text() == "years of work"


def test_two_runs_never_have_one_epoch(tmp_path: Path) -> None:
    path, link = tmp_path / "epoch", tmp_path / "link"
    epoch_file.create(path)
    names = [path, link] if linked(link, path) else [path]
    with epoch_file.opened(path) as held:
        for name in names:
            with pytest.raises(EpochError, match="Another run"), epoch_file.opened(name):
                pass
            with pytest.raises(EpochError, match="Another run"):
                epoch_file.close(name)
        held.allocations.update(
            {"upn/upn": Allocation(np.array([3, 9], np.uint64), np.array([5, 2], np.int64), 7)}
        )
        held.save(path)
    with epoch_file.opened(names[-1]) as held:
        assert held.allocations.keys() == {"upn/upn"}
    assert {found.name for found in tmp_path.iterdir()} == {name.name for name in names}


def test_an_error_within_is_not_of_the_lock(tmp_path: Path) -> None:
    epoch_file.create(tmp_path / "epoch")
    with pytest.raises(FileNotFoundError, match="elsewhere"), epoch_file.opened(tmp_path / "epoch"):
        raise FileNotFoundError("elsewhere")
    with pytest.raises(EpochError, match="no epoch file"), epoch_file.opened(tmp_path / "none"):
        pass
    assert [found.name for found in tmp_path.iterdir()] == ["epoch"]


def test_a_link_stays_a_link_and_the_key_has_one_place(tmp_path: Path) -> None:
    path, link = tmp_path / "epoch", tmp_path / "link"
    made = epoch_file.create(path)
    if linked(link, path):
        made.save(link)
        assert link.is_symlink()
        assert path.is_file()
    epoch_file.close(link if link.exists() else path)
    assert list(tmp_path.iterdir()) == []


def test_a_location_of_a_database_is_no_epoch_file(tmp_path: Path) -> None:
    location = Path("postgresql://ann:hunter-2@host/db")
    for use in (epoch_file.create, epoch_file.close, Epoch.load):
        with pytest.raises(UsageError) as caught:
            use(location)
        assert "hunter" not in str(caught.value)


def test_an_epoch_that_another_is_creating_is_left_to_it(tmp_path: Path) -> None:
    path = tmp_path / "epoch"
    busy = EpochError("not asked for twice")
    with held(path.with_name("epoch.lock"), busy), pytest.raises(EpochError, match="Another run"):
        epoch_file.create(path)
    assert not path.exists()


def test_no_folder_is_made_for_an_epoch(tmp_path: Path) -> None:
    with pytest.raises(EpochError, match="There is no folder"):
        epoch_file.create(tmp_path / "mistyped" / "epoch")
    assert [*tmp_path.iterdir()] == []
