"""Leaks through identifiers: an id that can be read, guessed or sorted from its pseudonym."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

import numpy as np
import polars as pl

from kernels import check_digit
from scrambler.keys.pseudonyms import Pseudonyms
from scrambler.ssd import ssd
from tests.columns import treated
from tests.contexts import SHIPPED
from tests.mutants.mutant import Cells, Mutant, Plant, Rows, every, nth, one


def of(*domains: str) -> tuple[str, ...]:
    """The columns of these id domains; without any, of all whose ids are hexadecimal."""
    return tuple(
        name
        for table, name in treated("identifier")
        for domain in [SHIPPED[table][name].column.domain or ""]
        if domain in (domains or ssd().domains) and ssd().domains[domain].shape == "hex"
    )


def spelled(spell: Callable[[str], str]) -> Callable[[Cells], pl.Series]:
    """Each id spelled anew by a function of its text alone; missing stays missing."""

    def change(cells: Cells) -> pl.Series:
        different = cells.text.drop_nulls().unique().to_list()
        forms = {text: spell(text.strip()) for text in different}
        return cells.text.replace_strict(forms, default=None, return_dtype=pl.String)

    return change


def hashed(name: str, length: int = 36) -> Callable[[Cells], pl.Series]:
    return spelled(lambda text: hashlib.new(name, text.encode()).hexdigest()[:length])


def ids(
    change: Callable[[Cells], pl.Series], only: tuple[str, ...] = (), rows: Rows = every
) -> Callable[[Plant], None]:
    return lambda plant: plant.column("identifier", change, rows, only)


def raw(cells: Cells) -> pl.Series:
    return cells.before


def _upn(text: str) -> str:
    if len(text) != 13 or not text[1:].isdigit():
        return text
    digits = f"990{text[4:]}"
    check = check_digit.upn(np.array([int(digits[:11])]), np.array([int(digits[11])]))
    return check_digit.UPN_LETTERS[int(check[0])] + digits


def _nhs(text: str) -> str:
    if len(text) != 10 or not text.isdigit():
        return text
    for first in range(10):  # until there is a valid check digit
        stem = f"99{first}{text[3:9]}"
        digit = int(check_digit.nhs(np.array([int(stem)]))[0])
        if digit != check_digit.NONE:
            return f"{stem}{digit}"
    return text


def _ranked(cells: Cells) -> pl.Series:
    """Hexadecimal text that sorts as the ids do."""
    rank = cells.text.rank("dense").cast(pl.Int64) * 7_919
    return pl.Series(
        [f"{n:020x}" if n is not None else None for n in rank.to_list()], dtype=pl.String
    )


def _merge_two(cells: Cells) -> pl.Series:
    """Everybody is the last one."""
    return pl.Series([cells.after.drop_nulls()[-1]]).new_from_index(0, len(cells.after))


def _next(cells: Cells) -> pl.Series:
    return cells.after.gather([*range(1, len(cells.after)), 0])


def _plain(plant: Plant) -> None:
    def digest(texts: pl.Series, key: str) -> pl.Series:
        plant.touched += len(texts)
        forms = {t: hashlib.sha256(t.encode()).hexdigest() for t in texts.drop_nulls().unique()}
        return texts.replace_strict(forms, default=None, return_dtype=pl.String)

    honest = Pseudonyms.__init__

    def init(self: Pseudonyms, *arguments: object, **more: object) -> None:
        honest(self, *arguments, **more)  # type: ignore[arg-type]
        self._digest = digest

    plant.patch.setattr(Pseudonyms, "__init__", init)


def _names_of_workers(cells: Cells) -> pl.Series:
    named = cells.text.str.contains(" ", literal=True).fill_null(False)
    return cells.text.zip_with(named, cells.after)


_ROT = str.maketrans("0123456789", "5678901234")
IDENTIFIERS = [
    Mutant("id kept, one domain", "family ids", ids(raw, of("family"))),
    Mutant("id kept, 1 in 1,000", "some ids of every domain", ids(raw, (), nth(1_000)), "0.1 %"),
    Mutant("id kept, one row", "one contact id", ids(raw, ("cont_contact_id",), one), "one"),
    Mutant(
        "id kept, one row of a reference",
        "whose contact one is",
        ids(raw, ("cont_person_id",), one),
        "one",
    ),
    Mutant(
        "id with blanks around", "referral ids", ids(lambda c: " " + c.text + " ", of("referral"))
    ),
    Mutant("id behind a letter", "contact ids", ids(lambda c: "a" + c.text, of("contact"))),
    Mutant(
        "id behind a letter, one row",
        "one contact id",
        ids(lambda c: "a" + c.text, ("cont_contact_id",), one),
        "one",
    ),
    Mutant(
        "id behind abc, 1 in 16",
        "some ids of three domains",
        ids(lambda c: "abc" + c.text, of("contact", "referral", "casenote"), nth(16)),
        "6 %",
    ),
    Mutant(
        "id inside its own pseudonym",
        "assessment ids",
        ids(lambda c: c.after.str.slice(0, 8) + c.text + c.after.str.slice(8, 8), of("assessment")),
    ),
    Mutant("id backwards", "casenote ids", ids(lambda c: c.text.str.reverse(), of("casenote"))),
    Mutant(
        "id with its digits turned",
        "family ids",
        ids(spelled(lambda text: text.translate(_ROT)), of("family")),
    ),
    Mutant(
        "id as hexadecimal bytes",
        "person ids",
        ids(spelled(lambda text: text.encode().hex()), of("person")),
    ),
    Mutant(
        "id in base 64",
        "placement ids",
        ids(spelled(lambda text: base64.b64encode(text.encode()).decode()), of("placement")),
    ),
    Mutant(
        "id as its number in hexadecimal",
        "person ids",
        ids(spelled(lambda text: f"{int(text):020x}" if text.isdigit() else text), of("person")),
    ),
    Mutant("plain SHA-256 of all", "every id, by guessing", _plain),
    Mutant(
        "plain SHA-256 of persons",
        "person ids, by guessing",
        ids(hashed("sha256", 20), of("person")),
    ),
    Mutant("plain MD5 of contacts", "contact ids, by guessing", ids(hashed("md5"), of("contact"))),
    Mutant(
        "plain SHA-1 of one row",
        "one contact id, by guessing",
        ids(hashed("sha1"), ("cont_contact_id",), one),
        "one",
    ),
    Mutant(
        "SHA-256 with a public salt",
        "family ids, by guessing",
        ids(
            spelled(lambda text: hashlib.sha256(f"ssd{text}".encode()).hexdigest()[:36]),
            of("family"),
        ),
    ),
    Mutant("pseudonyms sort as ids do", "who came first", ids(_ranked, ("fami_table_id",))),
    Mutant(
        "UPN of a reserved authority, last nine true",
        "pupil numbers",
        ids(spelled(_upn), ("pers_upn",)),
    ),
    Mutant("UPN so in one row", "one pupil number", ids(spelled(_upn), ("pers_upn",), one), "one"),
    Mutant(
        "NHS number 999, last digits true",
        "NHS numbers",
        ids(spelled(_nhs), ("pers_single_unique_id",)),
    ),
    Mutant(
        "NHS number of the next child",
        "nothing, but no key decides on it",
        ids(_next, ("pers_single_unique_id",)),
    ),
    Mutant(
        "NHS number kept, one row",
        "one NHS number",
        ids(raw, ("pers_single_unique_id",), one),
        "one",
    ),
    Mutant(
        "linked identifiers behind a prefix, 1 in 50",
        "some former numbers",
        ids(lambda c: "X" + c.text, ("link_identifier_value",), nth(50)),
        "2 %",
    ),
    Mutant(
        "two persons merged",
        "nothing, but joins two children's records",
        ids(_merge_two, ("pers_person_id",), one),
        "one",
    ),
    Mutant(
        "a reference to somebody else",
        "nothing, but moves a contact to another child",
        ids(_next, ("cont_person_id",), one),
        "one",
    ),
    Mutant(
        "worker names kept where ids are due",
        "names of workers",
        ids(_names_of_workers),
        dirty=True,
    ),
]
