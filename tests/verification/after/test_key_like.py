"""What could be a key in a manifest, and what is none."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scrambler.verification.after.key_like import key_like, no_key_in
from tests.conftest import Scrambled
from tests.outputs import manifest_of

HASH = hashlib.sha256(b"").hexdigest()


@pytest.mark.parametrize("kind", ["clean", "dirty"])
def test_a_manifest_of_a_run_holds_none(kind: str, request: pytest.FixtureRequest) -> None:
    made: Scrambled = request.getfixturevalue(kind)
    check = no_key_in(manifest_of(made.out))
    assert check.passed
    assert check.examined > 1_000


@given(key=st.binary(min_size=32, max_size=32))
def test_hexadecimal_and_numbers(key: bytes) -> None:
    for form in (key.hex(), key.hex().upper(), key.hex()[::-1], f"epoch {key.hex()}", [*key]):
        assert no_key_in({"tables": {"a": [{"reason": form}]}}).failures == 1
    assume(key[0] > 0)
    assert key_like("rows", int.from_bytes(key))


def test_base64_of_most_keys_and_of_halves() -> None:
    keys = [hashlib.sha256(bytes([n])).digest() for n in range(250)]
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        assert sum(key_like("", encode(key).decode()) for key in keys) >= 248
    assert all(key_like("", key[:16].hex()) for key in keys)


def test_hashes_have_places_of_their_own() -> None:
    assert no_key_in({"policy": HASH, "files": [{"sha256": HASH}]}).passed
    assert no_key_in({"epoch": HASH}).failures == 1
    assert no_key_in({HASH: 1}).failures == 1
    assert no_key_in({"sha256": HASH + "0"}).failures == 1
    assert no_key_in({"sha256": HASH[:40]}).failures == 1


@pytest.mark.parametrize(
    "value",
    ["4bb4d8c008d927b5", "ssd_cla_previous_permanence", "tables/ssd_person/part-00000.parquet",
     "NVARCHAR(48)", "structure: the version of the SSD itself", 2**63 - 1, True, None, 0.5,
     [14, 90]],
)  # fmt: skip
def test_what_is_none(value: object) -> None:
    assert not key_like("", value)
