"""Pseudonyms: the one map from identifier to pseudonym of each id domain under an epoch.

Hexadecimal pseudonyms are the head of an HMAC-SHA-256, cut to what the domain's narrowest field
allows; pure lower-case hexadecimal text never holds ``0x``. Domains with integer columns use a
keyed bijection of the positive 32-bit integers. UPN, NHS number and their like are places in ranges
never issued to anyone: the n-th identifier gets the n-th place of a keyed order of the range,
passing over places whose number the source holds itself, so no pseudonym is ever anybody's
identifier.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels.canonical import compacted, trimmed
from kernels.different import Different
from kernels.digest import digest, secret_token
from kernels.draw import Seeds
from kernels.permutation import Permutation
from kernels.reserved import RESERVED, Reserved
from scrambler.errors import VerificationError
from scrambler.keys.epoch import Allocation, Epoch
from scrambler.keys.lookup import find, narrow
from scrambler.ssd import Domain, ssd

# Shapes whose identifiers come in two forms, each with reserved ranges of its own.
_FORMS = {"upn": ("upn", "upn_temporary"), "urn": ("urn", "urn7")}

_INT32 = 2**31 - 1
_BLOCK = 16_384
_LARGEST = 10**12


@dataclass(frozen=True, repr=False)  # which would show values
class Identified:
    """One column of identifiers after one digest for each different value.

    ``column`` is the column as the source has it, by different values; what follows is one entry a
    different value. ``text`` is canonical; ``digests`` are 64 hexadecimal characters; both are null
    where the value is null or a missing-value code. ``token`` is the secret end of each digest, 0
    there: it stands for the identifier in look-ups and seeds its draws. ``missing`` holds
    the missing-value codes, null elsewhere.
    """

    column: Different
    text: pl.Series
    digests: pl.Series
    token: Seeds
    missing: pl.Series
    _formed: dict[str, pl.Series] = field(default_factory=dict)

    def formed(self, reserved: Reserved) -> pl.Series:
        """Return which of ``text`` have a shape; False for null."""
        if reserved.name not in self._formed:
            fits = self.text.str.contains(reserved.pattern).fill_null(False)
            self._formed[reserved.name] = fits
        return self._formed[reserved.name]

    @property
    def values(self) -> pl.Series:
        """The different values as the source has them."""
        return self.column.values

    @cached_property
    def tokens(self) -> Seeds:
        """The token of each row."""
        return self.column.spread(self.token)

    def spread(self, values: pl.Series) -> pl.Series:
        """Return one value a row, from one a different identifier."""
        return self.column.gather(values)


class Pseudonyms:
    """Identifies and pseudonymises columns under one epoch.

    ``lengths`` caps the characters per domain map (the narrowest column of the source);
    ``numeric`` names the maps whose columns hold integers.
    """

    _digest = staticmethod(digest)

    def __init__(
        self,
        epoch: Epoch,
        domains: Mapping[str, Domain],
        lengths: Mapping[str, int] | None = None,
        numeric: frozenset[str] = frozenset(),
    ) -> None:
        """Hold the epoch; nothing is computed yet."""
        self.epoch = epoch
        self.domains = domains
        self.lengths = dict(lengths or {})
        self.numeric = numeric
        self._orders: dict[tuple[str, int], Permutation] = {}

    def identify(self, domain: str, values: pl.Series | Different) -> Identified:
        """Digest each different value of a column once.

        Equal identifiers have equal digests whatever type held them, and in any case where the
        epoch folds it: `a1 ` is A1 then. Those without small letters have the same digest in
        either kind of epoch.
        """
        different = values if isinstance(values, Different) else Different.of(values)
        spelled = pl.col("spelled")
        read = (
            different.values.to_frame("value")
            .select(spelled=trimmed(pl.col("value"), different.values.dtype))
            .with_columns(text=self._one_form(domain, spelled))
            .with_columns(nothing=ssd().missing.in_text(pl.col("text")))
            .select(
                text=pl.when(~pl.col("nothing")).then("text"),
                missing=pl.when("nothing").then("spelled"),
            )
        )
        digests = self._digest(read["text"], self._key(domain))
        return Identified(different, read["text"], digests, secret_token(digests), read["missing"])

    def pseudonyms(self, domain: str, ids: Identified) -> pl.Series:
        """Return the pseudonym of every row as text; missing-value codes stay, nulls stay."""
        spec = self.domains[domain]
        length = min(spec.length, self.lengths.get(spec.map, spec.length))
        result = ids.digests.str.slice(0, length)
        if spec.map in self.numeric:
            result = self._permuted(spec, ids.text, result)
        for name in self._forms(spec):
            fits = ids.formed(RESERVED[name])
            if fits.any():
                rows = fits.arg_true()
                places = self._slots(domain, name, ids.token[rows.to_numpy()])
                rendered = self._render(RESERVED[name], places, spec.map)
                result = result.scatter(rows, rendered)
        if ids.missing.null_count() < len(ids.missing):
            result = result.zip_with(ids.missing.is_null(), ids.missing)
        return ids.spread(result)

    def formed(self, domain: str, text: pl.Series) -> pl.Series:
        """Return where canonical ``text`` has a form of the domain, such as that of a UPN."""
        patterns = [RESERVED[name].pattern for name in self._forms(self.domains[domain])]
        fits = pl.Series([False]).new_from_index(0, len(text))
        for pattern in patterns:
            fits |= text.str.contains(pattern).fill_null(False)
        return fits

    def wanting(self, domain: str, ids: Identified) -> Iterator[tuple[str, Seeds]]:
        """Yield the tokens of identifiers that need a place, by the range they need it in."""
        for name in self._forms(self.domains[domain]):
            fits = ids.formed(RESERVED[name]).to_numpy()
            if fits.any():
                yield self._book(domain, name), ids.token[fits]

    def owned(self, domain: str, ids: Identified) -> NDArray[np.bool_]:
        """Return which different values are identifiers of a reserved form that a source has.

        Of all sources of the epoch so far: an invented number may have been given out before.
        """
        found = np.zeros(len(ids.token), dtype=bool)
        for name in self._forms(self.domains[domain]):
            held = self.epoch.allocations.get(self._book(domain, name), Allocation.empty())
            found |= find(held.digests, ids.token)[1]
        return found

    def allocate(self, wanting: Mapping[str, Sequence[Seeds]]) -> None:
        """Give every identifier in ``wanting`` its place, in the order of its digest.

        Places given earlier in the epoch stay, but for those whose number is an identifier of this
        source: nobody's pseudonym is anybody's identifier, so these move. VerificationError when
        all ranges are full.
        """
        for book in sorted(wanting):
            domain, name = book.split("/")
            held = self.epoch.allocations.get(book, Allocation.empty())
            wanted = np.unique(np.concatenate(wanting[book]))
            fresh = wanted[~find(held.digests, wanted)[1]]
            if not len(fresh):
                continue  # what is held has been kept apart from all that is given
            given = held.slots.astype(np.int64)
            owned = np.flatnonzero(self._owned(domain, RESERVED[name], given, wanted))
            taken = (held.digests, fresh)
            count = len(owned) + len(fresh)
            slots, used = self._free(domain, RESERVED[name], held.used, count, taken)
            given[owned] = slots[: len(owned)]
            place = np.searchsorted(held.digests, fresh)
            self.epoch.allocations[book] = Allocation(
                np.insert(held.digests, place, fresh),
                narrow(np.insert(given, place, slots[len(owned) :])),
                used,
            )

    def _owned(
        self, domain: str, reserved: Reserved, slots: NDArray[np.int64], wanted: Seeds
    ) -> NDArray[np.bool_]:
        """Return which places hold a number that is one of the sorted tokens of a source."""
        owned = np.zeros(len(slots), dtype=bool)
        for first in range(0, len(slots), _BLOCK):
            here = slice(first, first + _BLOCK)
            numbers = self._render(reserved, slots[here], self.domains[domain].map)
            owned[here] = find(wanted, self.identify(domain, numbers).tokens)[1]
        return owned

    def _free(
        self, domain: str, reserved: Reserved, used: int, count: int, taken: tuple[Seeds, Seeds]
    ) -> tuple[NDArray[np.int64], int]:
        """Return ``count`` places from ``used`` on that hold a valid number nobody has.

        ``taken`` are the sorted tokens of identifiers that somebody has.
        """
        found: list[NDArray[np.int64]] = []
        missing = count
        while missing:
            # In pieces, so that memory does not grow with what is asked for.
            most = min(2 * missing + 64, _BLOCK)
            block = np.arange(used, min(used + most, sum(reserved.sizes)))
            if not len(block):
                raise VerificationError(
                    f"The source holds more identifiers of the form {reserved.name} than the "
                    "ranges never issued have room for. Nothing was written; scramble fewer "
                    "children, or report this."
                )
            numbers = self._render(reserved, block, self.domains[domain].map)
            tokens = self.identify(domain, numbers).tokens
            own = find(taken[0], tokens)[1] | find(taken[1], tokens)[1]
            free = block[numbers.is_not_null().to_numpy() & ~own][:missing]
            missing -= len(free)
            used = int(block[-1] if missing else free[-1]) + 1
            found.append(free)
        return np.concatenate([np.empty(0, np.int64), *found]), used

    def _render(self, reserved: Reserved, slots: NDArray[np.int64], purpose: str) -> pl.Series:
        result = pl.repeat(None, len(slots), dtype=pl.String, eager=True)
        first = 0
        for number, size in enumerate(reserved.sizes):
            here = np.flatnonzero((slots >= first) & (slots < first + size))
            if len(here):
                order = self._order(f"order:{purpose}:{reserved.name}:{number}", size)
                places = order.of(slots[here] - first)
                result = result.scatter(here, reserved.render(number, places))
            first += size
        return result

    def _slots(self, domain: str, name: str, tokens: Seeds) -> NDArray[np.int64]:
        held = self.epoch.allocations.get(self._book(domain, name), Allocation.empty())
        place, known = find(held.digests, tokens)
        if not known.all():
            raise VerificationError(
                f"{int((~known).sum())} identifiers of the form {name} appeared while the source "
                "was being read. Nothing was written; run again when nobody changes the source."
            )
        return held.slots[place].astype(np.int64)

    def _permuted(self, domain: Domain, text: pl.Series, otherwise: pl.Series) -> pl.Series:
        whole = text.str.contains(r"^[1-9][0-9]{0,11}$").fill_null(False)
        numbers = text.set(~whole, None).cast(pl.Int64).fill_null(1).to_numpy()
        purpose = f"integers:{domain.map}"
        small = numbers <= _INT32
        result = np.empty_like(numbers)
        for here, first, size in ((small, 1, _INT32), (~small, _INT32 + 1, _LARGEST - _INT32)):
            if here.any():
                result[here] = self._order(purpose, size).of(numbers[here] - first) + first
        return pl.Series(result).cast(pl.String).zip_with(whole, otherwise)

    def _order(self, purpose: str, size: int) -> Permutation:
        """Return a keyed order of ``size`` places; what it has worked out is worked out once."""
        if (purpose, size) not in self._orders:
            self._orders[purpose, size] = Permutation(size, self.epoch.subkey(purpose))
        return self._orders[purpose, size]

    def _key(self, domain: str) -> str:
        return self.epoch.subkey(f"identifier:{self.domains[domain].map}")

    def _one_form(self, domain: str, spelled: pl.Expr) -> pl.Expr:
        if self._shaped(domain):
            return compacted(spelled)
        return spelled.str.to_uppercase() if self.epoch.folds else spelled

    def _shaped(self, domain: str) -> bool:
        return self.domains[domain].shape != "hex"

    def _book(self, domain: str, name: str) -> str:
        return f"{self.domains[domain].map}/{name}"

    @staticmethod
    def _forms(domain: Domain) -> tuple[str, ...]:
        names = _FORMS.get(domain.shape, (domain.shape,))
        return tuple(name for name in names if name in RESERVED)
