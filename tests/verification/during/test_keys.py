from pathlib import Path

import numpy as np
import polars as pl
import pytest

from scrambler.verification.during import keys
from scrambler.verification.during.keys import DomainCount, KeyBook

CHILD, PARENT = "ssd_contacts.cont_person_id", "ssd_person.pers_person_id"


def _lanes(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.uint64)


def _book(folder: Path) -> KeyBook:
    return KeyBook(folder / "keys")


def _domain(book: KeyBook) -> DomainCount:
    (one,), _ = book.check()
    return one


def test_one_pseudonym_an_identifier_over_batches_and_columns(tmp_path: Path) -> None:
    book = _book(tmp_path)
    book.add(PARENT, "person", _lanes(1, 2, 0), pl.Series(["a", "b", "SSD_PH"]))
    book.add(PARENT, "person", _lanes(3, 1), pl.Series(["c", "a"]))
    book.add(CHILD, "person", _lanes(2, 2, 4), pl.Series(["b", "b", "d"]))
    assert _domain(book) == DomainCount("person", 4, 4, 4)
    assert _domain(book).holds


def test_integers_and_text_pair_up(tmp_path: Path) -> None:
    book = _book(tmp_path)
    book.add(PARENT, "person", _lanes(1), pl.Series([17]))
    book.add(CHILD, "person", _lanes(1), pl.Series(["17"]))
    assert _domain(book).holds


@pytest.mark.parametrize(
    ("pseudonyms", "counts"),
    [(["a", "a", "c"], (3, 2, 3)), (["a", "b", None], (3, 3, 3))],
    ids=["two identifiers one pseudonym", "a null is a pseudonym like another"],
)
def test_what_meets_is_counted(
    tmp_path: Path, pseudonyms: list[str | None], counts: tuple[int, int, int]
) -> None:
    book = _book(tmp_path)
    book.add(PARENT, "person", _lanes(1, 2, 3), pl.Series(pseudonyms))
    found = _domain(book)
    assert (found.source, found.scrambled, found.pairs) == counts
    assert found.holds == (len({*counts}) == 1)


def test_two_pseudonyms_of_one_identifier_are_found_in_another_column(tmp_path: Path) -> None:
    book = _book(tmp_path)
    book.add(PARENT, "person", _lanes(1, 2), pl.Series(["a", "b"]))
    book.add(CHILD, "person", _lanes(1), pl.Series(["x"]))
    found = _domain(book)
    assert (found.source, found.scrambled, found.pairs) == (2, 3, 3)
    assert not found.holds


def test_a_swap_between_columns_is_found_though_the_numbers_agree(tmp_path: Path) -> None:
    book = _book(tmp_path)
    book.add(PARENT, "person", _lanes(1, 2), pl.Series(["a", "b"]))
    book.add(CHILD, "person", _lanes(1, 2), pl.Series(["b", "a"]))
    assert _domain(book) == DomainCount("person", 2, 2, 4)
    assert not _domain(book).holds


@pytest.mark.parametrize("part", [1, 3, 1_000])
def test_parts_count_the_same_as_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    monkeypatch.setattr(keys, "_PART", part)
    book = _book(tmp_path)
    numbers = range(1, 60)
    book.add(PARENT, "person", _lanes(*numbers), pl.Series([f"p{n}" for n in numbers]))
    book.add(CHILD, "person", _lanes(*numbers), pl.Series([f"p{max(n, 5)}" for n in numbers]))
    # Four of the children's are p5 too, under another name.
    assert _domain(book) == DomainCount("person", 59, 59, 63)


def test_references_that_resolved_still_resolve(tmp_path: Path) -> None:
    book = _book(tmp_path)
    book.add(PARENT, "person", _lanes(1, 2), pl.Series(["a", "b"]))
    book.add(CHILD, "person", _lanes(1, 1, 9), pl.Series(["a", "a", "orphan"]))
    _, (found,) = book.check([("person", CHILD, PARENT)])
    assert (found.source, found.scrambled, found.holds) == (1, 1, True)


@pytest.mark.parametrize(("pseudonym", "scrambled"), [("broken", 0), ("b", 1)])
def test_a_broken_reference_is_found(tmp_path: Path, pseudonym: str, scrambled: int) -> None:
    book = _book(tmp_path)
    book.add(PARENT, "person", _lanes(1, 2), pl.Series(["a", "b"]))
    book.add(CHILD, "person", _lanes(1), pl.Series([pseudonym]))
    _, (found,) = book.check([("person", CHILD, PARENT)])
    assert found.scrambled == scrambled
    # A reference to another parent resolves, but breaks the pairs of the domain.
    assert not (found.holds and _domain(book).holds)


@pytest.mark.parametrize("part", [1, 7, 1_000])
@pytest.mark.parametrize("broken", [0, 3])
def test_references_add_up_over_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: int, broken: int
) -> None:
    monkeypatch.setattr(keys, "_PART", part)
    book = _book(tmp_path)
    parents, children = range(1, 41), range(21, 61)
    book.add(PARENT, "person", _lanes(*parents), pl.Series([f"p{n}" for n in parents]))
    names = [f"x{n}" if n < 21 + broken else f"p{n}" for n in children]
    book.add(CHILD, "person", _lanes(*children), pl.Series(names))
    (domain,), (found,) = book.check([("person", CHILD, PARENT)])
    assert (found.source, found.scrambled) == (20, 20 - broken)
    assert domain.holds == (broken == 0)


def test_references_to_what_was_not_read_are_left_out(tmp_path: Path) -> None:
    book = _book(tmp_path)
    book.add(CHILD, "person", _lanes(1), pl.Series(["a"]))
    assert book.check([("person", CHILD, PARENT)])[1] == []


def test_files_hold_no_value_and_are_removed(tmp_path: Path) -> None:
    book = _book(tmp_path)
    token = 0x1122334455667788
    book.add(PARENT, "person", _lanes(token), pl.Series(["canary-4711"]))
    (file,) = (tmp_path / "keys").iterdir()
    held = file.read_bytes()
    assert len(held) == 24
    assert b"canary" not in held
    assert token.to_bytes(8, "little") not in held
    book.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("held", "small", "alone"),
    [
        ([1, 2], [(1, 2)], 1),  # A1 is held, a1 as well
        ([2, 3], [(9, 2), (9, 3)], 1),  # aB and Ab, both AB in capitals
        ([2, 3], [(8, 2), (9, 3)], 0),
        ([1, 2, 3], [(1, 2), (1, 3), (1, 2)], 2),
    ],
)
def test_identifiers_that_case_alone_tells_apart(
    tmp_path: Path, held: list[int], small: list[tuple[int, int]], alone: int
) -> None:
    book = _book(tmp_path)
    book.add(PARENT, "person", _lanes(*held), pl.Series([str(one) for one in held]))
    for pair in small:
        book.add_spellings("person", _lanes(pair[0]), _lanes(pair[1]))
    assert _domain(book).case_alone == alone
