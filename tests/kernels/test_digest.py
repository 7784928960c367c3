import hashlib
import hmac

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels import digest
from kernels.digest import Digest, agrees, fastest, plugin, reference, secret_token

KEY = "00" * 32
BOTH = pytest.mark.parametrize("digests", [reference, plugin])

# RFC 4231, the cases whose key and data are text: 1, 2, and 6 and 7 by their ASCII data.
RFC_4231 = [
    ("\x0b" * 20, "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (
        "Jefe",
        "what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
]


@BOTH
@pytest.mark.parametrize(("key", "data", "expected"), RFC_4231)
def test_rfc_4231(digests: Digest, key: str, data: str, expected: str) -> None:
    assert digests(pl.Series([data]), key).to_list() == [expected]


@BOTH
@given(
    texts=st.lists(st.none() | st.text(max_size=200), max_size=20),
    key=st.text("0123456789abcdef", min_size=64, max_size=64),
)
def test_digests_are_those_of_hashlib(digests: Digest, texts: list[str | None], key: str) -> None:
    expected = [
        None if text is None else hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
        for text in texts
    ]
    assert digests(pl.Series(texts, dtype=pl.String), key).to_list() == expected


def test_the_plugin_is_used_where_it_agrees() -> None:
    assert agrees(plugin)
    assert fastest() is plugin


def _absent(texts: pl.Series, key: str) -> pl.Series:
    raise ImportError


def _panics(texts: pl.Series, key: str) -> pl.Series:
    raise ValueError


def _wrong(texts: pl.Series, key: str) -> pl.Series:
    return reference(texts.str.strip_chars(), key)


def _loses_nulls(texts: pl.Series, key: str) -> pl.Series:
    return reference(texts.fill_null(""), key)


@pytest.mark.parametrize("candidate", [_absent, _panics, _wrong, _loses_nulls])
def test_what_is_absent_or_differs_is_not_used(
    candidate: Digest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digest, "plugin", candidate)
    assert not agrees(candidate)
    assert fastest.__wrapped__() is reference


def test_the_secret_lane_is_the_end_that_no_pseudonym_shows() -> None:
    digests = reference(pl.Series(["a", None, "b"]), KEY)
    tokens = secret_token(digests)
    assert tokens.dtype == np.uint64
    assert tokens.tolist() == [int(digests[0][48:], 16), 0, int(digests[2][48:], 16)]
