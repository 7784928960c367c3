"""Leaks through names, addresses and postcodes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import polars as pl

from kernels.addresses import addresses
from kernels.fake_name import FEMALE, FORENAMES, MALE, SURNAMES
from tests.mutants.mutant import Cells, Mutant, Plant, Rows, every, nth, one

FORENAME, SURNAME = ("pers_forename",), ("pers_surname",)


def names(
    change: Callable[[Cells], pl.Series], only: tuple[str, ...] = (), rows: Rows = every
) -> Callable[[Plant], None]:
    return lambda plant: plant.column("name", change, rows, only)


def raw(cells: Cells) -> pl.Series:
    return cells.before


def _by_hash(text: str, pool: tuple[str, ...], salt: str = "") -> str:
    number = int(hashlib.sha256(f"{salt}{text}".encode()).hexdigest()[:12], 16)
    return pool[number % len(pool)]


def looked_up(invent: Callable[[str], str]) -> Callable[[Cells], pl.Series]:
    """A name that is a function of the true one, never the true one itself."""

    def change(cells: Cells) -> pl.Series:
        forms = {}
        for text in cells.text.drop_nulls().unique().to_list():
            tries = (invent(text + "?" * n) for n in range(20))
            forms[text] = next(form for form in tries if form.lower() != text.strip().lower())
        return cells.text.replace_strict(forms, default=None, return_dtype=pl.String)

    return change


def _same_initial(pool: tuple[str, ...]) -> Callable[[str], str]:
    def invent(text: str) -> str:
        near = tuple(name for name in pool if name[:1] == text[:1])
        return _by_hash(text, near if len(near) > 1 else pool, "initial")

    return invent


def _same_length(text: str) -> str:
    near = tuple(name for name in SURNAMES if len(name) == len(text.strip("?")))
    return _by_hash(text, near if len(near) > 1 else SURNAMES, "length")


def _by_true_sex(cells: Cells) -> pl.Series:
    sex = cells.batch.frame["pers_sex"].to_list()
    rows = zip(cells.after.to_list(), sex, strict=True)
    pools = {"M": MALE, "F": FEMALE}
    return pl.Series(
        [_by_hash(name or "", pools[s], "sex") if s in pools else name for name, s in rows],
        dtype=pl.String,
    )


def _half(part: int) -> Callable[[Cells], pl.Series]:
    """One half of a worker's full name kept."""

    def change(cells: Cells) -> pl.Series:
        kept, drawn = (side.str.split(" ").list for side in (cells.text, cells.after))
        halves = [drawn.get(0, null_on_oob=True), drawn.get(1, null_on_oob=True)]
        halves[part] = kept.get(part, null_on_oob=True)
        return halves[0] + " " + halves[1]

    return change


NAMES = [
    Mutant("surname kept", "surnames", names(raw, SURNAME)),
    Mutant("forename kept, one row", "one forename", names(raw, FORENAME, one), "one"),
    Mutant("names kept, 1 in 1,000", "some names", names(raw, (), nth(1_000)), "0.1 %"),
    Mutant("surname in capitals", "surnames", names(lambda c: c.text.str.to_uppercase(), SURNAME)),
    Mutant(
        "surname behind an invented one",
        "surnames",
        names(lambda c: c.after + "-" + c.text, SURNAME),
    ),
    Mutant("surname backwards", "surnames", names(lambda c: c.text.str.reverse(), SURNAME)),
    Mutant(
        "surname as a public function of the true one",
        "surnames, by a table",
        names(looked_up(lambda text: _by_hash(text, SURNAMES)), SURNAME),
    ),
    Mutant(
        "forename as a public function of the true one",
        "forenames, by a table",
        names(looked_up(lambda text: _by_hash(text, FORENAMES)), FORENAME),
    ),
    Mutant(
        "forename with the true initial",
        "initials",
        names(looked_up(_same_initial(FORENAMES)), FORENAME),
    ),
    Mutant("forename by the true sex", "sex", names(_by_true_sex, FORENAME)),
    Mutant(
        "surname as long as the true one",
        "lengths of surnames",
        names(looked_up(_same_length), SURNAME),
    ),
    Mutant(
        "worker's forename kept",
        "forenames of workers",
        names(_half(0), ("prof_professional_name",)),
    ),
    Mutant(
        "worker's surname kept", "surnames of workers", names(_half(1), ("prof_professional_name",))
    ),
    Mutant(
        "forename in the surname's place",
        "forenames",
        names(lambda c: c.batch.frame["pers_forename"], SURNAME),
    ),
]


def member(key: str, of: pl.Series) -> pl.Series:
    return of.str.extract(rf'"{key}"\s*:\s*"([^"]*)"').fill_null("")


