"""What was drawn for a column of a batch: through its group, alone, or distinct among siblings."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kernels.canonical import compacted
from kernels.draw import mix, ranking
from scrambler.batch import Batch
from scrambler.policy import Assignment
from scrambler.ssd import Spec
from scrambler.ssd.national import national_weights
from scrambler.ssd.sampling import RANKS, group_of
from scrambler.treatments.sampling.group import EMPTY, Drawn, Marks, draw


def choices(assignment: Assignment, spec: Spec) -> tuple[str, ...]:
    """Return what a code or number column is drawn from, as text, in the list's order."""
    parameters = assignment.parameters
    if "list" in parameters:
        return spec.code_lists[parameters["list"]].codes
    if "codes" in parameters:
        return spec.code_lists[parameters["codes"]].codes
    low, high = Decimal(parameters["low"]), Decimal(parameters["high"])
    step = Decimal(parameters.get("step", "1"))
    return tuple(str(low + step * n) for n in range(int((high - low) / step) + 1))


def drawn(batch: Batch, column: str) -> Drawn:
    """Return the draw of ``column``, made once a batch together with its group's other columns."""
    if column not in batch.draws:
        parameters = batch.parameters(column)
        if "within" in parameters:
            batch.draws[column] = _distinct(batch, column)
        else:
            group = group_of(batch.table.name, column)
            columns = [name for name in group.columns if name == column or is_sampled(batch, name)]
            spec = batch.context.spec
            lists = {name: choices(batch.assignments[name], spec) for name in columns}
            coded_ = {name: has_code(batch, name).astype(np.int64) for name in columns}
            weights = {name: w for name in columns if (w := _weights(batch, name))}
            batch.draws.update(draw(group, batch, lists, coded_, weights))
    draws: Drawn = batch.draws[column]
    return draws


def _weights(batch: Batch, column: str) -> Mapping[str, int]:
    """Return the weights of the codes of a column; none where they are drawn evenly."""
    if batch.context.codes == "even":
        return {}
    return national_weights().get(batch.parameters(column).get("list", ""), {})


def is_sampled(batch: Batch, column: str) -> bool:
    """Return whether ``column`` is there and drawn: a policy may clear or omit it instead."""
    return batch.has(column) and batch.assignments[column].treatment in ("code", "number")


def has_code(batch: Batch, column: str) -> NDArray[np.bool_]:
    """Return where ``column`` holds a code to redraw: said, not fixed, no hidden identifier."""
    if column not in batch.has_code:
        batch.has_code[column] = _has_code(batch, column)
    return batch.has_code[column]


def _has_code(batch: Batch, column: str) -> NDArray[np.bool_]:
    here = batch.has_value(column)
    parameters = batch.parameters(column)
    values = batch.frame[column]
    if values.dtype == pl.String and "list" in parameters:
        # A missing-value code elsewhere may be a code here: 0 is "no" in some lists.
        here = here | (code_index(batch, column) >= 0)
    if "fixed" in parameters:
        here = here & fixed(batch, column).is_null().to_numpy()
    if "identifiers" in parameters:
        here = here & ~embedded_identifier(batch, column)
    if "codes" in parameters:
        known = choices(batch.assignments[column], batch.context.spec)
        here = here & compacted(batch.text(column)).is_in(known).fill_null(False).to_numpy()
    if "follows" in parameters:
        here = here & ~derived_from(batch, column)
    return here


def code_index(batch: Batch, column: str) -> NDArray[np.int64]:
    """Return which of its codes each value of a column is as such, -1 for a description or none."""
    if column not in batch.code_index:
        codes = choices(batch.assignments[column], batch.context.spec)
        batch.code_index[column] = exact(batch.text(column), codes)
    return batch.code_index[column]


def exact(text: pl.Series, codes: tuple[str, ...]) -> NDArray[np.int64]:
    """Return which of ``codes`` each text is, to the letter; -1 for none and for null."""
    place = pl.col("text").cast(_enum(codes), strict=False).to_physical().cast(pl.Int64)
    return text.to_frame("text").select(place.fill_null(-1)).to_series().to_numpy(writable=True)


