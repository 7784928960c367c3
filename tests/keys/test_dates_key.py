import base64
import json
import os
import stat
from pathlib import Path

import pytest

from scrambler.errors import EpochError
from scrambler.keys import dates_key, epoch_file
from scrambler.keys.dates_key import DatesKey
from scrambler.keys.epoch import Epoch
from scrambler.verification.during.derivation import DATES_SALT, Secrets

KEY = bytes(range(32))


def test_one_key_gives_dates_other_subkeys_than_an_epoch() -> None:
    dates, epoch = DatesKey(KEY), Epoch(KEY)
    for purpose in ("offset", "identifier:person", "fingerprint"):
        assert dates.subkey(purpose) != epoch.subkey(purpose)
        # As the check works them out, by code of its own.
        assert dates.subkey(purpose) == Secrets(KEY, 1, DATES_SALT).subkey(purpose)
    assert KEY.hex()[:8] not in repr(dates)


def test_what_is_made_is_loaded_and_its_owners_only(tmp_path: Path) -> None:
    path = tmp_path / "dates.key"
    made = dates_key.create(path)
    assert DatesKey.load(path).key == made.key
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o640)
        with pytest.raises(EpochError, match="read by other users"):
            DatesKey.load(path)
    with pytest.raises(EpochError, match="exists already"):
        dates_key.create(path)
    assert [found.name for found in tmp_path.iterdir()] == ["dates.key"]


def test_what_is_destroyed_is_overwritten_under_every_name(tmp_path: Path) -> None:
    path, other = tmp_path / "dates.key", tmp_path / "other name"
    key = dates_key.create(path).key
    os.link(path, other)
    dates_key.destroy(path)
    found = other.read_bytes()
    assert not [form for form in (key, key.hex().encode(), base64.b64encode(key)) if form in found]
    assert [found.name for found in tmp_path.iterdir()] == ["other name"]
    with pytest.raises(EpochError, match="no dates key"):
        dates_key.destroy(path)


def test_one_kind_of_key_is_not_taken_for_the_other(tmp_path: Path) -> None:
    dates, epoch = tmp_path / "dates.key", tmp_path / "epoch"
    dates_key.create(dates)
    epoch_file.create(epoch)
    with pytest.raises(EpochError, match="is no dates key"):
        DatesKey.load(epoch)
    with pytest.raises(EpochError, match="is no epoch file"):
        Epoch.load(dates)
    for wrong in (lambda: epoch_file.close(dates), lambda: dates_key.destroy(epoch)):
        with pytest.raises(EpochError):
            wrong()
    assert dates.exists()
    assert epoch.exists()


@pytest.mark.parametrize("text", ["{", "[1]", json.dumps({"kind": "dates key", "format": 1})])
def test_a_damaged_key_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "dates.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(EpochError, match="damaged"):
        DatesKey.load(path)
