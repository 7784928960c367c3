"""Reads flat JSON objects that one program wrote: the same keys, spelled alike, in one order.

Such texts differ in their values alone, so all rows are walked together, key by key, on the bytes
of the column. A row that is spelled otherwise is not read here, whatever the reason: what is read
is what a pattern search for the first ``"key":`` would find.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

_EXAMPLES = 16
_LONGEST = 256
"""Bytes of the longest key with what stands around it, and of the beginning of its value."""

_QUOTE, _COMMA, _CLOSING = (ord(sign) for sign in '",}')
_NULL = int.from_bytes(b"null", "little")
_END = int.from_bytes(b'"}', "little")

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]
Mask = NDArray[np.bool_]


def walked(text: pl.Series, keys: Sequence[str]) -> tuple[NDArray[np.uint16], Mask]:
    """Return the first two bytes (little-endian) behind each key, and which rows were read.

    Behind a number of one digit, its second byte is the sign that ends it.

    Shapes (rows, keys) and (rows,). A row is read when it has all ``keys``, in that order and
    spelled as in one of the first rows, with values of ``"Y"``, ``"N"``, ``""``, ``null`` or a
    number of one or two digits; the last value may be any text that begins with neither a blank
    nor a sign beyond ASCII, if it closes the object. Other rows, null among them, give zeros.
    """
    heads = np.zeros((len(text), len(keys)), dtype=np.uint16)
    signs, starts, ends = _bytes(text)
    spelling = _spelling(text, keys)
    if not spelling:
        return heads, np.zeros(len(text), dtype=bool)
    place, read = starts.copy(), ends > starts
    for number, opening in enumerate(spelling):
        # A row that ran out of text is looked at where no harm is done.
        read &= place + len(opening) < ends
        place = np.where(read, place, 0)
        read &= _at(signs, place, f"S{len(opening)}") == opening
        place += len(opening)
        value = _at(signs, np.where(read, place, 0), "<u4")
        width = _width(value)
        if number == len(keys) - 1:
            width = np.where(width > 0, width, _closes(signs, value, ends))
        place += width
        # What ends a value stands in the row too.
        read &= (width > 0) & (place < ends)
        heads[:, number] = value.astype(np.uint16)
    heads[~read] = 0
    return heads, read


def _bytes(text: pl.Series) -> tuple[Bytes, Places, Places]:
    """Return all bytes of a column, and where each row begins and ends; null is empty.

    A few zeros follow, so that a value can be looked at wherever it begins.
    """
    arrow = (
        text.cast(pl.String).fill_null("").rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    )
    _, offsets, signs = arrow.buffers()
    if not len(text) or signs is None:
        return np.empty(0, np.uint8), np.zeros(len(text), np.int64), np.zeros(len(text), np.int64)
    edges = np.frombuffer(offsets, np.int64, len(text) + 1, arrow.offset * 8)
    padding = np.zeros(_LONGEST, np.uint8)
    return np.concatenate([np.frombuffer(signs, np.uint8), padding]), edges[:-1], edges[1:]


def _spelling(text: pl.Series, keys: Sequence[str]) -> list[bytes]:
    """Return what stands before each value in the first row that has all keys; nothing if none."""
    examples = text.drop_nulls().head(_EXAMPLES)
    found = re.compile(
        "".join(
            rf'({"[{]" if number == 0 else ","}\s*"(?:OUTCOME_)?{re.escape(key)}"\s*:\s*)'
            r'(?:"[^"]*"|[0-9]+|null)'
            for number, key in enumerate(keys)
        ),
        re.ASCII,
    )
    for example in examples:
        if match := found.match(example):
            spelling = [opening.encode() for opening in match.groups()]
            return spelling if max(map(len, spelling)) < _LONGEST - 4 else []
    return []


def _at(signs: Bytes, places: Places, dtype: str) -> NDArray[Any]:
    """Return the bytes at each place as one value of ``dtype``, wherever the place lies."""
    size = np.dtype(dtype).itemsize
    window = np.ndarray((len(signs) - size + 1,), dtype, signs, strides=(1,))
    return window[places]


def _width(value: NDArray[np.uint32]) -> Places:
    """Return how many bytes each value has, 0 where it is none of the usual ones."""
    one, two, three = (((value >> np.uint32(8 * n)) & np.uint32(255)) for n in range(3))
    quoted = one == _QUOTE
    letter = (two == ord("Y")) | (two == ord("N"))
    digits = [(sign >= ord("0")) & (sign <= ord("9")) for sign in (one, two)]
    ends = [(sign == _COMMA) | (sign == _CLOSING) for sign in (two, three)]
    width: Places = np.select(
        [
            quoted & (two == _QUOTE),
            quoted & letter & (three == _QUOTE),
            digits[0] & ends[0],
            digits[0] & digits[1] & ends[1],
            value == _NULL,
        ],
        [2, 3, 1, 2, 4],
        default=0,
    )
    return width


def _closes(signs: Bytes, value: NDArray[np.uint32], ends: Places) -> Places:
    """Return 1 where the last value is text that closes the object, so that it has an end."""
    first = (value >> np.uint32(8)) & np.uint32(255)
    plain = (first > ord(" ")) & (first < 127) & (first != _QUOTE)
    closed = _at(signs, np.maximum(ends - 2, 0), "<u2") == _END
    here: Mask = ((value & np.uint32(255)) == _QUOTE) & plain & closed
    return here.astype(np.int64)
