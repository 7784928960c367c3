import base64
import hashlib
import hmac
import json
import os
from pathlib import Path

import numpy as np
import pytest

from scrambler.errors import EpochError
from scrambler.keys import epoch_file
from scrambler.keys.epoch import FORMAT, Allocation, Epoch
from scrambler.keys.formats import Forms

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
    made = epoch_file.create(path)
    made.allocations.update(_held())
    made.save(path)
    assert Epoch.load(path).allocations.keys() == {"upn/upn"}


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


def test_the_forms_of_pseudonyms_come_back_and_older_files_have_none(tmp_path: Path) -> None:
    path = tmp_path / "epoch"
    made = epoch_file.create(path)
    assert Epoch.load(path).forms is None
    made.forms = Forms({"person": 20, "legacy": 24}, frozenset({"person"}))
    made.save(path)
    assert Epoch.load(path).forms == made.forms