@cache
def _enum(codes: tuple[str, ...]) -> pl.Enum:
    return pl.Enum(list(dict.fromkeys(codes)))


def fixed(batch: Batch, column: str) -> pl.Series:
    """Return the fixed value a row's value means, as the policy spells it; null elsewhere."""
    text = batch.text(column).str.to_uppercase()
    result = pl.repeat(None, len(text), dtype=pl.String, eager=True)
    for form in batch.parameters(column)["fixed"].split("|"):
        meant = form.strip("*")
        found = (
            text.str.contains(meant.upper(), literal=True)
            if meant != form
            else text == meant.upper()
        ) & result.is_null()
        result = result.set(found.fill_null(False), meant)
    return result


def embedded_identifier(batch: Batch, column: str) -> NDArray[np.bool_]:
    """Return where a code column holds an identifier (a UPN as its own unknown reason)."""
    text = compacted(batch.text(column))
    domain = batch.parameters(column)["identifiers"]
    return batch.context.pseudonyms.formed(domain, text).to_numpy()


def derived_from(batch: Batch, column: str) -> NDArray[np.bool_]:
    """Return where a code takes over that of the column it follows: gender as a letter of sex.

    Where that column holds no code itself there is nothing to follow, and the own list is drawn.
    """
    parameters = batch.parameters(column)
    if not is_sampled(batch, parameters["follows"]):
        return np.zeros(len(batch), dtype=bool)
    alternates = batch.context.spec.code_lists[parameters["list"]].alternates
    alike = batch.text(column).is_in(list(alternates)).fill_null(False).to_numpy()
    return alike & has_code(batch, parameters["follows"])


def _distinct(batch: Batch, column: str) -> Drawn:
    """Draw codes that differ among the rows of one parent (C023, C130).

    A lone row draws from the whole list, or gets the first code of an ordered one. Several rows
    take different places of one random order, without the code that may only stand alone.
    """
    parameters = batch.parameters(column)
    codes = choices(batch.assignments[column], batch.context.spec)
    parents = batch.or_rows(batch.token(parameters["within"]))
    index = batch.ask(RANKS[batch.table.name])
    # Without a row's own key its siblings cannot be told apart: each counts as alone.
    rank = index.get("rank", batch.rows, 0) if index else np.zeros(len(batch), np.int64)
    count = index.get("count", batch.rows, 1) if index else np.ones(len(batch), np.int64)
    key = batch.draw_key(f"{batch.table.name}.{column}")
    lone = count == 1
    if parameters.get("ordered"):
        place = ranking(mix(parents, key), 2, key)[np.arange(len(batch)), np.minimum(rank, 1)]
        picks = np.where(lone, 0, np.where(rank > 1, 1, place))
        chances = [np.array([1.0, 0.0]), np.array([0.5, 0.5]), np.array([0.0, 1.0])]
        strata = np.where(lone, 0, np.where(rank > 1, 2, 1))
    else:
        shared = [n for n, code in enumerate(codes) if code != parameters.get("alone")]
        many = ranking(mix(parents, key), len(shared), key)
        several = np.array(shared)[many[np.arange(len(batch)), rank % len(shared)]]
        picks = np.where(lone, ranking(parents, len(codes), key)[:, 0], several)
        chances = [np.full(len(codes), 1 / len(codes)), np.zeros(len(codes))]
        chances[1][shared] = 1 / len(shared)
        strata = (~lone).astype(np.int64)
    # The order of a parent's rows is one draw, not one a row.
    seeds = parents if parameters.get("ordered") else batch.rows
    return Drawn(_where(has_code(batch, column), picks), strata, chances, seeds)


def _where(here: NDArray[np.bool_], picks: Marks) -> Marks:
    return np.where(here, picks, EMPTY)
