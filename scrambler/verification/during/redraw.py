"""Draws codes and numbers anew, from the keys of the rows, with the check's own code.

The order in which combinations are counted is part of the draw: that of the group's columns, and in
each that of its list.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scrambler.ssd.national import national_weights
from scrambler.ssd.sampling import RANKS, SUBJECT, Group, group_of
from scrambler.verification.during.conditions import condition_of
from scrambler.verification.during.derivation import Numbers, Seeds, lots, mixed, scaled
from scrambler.verification.during.holding import holds_code
from scrambler.verification.during.reading import NONE, choices
from scrambler.verification.during.sides import Sides


@dataclass(frozen=True)
class Redraw:
    """What a column must have drawn: ``places`` in its list, NONE where it holds no code.

    ``strata`` number the rows' distributions, the rows of ``chances`` (shape strata, codes). Rows
    with equal ``seeds`` share a draw.
    """

    places: Numbers
    strata: Numbers
    chances: NDArray[np.float64]
    seeds: Seeds


def redrawn(sides: Sides, column: str) -> Redraw:
    """Draw a column anew, together with the columns of its group."""
    return sides.once("redraw", column, lambda: _redrawn(sides, column))


def _redrawn(sides: Sides, column: str) -> Redraw:
    parameters = sides.parameters(column)
    if "ordered" in parameters:
        return _ordered(sides, column)
    if "within" in parameters:
        return _distinct(sides, column)
    group = group_of(sides.table.name, column)
    found = _drawn(sides, group, column)
    for name in found.keys() - {column}:
        sides.once("redraw", name, lambda name=name: found[name])  # type: ignore[misc]
    return found[column]


def _drawn(sides: Sides, group: Group, column: str) -> dict[str, Redraw]:
    names = tuple(name for name in group.columns if name == column or sides.is_drawn(name))
    lists = tuple(choices(sides.assignments[name], sides.spec) for name in names)
    marks = [holds_code(sides, name).astype(np.int64) for name in names]
    marks += [condition_of(sides, condition) for condition in group.given.values()]
    kinds, strata = _kinds(marks)
    tables = [
        _combinations(group, names, lists, kind[: len(names)], kind[len(names) :]) for kind in kinds
    ]
    shares = [_shares(sides, table, names, lists) for table in tables]
    seeds = _seeds(sides, group)
    sizes = np.array([len(table) for table in tables], dtype=np.int64)
    bits = mixed(seeds, sides.check.draw(group.name))
    picks = (np.cumsum(sizes) - sizes)[strata] + _picked(bits, strata, shares)
    every = np.concatenate(tables)
    return {
        name: Redraw(
            every[picks, number],
            strata,
            np.stack(
                [
                    _chances(table[:, number], share, len(lists[number]))
                    for table, share in zip(tables, shares, strict=True)
                ]
            ),
            seeds,
        )
        for number, name in enumerate(names)
    }


def _shares(
    sides: Sides, table: Numbers, names: tuple[str, ...], lists: tuple[tuple[str, ...], ...]
) -> Numbers:
    """Return how much of a stratum's chance each combination has: 1 each, or as published."""
    shares = np.ones(len(table), dtype=np.int64)
    if sides.check.codes == "national":
        for number, (name, codes) in enumerate(zip(names, lists, strict=True)):
            known = national_weights().get(sides.parameters(name).get("list", ""))
            if known:
                # NONE is the place after all codes, and leaves the share as it is.
                shares *= np.array([*(known[code] for code in codes), 1])[table[:, number]]
    return shares


def _picked(bits: Seeds, strata: Numbers, shares: list[Numbers]) -> Numbers:
    """Return the place in its stratum's table that each row's bits fall on."""
    picked = np.empty(len(bits), dtype=np.int64)
    for stratum, share in enumerate(shares):
        rows = np.flatnonzero(strata == stratum)
        until = np.cumsum(share)
        picked[rows] = np.digitize(scaled(bits[rows], int(until[-1])), until)
    return picked


def _seeds(sides: Sides, group: Group) -> Seeds:
    if group.keyed_by is None:
        return sides.rows
    if group.keyed_by == SUBJECT:
        return sides.or_rows(sides.subjects)
    return sides.or_rows(sides.token(group.keyed_by))


