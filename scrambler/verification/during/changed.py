"""What must change: every value, and into nothing but what is invented."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl

from kernels.fake_name import FORENAMES, SURNAMES
from kernels.filler import foreign
from scrambler.batch import Batch, first_of
from scrambler.treatments.sampling import drawn, has_code, is_sampled
from scrambler.verification.during.tally import Mask, Tally

# An address without a part filled in says nothing and stays.
_NO_ADDRESS = r'^\s*\{(?:\s*"[A-Z]+"\s*:\s*(?:"\s*"|null)\s*,?)*\s*\}\s*$'


def changed(batch: Batch, column: str, scrambled: pl.Series, tally: Tally) -> Mask:
    """Judge a column of which every value must change."""
    judged, source = batch.has_value(column), batch.frame[column]
    if "codes" in batch.parameters(column):
        judged = judged & ~has_code(batch, column)
    treatment = batch.assignments[column].treatment
    if treatment == "address_json":
        judged = judged & ~source.str.contains(_NO_ADDRESS).fill_null(True).to_numpy()
    if treatment in _FORMS:
        _FORMS[treatment](batch, column, scrambled.filter(pl.Series(judged)), judged, tally)
    if treatment in _COMPACT or _shaped(batch, column):
        source, scrambled = (_compact(side.cast(pl.String)) for side in (source, scrambled))
    return must_change(source, scrambled, judged, tally)


def must_change(source: pl.Series, scrambled: pl.Series, judged: Mask, tally: Tally) -> Mask:
    """Count what is the same but for case and blanks around it."""
    if source.dtype == pl.String:
        same = np.zeros(len(judged), dtype=bool)
        sides = pl.DataFrame({"before": source, "after": scrambled})
        # Trimming only shortens: most are too short to be what came out, and none of those is read.
        close = sides.select(
            pl.col("before").str.len_bytes() >= pl.col("after").str.strip_chars().str.len_bytes()
        ).to_series()
        rows = np.flatnonzero(judged & close.fill_null(False).to_numpy())
        if len(rows):
            lower = pl.all().gather(rows).str.strip_chars().str.to_lowercase()
            alike = sides.select(lower).select(pl.col("before") == pl.col("after"))
            same[rows] = alike.to_series().fill_null(False).to_numpy()
    else:
        same = judged & (source == scrambled).fill_null(False).to_numpy()
    tally.judged += int(judged.sum())
    tally.unchanged += int(same.sum())
    return same


# Written in groups or not, these are the same.
_COMPACT = ("postcode", "address_json")


def _shaped(batch: Batch, column: str) -> bool:
    assignment = batch.assignments[column]
    if assignment.treatment != "identifier":
        return False
    return (
        "type" in assignment.parameters
        or batch.context.spec.domains[batch.domain(column)].shape in _GROUPED
    )


_GROUPED = ("upn", "nhs", "uln", "ni")


def _compact(text: pl.Series) -> pl.Series:
    return text.str.replace_all(" ", "", literal=True)


def _names(batch: Batch, column: str, names: pl.Series, judged: Mask, tally: Tally) -> None:
    """Hold names to the public lists, and each person to one."""
    part = batch.parameters(column)["part"]
    tally.foreign += strange_names(names, part)
    if part == "full":
        key = batch.text(column).hash().to_numpy()
    else:
        key = batch.or_rows(batch.token(batch.parameters(column)["key"]))
        sex = batch.parameters(column).get("sex", "")
        if is_sampled(batch, sex):
            # A forename goes with the sex, and rows of one person may differ in that.
            key = key + drawn(batch, sex).choices.astype(np.uint64)
    key = key[judged]
    if first_of(key).all():
        return
    held = pl.DataFrame({"key": key, "name": names, "own": batch.text(column).filter(judged)})
    given = held.group_by("key").agg(
        pl.col("name").n_unique().alias("names"),
        # Where a name is somebody's own already, the next of the list stands for it.
        pl.col("name").str.to_lowercase().is_in(pl.col("own").str.to_lowercase().implode()).any(),
    )
    tally.split += int((given["names"] > 1 + given["name"].cast(pl.Int8)).sum())


def strange_names(names: pl.Series, part: str) -> int:
    """Return how many different names of a column are not made of the public lists."""
    every = names.drop_nulls().unique()
    if part != "full":
        return int((~every.is_in(FORENAMES if part == "forename" else SURNAMES)).sum())
    words = pl.DataFrame({"name": every.str.splitn(" ", 2)}).unnest("name")
    fits = words["field_0"].is_in(FORENAMES) & words["field_1"].is_in(SURNAMES)
    return len(every) - int(fits.fill_null(False).sum())


def _postcodes(batch: Batch, column: str, found: pl.Series, judged: Mask, tally: Tally) -> None:
    tally.foreign += int((~found.str.starts_with("ZZ")).sum())


def _texts(batch: Batch, column: str, found: pl.Series, judged: Mask, tally: Tally) -> None:
    tally.foreign += foreign(found, batch.assignments[column].column.width)


_FORMS: Mapping[str, Callable[[Batch, str, pl.Series, Mask, Tally], None]] = {
    "name": _names,
    "postcode": _postcodes,
    "free_text": _texts,
}
