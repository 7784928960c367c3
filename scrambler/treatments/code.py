"""code: drawn evenly from the whole list, whatever the value was, in the form it had."""

from __future__ import annotations

import numpy as np
import polars as pl

from scrambler.batch import Batch
from scrambler.ssd import CodeList
from scrambler.treatments.sampling import (
    choices,
    code_index,
    derived_from,
    drawn,
    embedded_identifier,
    fixed,
    has_code,
)
from scrambler.treatments.treatment import NUMBERS, TEXT, Audit, Treatment


def _scramble(batch: Batch, column: str) -> pl.Series:
    parameters, spec = batch.parameters(column), batch.context.spec
    assignment = batch.assignments[column]
    codes = spec.code_lists[parameters["list"]]
    values = batch.frame[column]
    here = has_code(batch, column)
    result = _rendered(batch, column, drawn(batch, column).choices, codes)
    if not here.all():
        # What is no code stays only if it is a missing-value code.
        nothing = batch.text(column).set(pl.Series(batch.has_value(column) | here), None)
        result = result.zip_with(pl.Series(here), nothing)
    if "fixed" in parameters:
        meant = fixed(batch, column)
        result = meant.zip_with(meant.is_not_null(), result)
    if "identifiers" in parameters:
        domain = parameters["identifiers"]
        hidden = pl.Series(embedded_identifier(batch, column))
        ids = batch.context.pseudonyms.identify(domain, values.set(~hidden, None))
        result = batch.context.pseudonyms.pseudonyms(domain, ids).zip_with(hidden, result)
    if "follows" in parameters and (led := derived_from(batch, column)).any():
        leader = parameters["follows"]
        names = pl.Series(choices(batch.assignments[leader], spec))
        taken = names.gather(np.maximum(drawn(batch, leader).choices, 0))
        result = taken.zip_with(pl.Series(led), result)
    if values.dtype == pl.Boolean:
        return result == "1"
    return result.cast(assignment.column.dtype)


def _rendered(batch: Batch, column: str, picks: np.ndarray, codes: CodeList) -> pl.Series:
    """Spell each pick as the source spelled its value: code, description, or both."""
    width, prefixed = batch.assignments[column].column.width, "prefixed" in batch.parameters(column)
    place = np.maximum(picks, 0)
    plain = pl.Series(codes.codes).gather(place)
    text, bare = batch.text(column), pl.Series(code_index(batch, column) >= 0)
    if codes.codes == codes.labels or bare.sum() + text.null_count() == len(text):
        return plain
    every = [*zip(codes.codes, codes.labels, strict=True), *codes.alternates.items()]
    descriptions = {label.lower() for code, label in every if label != code}
    labels = pl.Series(codes.labels)
    long = pl.Series(codes.codes) + pl.Series([" "]) + labels
    described = text.str.to_lowercase().is_in(sorted(descriptions)) & ~bare
    # The payload takes the first characters of some columns: there a description starts with its
    # code, whether or not the source's did.
    pattern = r"^(?i:" + "|".join(code for code, _ in every) + r")[ :-]+\S"
    started = text.str.contains(pattern) if _is_plain(every) else described & False
    result = plain
    if _fits(labels, width) and not prefixed:
        result = labels.gather(place).zip_with(described.fill_null(False), result)
    if _fits(long, width):
        form = (started | described) if prefixed else started
        result = long.gather(place).zip_with(form.fill_null(False), result)
    return result


def _fits(forms: pl.Series, width: int | None) -> bool:
    return width is None or bool((forms.str.len_chars() <= width).all())


def _is_plain(every: list[tuple[str, str]]) -> bool:
    return all(code.replace("?", "").isalnum() for code, _ in every)


CODE = Treatment(
    name="code",
    summary="Drawn evenly from the code list, whatever the value was; empty cells stay.",
    types=TEXT | NUMBERS | {"boolean"},
    audit=Audit.DRAWN,
    scramble=_scramble,
    parameters={
        "list": "the code list to draw from",
        "fixed": "values that keep their meaning, separated by |; *X* means any text with X",
        "follows": "a column whose code is taken over where this one has its form",
        "identifiers": "the id domain of identifiers that may stand in the column",
        "prefixed": "descriptions start with their code",
        "within": "the identifier column whose rows must hold different codes",
        "alone": "the code that only stands alone",
        "ordered": "codes number the rows of one parent",
    },
    required=frozenset({"list"}),
)