def _kinds(marks: list[Numbers]) -> tuple[list[tuple[int, ...]], Numbers]:
    """Return the different rows of marks, and the number of each row's."""
    number = np.zeros(len(marks[0]), dtype=np.int64)
    for mark in marks:
        least = int(mark.min())
        number = number * (int(mark.max()) - least + 1) + (mark - least)
    # Few are different: counted, not sorted.
    there = np.bincount(number) > 0
    strata = (np.cumsum(there) - 1)[number]
    example = np.zeros(int(there.sum()), dtype=np.int64)
    example[strata[::-1]] = np.arange(len(number) - 1, -1, -1)
    kinds = zip(*(mark[example].tolist() for mark in marks), strict=True)
    return [*kinds], strata


@lru_cache(maxsize=4096)
def _combinations(
    group: Group,
    names: tuple[str, ...],
    lists: tuple[tuple[str, ...], ...],
    here: tuple[int, ...],
    given: tuple[int, ...],
) -> Numbers:
    """Return what may be drawn: a row for each combination, a column for each of ``names``."""
    sizes = [len(codes) if held else 1 for codes, held in zip(lists, here, strict=True)]
    every = np.stack(np.unravel_index(np.arange(int(np.prod(sizes))), sizes), axis=1)
    facts = dict(zip(group.given, given, strict=True))
    held = [number for number, one in enumerate(here) if one]
    allowed = [
        not held or group.allows({names[n]: lists[n][row[n]] for n in held}, facts)
        for row in every.tolist()
    ]
    # Where the source itself breaks the rule, nothing can keep it.
    kept = every[np.array(allowed)] if any(allowed) else every
    return np.where(np.array(here, dtype=bool), kept, NONE)


def _chances(places: Numbers, shares: Numbers, size: int) -> NDArray[np.float64]:
    here = places != NONE
    chances: NDArray[np.float64] = np.bincount(places[here], shares[here], size) / shares.sum()
    return chances


def _siblings(sides: Sides) -> tuple[Numbers, Numbers]:
    """Return the place of each row among those of its parent, and how many they are."""
    index = sides.index(RANKS[sides.table.name])
    if index is None:
        return np.zeros(len(sides), np.int64), np.ones(len(sides), np.int64)
    return index.get("rank", sides.rows, 0), index.get("count", sides.rows, 1)


def _ordered(sides: Sides, column: str) -> Redraw:
    """Number the rows of a parent: a lone one is first, of two either, others come second."""
    rank, count = _siblings(sides)
    parents = sides.or_rows(sides.token(sides.parameters(column)["within"]))
    key = sides.check.draw(f"{sides.table.name}.{column}")
    first_loses = np.argmin(lots(mixed(parents, key), 2, key), axis=1)
    place = np.where(rank == 0, first_loses, 1 - first_loses)
    place = np.where(count == 1, 0, np.where(rank > 1, 1, place))
    chances = np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])
    strata = np.where(count == 1, 0, np.where(rank > 1, 2, 1))
    places = np.where(holds_code(sides, column), place, NONE)
    return Redraw(places, strata, chances, parents)


def _distinct(sides: Sides, column: str) -> Redraw:
    """Give the rows of a parent different codes, and never several the one that stands alone."""
    parameters = sides.parameters(column)
    codes = choices(sides.assignments[column], sides.spec)
    rank, count = _siblings(sides)
    parents = sides.or_rows(sides.token(parameters["within"]))
    key = sides.check.draw(f"{sides.table.name}.{column}")
    shared = np.array([n for n, code in enumerate(codes) if code != parameters.get("alone")])
    order = np.argsort(lots(mixed(parents, key), len(shared), key), axis=1)
    several = shared[order[np.arange(len(sides)), rank % len(shared)]]
    lone = np.argmin(lots(parents, len(codes), key), axis=1)
    chances = np.full((2, len(codes)), 1 / len(codes))
    chances[1] = np.isin(np.arange(len(codes)), shared) / len(shared)
    places = np.where(count == 1, lone, several)
    strata = (count != 1).astype(np.int64)
    return Redraw(np.where(holds_code(sides, column), places, NONE), strata, chances, sides.rows)
