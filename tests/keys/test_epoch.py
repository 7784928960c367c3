import base64
import hashlib
import hmac
import json
import os
import stat
from pathlib import Path

import numpy as np
import pytest

from scrambler.errors import EpochError, UsageError
from scrambler.files.locks import held
from scrambler.keys import epoch as epochs
from scrambler.keys.epoch import FORMAT, Allocation, Epoch
from scrambler.keys.formats import Forms
from tests.links import linked

KEY = bytes(range(32))
# Windows keeps rights in access lists, which mode bits do not show.
RIGHTS_SHOWN = os.name == "posix"


def _hkdf(key: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 as it is written there."""
    pseudorandom = hmac.new(salt, key, hashlib.sha256).digest()
    made, block = b"", b""
    for number in range(1, -(-length // 32) + 1):
        block = hmac.new(pseudorandom, block + info + bytes([number]), hashlib.sha256).digest()
        made += block
    return made[:length]


def test_the_reference_is_rfc_5869() -> None:
    # Test case 1 of the RFC.
    made = _hkdf(bytes([0x0B]) * 22, bytes(range(13)), bytes(range(0xF0, 0xFA)), 42)
    assert made.hex() == (
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )


@pytest.mark.parametrize("purpose", ["offset", "identifier:person", "draw:ssd_person.pers_sex", ""])
def test_subkeys_are_hkdf_of_key_format_and_purpose(purpose: str) -> None:
    info = f"{FORMAT}:{purpose}".encode()
    assert Epoch(KEY).subkey(purpose) == _hkdf(KEY, b"ssd-scrambler", info, 32).hex()
    assert Epoch(KEY).number(purpose) == int(Epoch(KEY).subkey(purpose)[:16], 16)


def test_subkeys_differ_by_purpose_and_key() -> None:
    purposes = [f"identifier:{n}" for n in range(100)]
    keys = {Epoch(key).subkey(p) for key in (KEY, KEY[::-1]) for p in purposes}
    assert len(keys) == 200


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(EpochError, match=f"this one has {length}"):
        Epoch(bytes(length))


def test_new_epochs_differ_and_show_no_key() -> None:
    first, second = Epoch.new(), Epoch.new()
    assert first.fingerprint != second.fingerprint
    assert repr(Epoch(KEY)) == f"Epoch({Epoch(KEY).fingerprint})"
    assert KEY.hex()[:8] not in repr(Epoch(KEY))


def _held() -> dict[str, Allocation]:
    return {"upn/upn": Allocation(np.array([3, 9], np.uint64), np.array([5, 2], np.int64), 7)}


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "epoch"
    Epoch(KEY, _held()).save(path)
    loaded = Epoch.load(path)
    assert loaded.fingerprint == Epoch(KEY).fingerprint
    one = loaded.allocations["upn/upn"]
    assert (one.digests.tolist(), one.slots.tolist(), one.used) == ([3, 9], [5, 2], 7)
    assert [found.name for found in tmp_path.iterdir()] == ["epoch"]


def test_saving_again_replaces_the_file(tmp_path: Path) -> None:
    path = tmp_path / "epoch"
    made = epochs.create(path)
    made.allocations.update(_held())
    made.save(path)
    assert Epoch.load(path).allocations.keys() == {"upn/upn"}


def test_the_file_is_its_owners_only(tmp_path: Path) -> None:
    path = tmp_path / "epoch"
    before = os.umask(0)
    try:
        epochs.create(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 or not RIGHTS_SHOWN


def test_a_file_that_others_can_read_is_refused_but_can_be_closed(tmp_path: Path) -> None:
    path = tmp_path / "epoch"
    epochs.create(path)
    path.chmod(0o644)
    if RIGHTS_SHOWN:
        with pytest.raises(EpochError, match="read by other users"):
            Epoch.load(path)
    epochs.close(path)
    assert not path.exists()


def test_an_epoch_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "epoch"
    first = epochs.create(path)
    with pytest.raises(EpochError, match="exists already"):
        epochs.create(path)
    assert Epoch.load(path).fingerprint == first.fingerprint


def test_closing_writes_over_the_key(tmp_path: Path) -> None:
    path, other = tmp_path / "epoch", tmp_path / "same file"
    epochs.create(path)
    key = json.loads(path.read_text())["key"]
    os.link(path, other)
    epochs.close(path)
    assert not path.exists()
    assert key.encode() not in other.read_bytes()


def test_what_a_run_that_died_left_is_closed_too(tmp_path: Path) -> None:
    """A copy that it was saving, and one that it was closing: by whatever step it died."""
    path, copy, other = tmp_path / "epoch", tmp_path / "epoch.new", tmp_path / "same file"
    for there in (True, False):
        key = epochs.create(path).key.hex()
        copy.write_bytes(path.read_bytes())
        os.link(copy, other)
        if not there:
            path.unlink()
        epochs.close(path)
        assert key.encode() not in other.read_bytes()
        assert list(tmp_path.iterdir()) == [other]
        other.unlink()


def test_a_file_of_somebody_s_own_beside_an_epoch_is_left(tmp_path: Path) -> None:
    path, own = tmp_path / "epoch", tmp_path / "epoch.new"
    epochs.create(path)
    own.write_text("years of work")
    epochs.close(path)
    with pytest.raises(EpochError, match="no epoch file"):
        epochs.close(path)
    assert own.read_text() == "years of work"
    assert not path.exists()


def test_what_is_no_epoch_is_not_closed(tmp_path: Path) -> None:
    path = tmp_path / "thesis.txt"
    path.write_text("years of work")
    path.chmod(0o600)
    with pytest.raises(EpochError, match="damaged"):
        epochs.close(path)
    assert path.read_text() == "years of work"


def _document() -> dict[str, object]:
    packed = {
        "digests": base64.b64encode(np.array([3, 9], np.uint64).tobytes()).decode(),
        "slots": base64.b64encode(np.array([5, 2], np.int64).tobytes()).decode(),
        "used": 7,
    }
    return {"format": FORMAT, "key": KEY.hex(), "allocations": {"upn/upn": packed}}


def _saved(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path


DAMAGE = {
    "no JSON": "{",
    "a list": "[1]",
    "no key": json.dumps({**_document(), "key": None}),
    "key of letters": json.dumps({**_document(), "key": "secret" * 10}),
    "allocations cut": json.dumps({**_document(), "allocations": {"upn/upn": {"used": 1}}}),
    "slots cut": json.dumps(
        {
            **_document(),
            "allocations": {
                "upn/upn": {"digests": "AAAAAAAAAAA=", "slots": "", "used": 1},
            },
        }
    ),
    "slot in use": json.dumps(
        {
            **_document(),
            "allocations": {"u": {**_document()["allocations"]["upn/upn"], "used": 5}},  # type: ignore[index]
        }
    ),
}


@pytest.mark.parametrize("text", DAMAGE.values(), ids=DAMAGE)
def test_damage_is_told_and_nothing_quoted(tmp_path: Path, text: str) -> None:
    with pytest.raises(EpochError, match="damaged") as caught:
        Epoch.load(_saved(tmp_path / "epoch", text))
    assert caught.value.__cause__ is None
    assert KEY.hex()[:12] not in str(caught.value)


def test_a_short_key_in_a_file_is_refused(tmp_path: Path) -> None:
    text = json.dumps({**_document(), "key": "00" * 16})
    with pytest.raises(EpochError, match="this one has 16"):
        Epoch.load(_saved(tmp_path / "epoch", text))


def test_another_format_is_told(tmp_path: Path) -> None:
    text = json.dumps({**_document(), "format": FORMAT + 1})
    with pytest.raises(EpochError, match="another format"):
        Epoch.load(_saved(tmp_path / "epoch", text))


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(EpochError, match="scrambler epoch new"):
        Epoch.load(tmp_path / "epoch")


def test_a_write_that_fails_leaves_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EpochError, match="No space left"):
        Epoch(KEY).save(tmp_path / "epoch")
    assert list(tmp_path.iterdir()) == []


def test_two_runs_never_have_one_epoch(tmp_path: Path) -> None:
    path, link = tmp_path / "epoch", tmp_path / "link"
    epochs.create(path)
    names = [path, link] if linked(link, path) else [path]
    with epochs.opened(path) as held:
        for name in names:
            with pytest.raises(EpochError, match="Another run"), epochs.opened(name):
                pass
            with pytest.raises(EpochError, match="Another run"):
                epochs.close(name)
        held.allocations.update(_held())
        held.save(path)
    with epochs.opened(names[-1]) as held:
        assert held.allocations.keys() == {"upn/upn"}
    assert {found.name for found in tmp_path.iterdir()} == {name.name for name in names}


def test_an_error_within_is_not_of_the_lock(tmp_path: Path) -> None:
    epochs.create(tmp_path / "epoch")
    with pytest.raises(FileNotFoundError, match="elsewhere"), epochs.opened(tmp_path / "epoch"):
        raise FileNotFoundError("elsewhere")
    with pytest.raises(EpochError, match="no epoch file"), epochs.opened(tmp_path / "none"):
        pass
    assert [found.name for found in tmp_path.iterdir()] == ["epoch"]


def test_a_link_stays_a_link_and_the_key_has_one_place(tmp_path: Path) -> None:
    path, link = tmp_path / "epoch", tmp_path / "link"
    made = epochs.create(path)
    if linked(link, path):
        made.save(link)
        assert link.is_symlink()
        assert path.is_file()
    epochs.close(link if link.exists() else path)
    assert list(tmp_path.iterdir()) == []


def test_a_location_of_a_database_is_no_epoch_file(tmp_path: Path) -> None:
    location = Path("postgresql://ann:hunter-2@host/db")
    for use in (epochs.create, epochs.close, Epoch.load):
        with pytest.raises(UsageError) as caught:
            use(location)
        assert "hunter" not in str(caught.value)


def test_the_forms_of_pseudonyms_come_back_and_older_files_have_none(tmp_path: Path) -> None:
    path = tmp_path / "epoch"
    made = epochs.create(path)
    assert Epoch.load(path).forms is None
    made.forms = Forms({"person": 20, "legacy": 24}, frozenset({"person"}))
    made.save(path)
    assert Epoch.load(path).forms == made.forms


def test_an_epoch_that_another_is_creating_is_left_to_it(tmp_path: Path) -> None:
    path = tmp_path / "epoch"
    busy = EpochError("not asked for twice")
    with held(path.with_name("epoch.lock"), busy), pytest.raises(EpochError, match="Another run"):
        epochs.create(path)
    assert not path.exists()


def test_no_folder_is_made_for_an_epoch(tmp_path: Path) -> None:
    with pytest.raises(EpochError, match="There is no folder"):
        epochs.create(tmp_path / "mistyped" / "epoch")
    assert [*tmp_path.iterdir()] == []
