"""Reads flat JSON objects that one program wrote: the same keys, spelled alike, in one order.

Such texts differ in their values alone, so all rows are walked together, member by member, on the
bytes of the column; as far as all values are one letter, all members at once. A row that is spelled
otherwise is not read here, whatever the reason: what is read is what a pattern search for the first
``"key":`` would find.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

_EXAMPLES, _ENOUGH = 16, 4
_SPELLINGS = 4
_LONGEST_VALUE = 64
_PADDING = 512
_BLOCK = 4_096
_QUOTE, _COMMA, _CLOSING = (ord(sign) for sign in '",}')
_YES, _NO = (np.uint64(int.from_bytes(sign, "little")) for sign in (b'"Y"', b'"N"'))
_NULL = int.from_bytes(b"null", "little")
_END = int.from_bytes(b'"}', "little")
_HEADS = np.array([(1 << 8 * width) - 1 for width in range(9)], dtype=np.uint64)

Places = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class _Spelling:
    """How one program writes an object: what stands before each value, and the key's number.

    Keys that nobody asked for, and second ones, have number -1. ``whole`` says that no key asked
    for is missing. ``letters`` counts the values, from the first on and without the last, that
    were Y or N in the row that was looked at: where they are so in others, those are read at once.
    """

    openings: tuple[bytes, ...]
    numbers: tuple[int, ...]
    whole: bool
    letters: int = field(compare=False)

    @cached_property
    def stamp(self) -> tuple[bytes, NDArray[np.int64]]:
        """The row up to the end of its letters with Y for each, and the places of the letters."""
        parts = [opening + b'"Y"' for opening in self.openings[: self.letters]]
        return b"".join(parts), np.cumsum([len(part) for part in parts], dtype=np.int64) - 2


def walked(text: pl.Series, keys: Sequence[str]) -> tuple[NDArray[np.uint64], Mask]:
    """Return the first eight bytes (little-endian) of each value, and which rows were read.

    Shapes (rows, keys) and (rows,); zeros behind a shorter value, where a row that was read has no
    such key, and for rows that were not read, null among them. Up to four spellings are looked for
    in a column.
    """
    heads = np.zeros((len(text), len(keys)), dtype=np.uint64)
    read = np.zeros(len(text), dtype=bool)
    column = _Column.of(text)
    rest = np.flatnonzero(column.ends > column.starts)
    tried: list[_Spelling] = []
    while len(rest) and len(tried) < _SPELLINGS:
        spelling = _untried(text, rest, keys, tried)
        if spelling is None:
            break
        tried.append(spelling)
        # In blocks whose bytes a processor keeps at hand for the whole walk.
        for first in range(0, len(rest), _BLOCK):
            rows = rest[first : first + _BLOCK]
            found, fits = column.walk(rows, spelling, len(keys))
            heads[rows[fits]], read[rows[fits]] = found[fits], True
        rest = rest[~read[rest]]
    return heads, read


def _untried(
    text: pl.Series, rows: Places, keys: Sequence[str], tried: Sequence[_Spelling]
) -> _Spelling | None:
    # Examples from all over the column: what is odd often stands together.
    examples = text.gather(rows[:: -(-len(rows) // _EXAMPLES)])
    spellings = (_spelling(example, keys) for example in examples)
    fresh = [*islice((one for one in spellings if one and one not in tried), _ENOUGH)]
    # Of those spelled alike, the one with the most letters says most about the others.
    alike = (spelling for spelling in fresh if spelling == fresh[0])
    return max(alike, key=lambda spelling: spelling.letters, default=None)


def _spelling(example: str, keys: Sequence[str]) -> _Spelling | None:
    asked = "|".join(map(re.escape, keys))
    member = re.compile(
        rf'(?P<opening>[{{,]\s*"(?:(?:OUTCOME_)?(?P<key>{asked})|[A-Za-z0-9_]+)"\s*:\s*)'
        r'(?P<value>"[^"]*"|[0-9]+|null)',
        re.ASCII,
    )
    openings: list[bytes] = []
    numbers: list[int] = []
    letters = place = 0
    while found := member.match(example, place):
        number = keys.index(found["key"]) if found["key"] else -1
        numbers.append(-1 if number in numbers else number)
        if letters == len(openings) and found["value"] in ('"Y"', '"N"'):
            letters += 1
        openings.append(found["opening"].encode())
        place = found.end()
    if not openings or max(map(len, openings)) > _PADDING - _LONGEST_VALUE - 8:
        return None
    whole = {*range(len(keys))} <= {*numbers}
    # The last value is read as one that may close the object.
    return _Spelling(tuple(openings), tuple(numbers), whole, min(letters, len(openings) - 1))


@dataclass(frozen=True)
class _Column:
    """The bytes of all rows, zeros after them, and where each row begins and ends."""

    signs: NDArray[np.uint8]
    starts: Places
    ends: Places

    @classmethod
    def of(cls, text: pl.Series) -> _Column:
        """Take a text column; a null row is empty."""
        # The padding comes as a last row, since bytes cannot be added behind those of the others.
        padded = pl.concat([text.fill_null(""), pl.Series(text.name, ["\0" * _PADDING])])
        arrow = padded.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
        _, offsets, signs = arrow.buffers()
        edges = np.frombuffer(offsets, np.int64, len(padded) + 1, arrow.offset * 8)
        return cls(np.frombuffer(signs, np.uint8), edges[:-2], edges[1:-1])

    def walk(self, rows: Places, spelling: _Spelling, keys: int) -> tuple[NDArray[np.uint64], Mask]:
        """Return the heads of ``rows``, and which of them are spelled so."""
        letters, alike = self._letters(rows, spelling)
        heads, fits = np.zeros((len(rows), keys), np.uint64), np.zeros(len(rows), dtype=bool)
        for here, first in ((np.flatnonzero(alike), len(letters)), (np.flatnonzero(~alike), 0)):
            if len(here):
                values, fits[here] = self._members(rows[here], spelling, first)
                for turn, number in enumerate(spelling.numbers):
                    if number >= 0:
                        known = letters[turn][here] if turn < first else values[turn - first]
                        heads[here, number] = known
        return heads, fits

    def _letters(self, rows: Places, spelling: _Spelling) -> tuple[list[NDArray[np.uint64]], Mask]:
        """Return the first values of rows where all are Y or N, and which rows those are."""
        stamp, places = spelling.stamp
        starts = self.starts[rows]
        alike = starts + len(stamp) < self.ends[rows]
        if not stamp:
            return [], alike
        begun = self._at(np.where(alike, starts, 0), f"S{len(stamp)}")
        signs = begun.view(np.uint8).reshape(len(rows), len(stamp))
        letters = np.ascontiguousarray(signs[:, places].T)
        signs[:, places] = stamp[places[0]]
        # Sign by sign: comparing long texts as such is slower.
        alike &= (signs == np.frombuffer(stamp, np.uint8)).all(axis=1)
        alike &= ((letters == ord("Y")) | (letters == ord("N"))).all(axis=0)
        return [np.where(letter == ord("Y"), _YES, _NO) for letter in letters], alike

    def _members(
        self, rows: Places, spelling: _Spelling, first: int
    ) -> tuple[list[NDArray[np.uint64]], Mask]:
        """Return the heads of the values from the ``first`` on, and which rows are spelled so."""
        place, ends = self.starts[rows], self.ends[rows]
        if first:
            place = place + len(spelling.stamp[0])
        fits = np.ones(len(rows), dtype=bool)
        quotes = np.full(len(rows), 4 * first)
        heads = []
        last = len(spelling.openings) - 1
        for turn, opening in enumerate(spelling.openings[first:], first):
            # A row that ran out of text is looked at where no harm is done.
            fits &= place + len(opening) < ends
            place = np.where(fits, place, 0)
            fits &= self._at(place, f"S{len(opening)}") == opening
            place = np.where(fits, place + len(opening), 0)
            value = self._at(place, "<u8")
            width = self._closing(place, value, ends) if turn == last else np.zeros_like(place)
            rest = np.flatnonzero(fits & (width == 0))
            width[rest] = self._width(place[rest], value[rest])
            quotes += 2 + 2 * _is(value, 0, _QUOTE)
            place = place + width
            # What ends a value stands in the row too.
            fits &= (width > 0) & (place < ends)
            heads.append(value & _HEADS[np.minimum(width, 8)])
        if not spelling.whole:
            # What is missing must be missing in the last text too: it has no quotes inside.
            fits[fits] &= self._quotes(rows[fits]) == quotes[fits]
            fits &= place + 1 == ends
        return heads, fits

    def _at(self, places: Places, dtype: str) -> NDArray[Any]:
        """Return the bytes at each place as one value of ``dtype``, wherever the place lies."""
        size = np.dtype(dtype).itemsize
        window = np.ndarray((len(self.signs) - size + 1,), dtype, self.signs, strides=(1,))
        found: NDArray[Any] = window[places]
        return found

    def _width(self, place: Places, value: NDArray[np.uint64]) -> Places:
        """Return how many bytes each value has, 0 where it is none of the usual ones."""
        letter = value & np.uint64(0xFFFFFF)
        width = np.where((letter == _YES) | (letter == _NO), 3, 0)
        rest = np.flatnonzero(width == 0)
        if len(rest):
            width[rest] = self._other_width(place[rest], value[rest])
        return width

    def _other_width(self, place: Places, value: NDArray[np.uint64]) -> Places:
        quoted = _is(value, 0, _QUOTE)
        digits = [_between(value, n, "0", "9") for n in (0, 1)]
        ends = [_is(value, n, _COMMA) | _is(value, n, _CLOSING) for n in (1, 2)]
        null = (value & np.uint64(0xFFFFFFFF)) == _NULL
        width = np.select(
            [
                quoted & _is(value, 1, _QUOTE),
                digits[0] & ends[0],
                digits[0] & digits[1] & ends[1],
                null,
            ],
            [2, 1, 2, 4],
            default=0,
        )
        words = np.flatnonzero(quoted & (width == 0) & _between(value, 1, "!", "~"))
        for length in range(2, _LONGEST_VALUE):
            if not len(words):
                break
            closed = self.signs[place[words] + length] == _QUOTE
            width[words[closed]] = length + 1
            words = words[~closed]
        return width

    def _closing(self, place: Places, value: NDArray[np.uint64], ends: Places) -> Places:
        """Return the width of a last value that is text and closes the object, else 0."""
        plain = _is(value, 0, _QUOTE) & _between(value, 1, "!", "~") & ~_is(value, 1, _QUOTE)
        closed = (self._at(np.maximum(ends - 2, 0), "<u2") == _END) & (ends - 2 > place)
        return np.where(plain & closed, ends - 1 - place, 0)

    def _quotes(self, rows: Places) -> Places:
        """Return how many quotes each row has."""
        ends, starts = (
            np.searchsorted(self._quoted, edge[rows]) for edge in (self.ends, self.starts)
        )
        return ends - starts

    @cached_property
    def _quoted(self) -> Places:
        """The places of all quotes."""
        return np.flatnonzero(self.signs == _QUOTE)


def _is(value: NDArray[np.uint64], place: int, sign: int) -> Mask:
    found: Mask = ((value >> np.uint64(8 * place)) & np.uint64(255)) == sign
    return found


def _between(value: NDArray[np.uint64], place: int, first: str, last: str) -> Mask:
    sign = (value >> np.uint64(8 * place)) & np.uint64(255)
    found: Mask = (sign >= ord(first)) & (sign <= ord(last))
    return found
