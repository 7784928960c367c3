import hashlib
import hmac

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.digest import digest, secret_token

KEY = "00" * 32

# RFC 4231, the cases whose key and data are text: 1, 2, and 6 and 7 by their ASCII data.
RFC_4231 = [
    ("\x0b" * 20, "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (
        "Jefe",
        "what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
]


@pytest.mark.parametrize(("key", "data", "expected"), RFC_4231)
def test_rfc_4231(key: str, data: str, expected: str) -> None:
    assert digest(pl.Series([data]), key).to_list() == [expected]


@given(
    texts=st.lists(st.none() | st.text(max_size=200), max_size=20),
    key=st.text("0123456789abcdef", min_size=64, max_size=64),
)
def test_digests_are_those_of_hashlib(texts: list[str | None], key: str) -> None:
    expected = [
        None if text is None else hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
        for text in texts
    ]
    assert digest(pl.Series(texts, dtype=pl.String), key).to_list() == expected


def test_the_secret_token_is_the_end_that_no_pseudonym_shows() -> None:
    digests = digest(pl.Series(["a", None, "b"]), KEY)
    tokens = secret_token(digests)
    assert tokens.dtype == np.uint64
    assert tokens.tolist() == [int(digests[0][48:], 16), 0, int(digests[2][48:], 16)]
