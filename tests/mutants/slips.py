"""Slips in what the treatments and the check may share: each is blind to what the other does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from kernels.different import Different
from kernels.draw import Seeds
from scrambler.batch import Batch
from scrambler.batch import cast as casting
from scrambler.keys import pseudonyms
from scrambler.keys.pseudonyms import Identified
from scrambler.ssd import MissingCodes, Spec
from scrambler.treatments.sampling import drawing
from tests.mutants.mutant import Mutant, Plant


def missing(wider: Callable[[Any], Any], *tables: str) -> Callable[[Plant], None]:
    """More texts count as nothing recorded; such stand in ``tables``, if not in the usual ones."""

    def plant_it(plant: Plant) -> None:
        plant.tables += tables
        honest = MissingCodes.in_text

        def in_text(self: MissingCodes, text: Any) -> Any:
            plant.touched += 1
            return honest(self, text) | wider(text)

        plant.patch.setattr(MissingCodes, "in_text", in_text)

    return plant_it


def _never_missing(plant: Plant) -> None:
    def in_text(self: MissingCodes, text: Any) -> Any:
        plant.touched += 1
        return text.is_null() & text.is_not_null()

    plant.patch.setattr(MissingCodes, "in_text", in_text)


def _spec(change: Callable[[Spec], Spec]) -> Callable[[Plant], None]:
    """The facts themselves are wrong, for whoever asks the context or the run."""

    def plant_it(plant: Plant) -> None:
        from scrambler.run import begin, settings, steps

        honest = steps.ssd

        def ssd() -> Spec:
            plant.touched += 1
            return change(honest())

        for module in (begin, steps, settings):
            plant.patch.setattr(module, "ssd", ssd)

    return plant_it


def _more_dates(spec: Spec) -> Spec:
    days = tuple(date(2012, 1, 1) + timedelta(days=n) for n in range(0, 4_000, 40))
    return replace(spec, missing=replace(spec.missing, dates=(*spec.missing.dates, *days)))


def _reworded(spec: Spec) -> Spec:
    """A flag whose line says Yes, No instead of Y, N: it is no flag any more (finding 4)."""
    column = "cont_contact_outcome_json"
    keys = spec.outcomes[column]
    return replace(spec, outcomes={**spec.outcomes, column: replace(keys, flags=keys.flags[1:])})


def _wider_list(spec: Spec) -> Spec:
    """A code list that takes whatever it finds: names of what should be redrawn are kept."""
    listed = spec.code_lists["sex"]
    return replace(
        spec,
        code_lists={
            **spec.code_lists,
            "sex": replace(listed, codes=listed.codes[:1], labels=listed.labels[:1]),
        },
    )


def _merged_ids(plant: Plant) -> None:
    """Ids that differ in their last character only are one."""
    honest = pseudonyms.trimmed

    def trimmed(values: pl.Expr, dtype: pl.DataType) -> pl.Expr:
        plant.touched += 1
        return honest(values, dtype).str.replace(r"([0-9a-zA-Z]{6,})[0-9a-zA-Z]$", "$1")

    plant.patch.setattr(pseudonyms, "trimmed", trimmed)


def _two_merged(plant: Plant) -> None:
    """Of the different values of a column the last is taken for the first."""
    honest = Different.of

    def of(values: pl.Series) -> Different:
        plant.touched += 1
        found = honest(values)
        assert found.codes is not None
        codes = np.where(found.codes == len(found.values) - 1, 0, found.codes)
        return Different(found.values, codes)

    plant.patch.setattr(Different, "of", of)


def _tokens_collide(plant: Plant) -> None:
    """Tokens of 8 bits: what is looked up by them belongs to others as well."""
    honest = pseudonyms.secret_token

    def secret_token(digests: pl.Series) -> Seeds:
        plant.touched += 1
        return honest(digests) & np.uint64(255)

    plant.patch.setattr(pseudonyms, "secret_token", secret_token)


def _spread_wrong(plant: Plant) -> None:
    """Each row has the pseudonym of the next different value."""
    honest = Identified.spread

    def spread(self: Identified, values: pl.Series) -> pl.Series:
        plant.touched += 1
        return honest(self, values.gather((np.arange(len(values)) + 1) % max(len(values), 1)))

    plant.patch.setattr(Identified, "spread", spread)


def has_value(wrong: Callable[[Batch, str, Any], Any]) -> Callable[[Plant], None]:
    """The mask of what says something is wrong for all who ask the batch."""

    def plant_it(plant: Plant) -> None:
        honest = Batch.has_value

        def spoiled(self: Batch, column: str) -> Any:
            plant.touched += 1
            return wrong(self, column, honest(self, column))

        plant.patch.setattr(Batch, "has_value", spoiled)

    return plant_it


def _not_the_first(batch: Batch, column: str, mask: Any) -> Any:
    """The first row of a batch says nothing, in every column."""
    result = mask.copy()
    result[:1] = False
    return result


def _has_code(wrong: Callable[[Batch, str, Any], Any]) -> Callable[[Plant], None]:
    def plant_it(plant: Plant) -> None:
        honest = drawing._has_code

        def spoiled(batch: Batch, column: str) -> Any:
            plant.touched += 1
            return wrong(batch, column, honest(batch, column))

        plant.patch.setattr(drawing, "_has_code", spoiled)

    return plant_it


def _lost(plant: Plant) -> None:
    """Every fiftieth value is lost where columns are cast."""
    honest = casting._column

    def column(values: pl.Series, assignment: Any) -> pl.Series:
        plant.touched += 1
        result = honest(values, assignment)
        if assignment.treatment not in ("code", "free_text", "number"):
            return result
        return result.set(pl.Series(np.arange(len(result)) % 50 == 49), None)

    plant.patch.setattr(casting, "_column", column)


def _fixed(plant: Plant) -> None:
    """Whatever has the letter of a fixed value is that value, and keeps its meaning."""
    honest = drawing.fixed
    plant.tables += ("ssd_immigration_status", "ssd_involvements")

    def fixed(batch: Batch, column: str) -> pl.Series:
        plant.touched += 1
        meant = honest(batch, column)
        text = batch.text(column)
        return text.zip_with(pl.Series(np.arange(len(text)) % 5 == 0), meant)

    plant.patch.setattr(drawing, "fixed", fixed)
    plant.patch.setattr("scrambler.treatments.code.fixed", fixed)


def _rows_one(plant: Plant) -> None:
    """All rows have one seed, so all draws of a table are one draw."""

    def rows(self: Batch) -> Seeds:
        plant.touched += 1
        return np.full(len(self), 77, dtype=np.uint64)

    plant.patch.setattr(Batch, "rows", property(rows))


def _short(text: Any) -> Any:
    return text.str.len_chars() <= 6


SLIPS = [
    Mutant("texts of up to 6 characters are nothing", "short names (finding 1)", missing(_short)),
    Mutant(
        "texts like postcodes are nothing",
        "postcodes",
        missing(lambda text: text.str.contains(r"^[A-Z]{2,4}[0-9]{1,2} ?[0-9][A-Z]{2}$")),
    ),
    Mutant(
        "a name in many records is nothing",
        "common names",
        missing(lambda text: text.is_in(["Smith", "Jones", "Taylor", "Brown", "Davies", "Evans"])),
    ),
    Mutant(
        "texts with a full stop are nothing",
        "comments, reasons",
        missing(lambda text: text.str.ends_with("."), "ssd_early_help_episodes"),
    ),
    Mutant(
        "nothing is ever missing",
        "nothing, but invents ids for placeholders",
        _never_missing,
        dirty=True,
    ),
    Mutant("a hundred days are no dates", "those days", _spec(_more_dates)),
    Mutant("a flag's line reworded", "nothing, but a flag is gone (finding 4)", _spec(_reworded)),
    Mutant("a code list of one code", "nothing, but a column says one thing", _spec(_wider_list)),
    Mutant("ids but for their last character", "nothing, but joins ten records", _merged_ids),
    Mutant("two different values merged", "nothing, but joins two records", _two_merged),
    Mutant("tokens of eight bits", "offsets that many share", _tokens_collide),
    Mutant("pseudonyms of the next value", "nothing, but breaks references", _spread_wrong),
    Mutant(
        "no row says anything",
        "what keeps what says nothing",
        has_value(lambda batch, column, mask: mask & False),
    ),
    Mutant(
        "forenames say nothing",
        "forenames",
        has_value(lambda batch, column, mask: mask & (column != "pers_forename")),
    ),
    Mutant(
        "short lists hold no code",
        "codes, or their loss",
        _has_code(lambda batch, column, mask: mask & (np.arange(len(mask)) % 10 != 0)),
        "10 %",
    ),
    Mutant("every fifth value is fixed", "some codes", _fixed, "20 %"),
    Mutant("values lost where columns are cast", "nothing, but loses 2 %", _lost, "2 %"),
    Mutant("all rows have one seed", "nothing, but a table says one thing", _rows_one),
]
