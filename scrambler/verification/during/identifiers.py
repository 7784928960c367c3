"""Identifiers: one pseudonym each, in the form of its id domain, and by hand the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scrambler.verification.during import invented
from scrambler.verification.during.changed import alike, differs, stays
from scrambler.verification.during.comparison import ColumnComparison
from scrambler.verification.during.derivation import Numbers, Seeds, tokens_of
from scrambler.verification.during.digested import held_tokens, identifier_text, sample
from scrambler.verification.during.drawn import compare_codes
from scrambler.verification.during.encoded import text_of, without_blanks
from scrambler.verification.during.features import note_digits
from scrambler.verification.during.formats import FORMATS, fits, of_shape
from scrambler.verification.during.missing import missing_texts
from scrambler.verification.during.reserved import other_integers, other_numbers
from scrambler.verification.during.sides import Mask, Sides

_NAME = r"[^0-9]*\pL[^0-9]*[ ,][^0-9]*\pL[^0-9]*"
_WHOLE = r"[1-9][0-9]{0,11}"
_OTHER_TYPE = "other_identifier"


class Pairs(Protocol):
    """Takes pairs of what stood in a column and what stands there now."""

    def add(
        self,
        column: str,
        domain: str,
        tokens: Seeds,
        scrambled: pl.Series,
        codes: NDArray[np.int64] | None = None,
    ) -> None:
        """Note pairs of one column; a token of 0 is no identifier."""

    def add_spellings(self, domain: str, capitals: Seeds, tokens: Seeds) -> None:
        """Note identifiers with small letters, beside what they are in capitals."""


def compare_identifiers(sides: Sides, column: str, into: ColumnComparison, pairs: Pairs) -> Mask:
    """Compare a column of identifiers, and note its pairs for the checks over the whole run."""
    parameters, source, after = sides.parameters(column), sides.source[column], sides.scrambled
    judged = np.zeros(len(sides), dtype=bool)
    shown = source.is_not_null().to_numpy()
    if "codes" in parameters:
        shown = shown & ~compare_codes(sides, column, into)
    if "names" in parameters:
        named = shown & _named(source)
        shown = shown & ~named
        judged |= named
        _names(sides, column, named, into)
    written = after[column].cast(pl.String)
    same = judged & alike(source.cast(pl.String), written) if judged.any() else judged.copy()
    for domain, rows in _domains(sides, column, shown):
        read = _Read.of(sides, column, domain, written)
        here = rows & read.holds
        judged |= here
        same |= here & read.same
        stays(sides, column, rows & ~here, into)
        _formats(sides, column, domain, read, written, here, into)
        into.redraw_mismatch += _redigested(sides, column, domain, here, written)
        some = _unrepeated(sides, column, domain, read, here)
        into.note_draws(sides.keys.tokens[domain, column][some])
        note_digits(into, read.text.gather(some), written.gather(some))
        # By what stands there, not by the tokens: two identifiers merged would have one.
        hashed = np.where(here, read.hashed, np.uint64(0))
        shared = sides.spec.domains[domain].map
        values = sides.keys.values[domain, column]
        pairs.add(f"{sides.table.name}.{column}", shared, hashed, after[column], codes=values)
        if not sides.check.folds:
            small = here & read.small
            if small.any():
                capitals = _hashed_capitals(sides, read.text, small)
                pairs.add_spellings(shared, capitals, hashed[small])
    into.examined += int(judged.sum())
    into.unchanged += int(same.sum())
    return same


@dataclass(frozen=True, repr=False)
class _Read:
    """What the rows of an identifier column are, read in one go.

    ``text`` is the one form of the identifier; ``holds`` tells where it is none of the
    missing-value codes, ``same`` where it stands there still, ``small`` where the text has small
    letters. ``hashed`` stands for the text, with a key of the run.
    """

    text: pl.Series
    holds: Mask
    same: Mask
    small: Mask
    hashed: Seeds

    @classmethod
    def of(cls, sides: Sides, column: str, domain: str, written: pl.Series) -> _Read:
        text = identifier_text(sides, domain, sides.source[column])
        was = pl.col("was")
        plain = without_blanks(written) if domain_is_formed(sides, domain) else written
        found = text.to_frame("was").select(
            holds=~was.is_in(missing_texts(sides.spec)),
            small=was.str.contains(r"\p{Ll}"),
            hashed=was.hash(sides.check.secrets.number("check:pairs")),
        )
        holds, small = (found[name].fill_null(False).to_numpy() for name in ("holds", "small"))
        return cls(text, holds, alike(text, plain), small, found["hashed"].to_numpy())


def _hashed_capitals(sides: Sides, text: pl.Series, here: Mask) -> Seeds:
    """Return what would stand for the identifiers ``here`` if they were written in capitals."""
    capitals = text.gather(np.flatnonzero(here)).str.to_uppercase()
    return capitals.hash(sides.check.secrets.number("check:pairs")).to_numpy()


def domain_is_formed(sides: Sides, domain: str) -> bool:
    """Return whether identifiers of a domain have a format, in which blanks mean nothing."""
    return sides.spec.domains[domain].shape in FORMATS


def _domains(sides: Sides, column: str, shown: Mask) -> Iterator[tuple[str, Mask]]:
    """Yield the id domains of a column, each with its rows: by type where another column has it."""
    kind = sides.parameters(column).get("type", "")
    if not sides.has(kind):
        yield sides.domain(column), shown
        return
    encoded, known = sides.before(kind), sides.spec.linked_types
    domains = [known.get(text, _OTHER_TYPE) for text in sides.text(kind)]
    for name in sorted({*domains}):
        rows = shown & encoded.spread(np.array([one == name for one in domains]))
        if rows.any():
            yield name, rows


def _unrepeated(sides: Sides, column: str, domain: str, read: _Read, here: Mask) -> Numbers:
    """Return the sample of rows whose digits are compared: one form only, no pair twice.

    That is a table's own key, and what has the main format of its domain. Of other forms the form
    itself tells: a temporary UPN ends in a letter on both sides, an integer stays as long.
    """
    formats = FORMATS.get(sides.spec.domains[domain].shape, ())
    if "type" in sides.parameters(column) or sides.spec.domains[domain].map in sides.check.numeric:
        return np.empty(0, dtype=np.int64)
    if not formats and (column,) != sides.table.primary_key:
        return np.empty(0, dtype=np.int64)
    some = np.flatnonzero(here & sides.sampled)
    return some[fits(read.text.gather(some), formats[0].pattern)] if formats else some


def _named(values: pl.Series) -> Mask:
    """Return where a column of workers holds a name: letters around a blank or comma, no digit."""
    return fits(text_of(values), _NAME)


def _names(sides: Sides, column: str, here: Mask, into: ColumnComparison) -> None:
    rows = np.flatnonzero(here)
    if not len(rows):
        return
    tokens = held_tokens(sides, column, "worker_name", here, into)
    originals = sides.source[column].gather(rows).cast(pl.String)
    due = invented.other_than(originals, invented.full_names(tokens[rows]))
    into.redraw_mismatch += differs(sides.scrambled[column], due, rows)


def _length(sides: Sides, domain: str) -> int:
    spec = sides.spec.domains[domain]
    return min(spec.length, sides.check.lengths.get(spec.map, spec.length))


def _formats(
    sides: Sides,
    column: str,
    domain: str,
    read: _Read,
    written: pl.Series,
    here: Mask,
    into: ColumnComparison,
) -> None:
    """Hold the rows ``here`` to the form of their pseudonyms, and numbers to those of their places.

    Of a national format they must be of a range never issued (T5); whole numbers become whole
    numbers where the domain has integers; all else is hexadecimal, of one length.
    """
    spec, left, check = sides.spec.domains[domain], here.copy(), sides.check
    tokens = sides.keys.tokens[domain, column]
    for one in FORMATS.get(spec.shape, ()):
        rows = np.flatnonzero(left & fits(read.text, one.pattern))
        if len(rows):
            came = written.gather(rows)
            into.invalid += int((~fits(came, one.unissued)).sum())
            into.redraw_mismatch += other_numbers(check, spec.map, one, tokens[rows], came)
            left[rows] = False
    if spec.map in check.numeric:
        whole = left & fits(read.text, _WHOLE)
        into.invalid += int((~fits(written.filter(pl.Series(whole)), _WHOLE)).sum())
        rows = np.flatnonzero(whole & sides.digested(tokens))
        texts = (side.gather(rows) for side in (read.text, written))
        into.redraw_mismatch += other_integers(check, spec.map, *texts)
        left &= ~whole
    came = written.filter(pl.Series(left))
    into.invalid += int((~fits(came, f"[0-9a-f]{{{_length(sides, domain)}}}")).sum())


def _redigested(sides: Sides, column: str, domain: str, here: Mask, written: pl.Series) -> int:
    """Return how many identifiers of the sample have another token or pseudonym than by hand."""
    tokens = sides.keys.tokens[domain, column]
    lacking = int((here & (tokens == 0)).sum())
    text, digests, rows = sample(sides, column, domain, here)
    wrong = tokens_of(digests) != tokens[rows]
    plain = ~_formed(sides, domain, text)
    both = pl.DataFrame(
        {"digest": digests, "came": written.gather(rows)}, schema_overrides={"digest": pl.String}
    )
    other = pl.col("digest").str.slice(0, _length(sides, domain)) != pl.col("came")
    wrong |= plain & both.select(other.fill_null(True)).to_series().to_numpy()
    return lacking + int(wrong.sum())


def _formed(sides: Sides, domain: str, text: pl.Series) -> Mask:
    """Return which identifiers get something else than the head of their digest."""
    spec = sides.spec.domains[domain]
    found: Mask = of_shape(text, spec.shape)
    if spec.map in sides.check.numeric:
        found |= fits(text, _WHOLE)
    return found