def with_true(*keys: str) -> Callable[[Cells], pl.Series]:
    """The invented address with some parts of the true one."""

    def change(cells: Cells) -> pl.Series:
        text = cells.after
        for key in keys:
            sides = pl.DataFrame({"text": text, "value": member(key, cells.text)})
            text = sides.select(
                pl.col("text").str.replace(
                    rf'"{key}":"[^"]*"', pl.concat_str(pl.lit(f'"{key}":"'), "value", pl.lit('"'))
                )
            ).to_series()
        return text

    return change


def places(change: Callable[[Cells], pl.Series], rows: Rows = every) -> Callable[[Plant], None]:
    return lambda plant: plant.column("address_json", change, rows)


def _unkeyed(cells: Cells) -> pl.Series:
    """Invented from the text of the address alone: every release has the same."""
    digests = [
        hashlib.sha256(text.encode()).digest() for text in cells.text.fill_null("").to_list()
    ]
    seeds = np.frombuffer(b"".join(one[:8] for one in digests), np.uint64)
    parts = addresses(seeds)
    pieces = [pl.concat_str(pl.lit(f'"{key}":"'), key, pl.lit('"')) for key in parts]
    frame = pl.DataFrame(parts).select(
        pl.concat_str(pl.lit("{"), pl.concat_str(pieces, separator=","), pl.lit("}"))
    )
    return frame.to_series()


def _of_last_row(cells: Cells) -> pl.Series:
    return pl.Series([cells.after.drop_nulls()[-1]]).new_from_index(0, len(cells.after))


ADDRESSES = [
    Mutant("address kept", "addresses", places(raw)),
    Mutant("address kept, one row", "one address", places(raw, one), "one"),
    Mutant("address kept, 1 in 1,000", "an address", places(raw, nth(1_000)), "0.1 %"),
    Mutant("address in capitals", "addresses", places(lambda c: c.text.str.to_uppercase())),
    Mutant(
        "address without blanks", "addresses", places(lambda c: c.text.str.replace_all(" ", ""))
    ),
    Mutant("street and town true", "where a child lives", places(with_true("STREET", "TOWN"))),
    Mutant("street true, one row", "one street", places(with_true("STREET"), one), "one"),
    Mutant("town true", "towns", places(with_true("TOWN"))),
    Mutant("house number true", "house numbers", places(with_true("HOUSE"))),
    Mutant(
        "UPRN and grid reference true",
        "where a child lives",
        places(with_true("UPRN", "EASTING", "NORTHING")),
    ),
    Mutant("UPRN true, one row", "one place", places(with_true("UPRN"), one), "one"),
    Mutant("easting true, one row", "half a place", places(with_true("EASTING"), one), "one"),
    Mutant("building true", "buildings that have a name", places(with_true("BUILDING"))),
    Mutant(
        "street in the town's place",
        "streets",
        places(
            lambda c: with_true("TOWN")(
                Cells(c.batch, c.column, c.text.str.replace_all('"STREET"', '"TOWN"'), c.after)
            )
        ),
    ),
    Mutant("address from its text alone", "addresses, by guessing", places(_unkeyed)),
    Mutant(
        "one address at two places",
        "nothing, but parts a household",
        places(_of_last_row, one),
        "one",
    ),
]


def postcodes(change: Callable[[Cells], pl.Series], rows: Rows = every) -> Callable[[Plant], None]:
    return lambda plant: plant.column("postcode", change, rows, ("addr_address_postcode",))


def _postcode_from_text(cells: Cells) -> pl.Series:
    digests = [
        hashlib.sha256(text.encode()).hexdigest() for text in cells.text.fill_null("").to_list()
    ]
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    found = []
    for one_digest in digests:
        number = int(one_digest[:12], 16)
        found.append(
            f"ZZ{number % 90 + 10} {number // 90 % 10}"
            f"{letters[number // 900 % 20]}{letters[number // 18_000 % 20]}"
        )
    return pl.Series(found)


POSTCODES = [
    Mutant("postcode kept", "postcodes", postcodes(raw)),
    Mutant("postcode kept, one row", "one postcode", postcodes(raw, one), "one"),
    Mutant(
        "postcode without its blank",
        "postcodes",
        postcodes(lambda c: c.text.str.replace_all(" ", "")),
    ),
    Mutant("ZZ before the true postcode", "postcodes", postcodes(lambda c: "ZZ" + c.text)),
    Mutant(
        "inward part true",
        "half a postcode",
        postcodes(lambda c: c.after.str.slice(0, 5) + c.text.str.slice(-3)),
    ),
    Mutant(
        "inward part true, one row",
        "half of one postcode",
        postcodes(lambda c: c.after.str.slice(0, 5) + c.text.str.slice(-3), one),
        "one",
    ),
    Mutant(
        "postcode from its text alone", "postcodes, by guessing", postcodes(_postcode_from_text)
    ),
]
