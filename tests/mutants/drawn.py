"""Leaks through what is drawn: codes, numbers, flags, lists of codes, and what follows a code.

Down to the smallest share that the unchanged count shows surely, and below it to single rows, which
only drawing anew from the row's keys can show.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import polars as pl

from scrambler.treatments.sampling import choices
from tests.mutants.mutant import Cells, Mutant, Plant, Rows, every, met, nth, one, seen

LONG, SHORT, SMALL = ("pers_ethnicity",), ("pers_sex",), ("immi_immigration_status",)
FLAG = ("cinv_cin_visit_seen",)
DISTANCE = ("clap_cla_placement_distance",)
FLAGS = ("cont_contact_outcome_json",)


def drawn(
    change: Callable[[Cells], pl.Series],
    only: tuple[str, ...] = (),
    rows: Rows = every,
    treatment: str = "code",
) -> Callable[[Plant], None]:
    return lambda plant: plant.column(treatment, change, rows, only)


def raw(cells: Cells) -> pl.Series:
    return cells.before


def _codes(cells: Cells) -> tuple[str, ...]:
    return choices(cells.batch.assignments[cells.column], cells.batch.context.spec)


def _shifted(cells: Cells) -> pl.Series:
    """Each code becomes the one behind it in the list."""
    codes = _codes(cells)
    behind = dict(zip(codes, (*codes[1:], codes[0]), strict=True))
    return cells.text.replace_strict(behind, default=cells.after)


def _next_drawn(cells: Cells) -> pl.Series:
    """Each drawn code becomes the one behind it: even and independent, and not what is due."""
    codes = _codes(cells)
    behind = dict(zip(codes, (*codes[1:], codes[0]), strict=True))
    return cells.after.cast(pl.String).replace_strict(behind, default=cells.after)


def _rare(cells: Cells) -> pl.Series:
    """The rarer half of the true codes stays."""
    counts = cells.text.value_counts(sort=True)
    rare = counts[counts.height // 2 :][cells.column].implode()
    return cells.before.zip_with(cells.text.is_in(rare), cells.after)


def _merged(cells: Cells) -> pl.Series:
    codes = _codes(cells)
    return cells.after.replace({codes[0]: codes[1]})


def _by_another(column: str, kept: tuple[str, ...]) -> Callable[[Cells], pl.Series]:
    """The code stays for some: those who have these codes in another column."""

    def change(cells: Cells) -> pl.Series:
        here = cells.batch.frame[column].cast(pl.String).is_in(list(kept)).fill_null(False)
        return cells.before.zip_with(here, cells.after)

    return change


CODES = [
    Mutant("codes kept, a long list", "ethnicity", drawn(raw, LONG)),
    Mutant("codes kept, a small column", "immigration status", drawn(raw, SMALL)),
    Mutant("codes kept, 1 in 10 of all", "a tenth of all codes", drawn(raw, (), nth(10)), "10 %"),
    Mutant(
        "codes kept, the share that shows",
        "some codes of a long list",
        drawn(raw, LONG, seen),
        "seen",
    ),
    Mutant("flags kept, the share that shows", "some answers", drawn(raw, FLAG, seen), "seen"),
    Mutant(
        "codes kept, 1 in 50",
        "some codes",
        drawn(raw, ("cont_contact_source_code",), nth(50)),
        "2 %",
    ),
    Mutant("code kept, one row of a long list", "one ethnicity", drawn(raw, LONG, one), "one"),
    Mutant("code kept, one row of a short list", "one sex", drawn(raw, SHORT, one), "one"),
    Mutant("flag kept, one row", "one answer", drawn(raw, FLAG, one), "one"),
    Mutant(
        "flag kept, one child of a small table",
        "one answer",
        drawn(raw, SMALL, one),
        "one",
    ),
    Mutant("each code the one behind it", "ethnicity, by a table", drawn(_shifted, LONG)),
    Mutant(
        "each code the one behind it, one row",
        "one ethnicity, by a table",
        drawn(_shifted, LONG, one),
        "one",
    ),
    Mutant("no code is ever itself", "the answer of two, by exclusion", drawn(_shifted, FLAG, met)),
    Mutant("each drawn code one place on", "nothing, but rows disagree", drawn(_next_drawn, LONG)),
    Mutant("rare codes kept", "what is rare", drawn(_rare, LONG)),
    Mutant("two codes merged", "nothing, but half of a code is lost", drawn(_merged, SHORT)),
    Mutant(
        "ethnicity kept for girls",
        "ethnicity of girls",
        drawn(_by_another("pers_sex", ("F",)), LONG),
    ),
    Mutant("sex of the true person", "sex", drawn(raw, SHORT)),
    Mutant(
        "closing reason kept, 1 in 20",
        "some reasons",
        drawn(raw, ("cine_close_reason",), nth(20)),
        "5 %",
    ),
    Mutant(
        "distinct codes kept among siblings",
        "disabilities",
        drawn(raw, ("disa_disability_code",), nth(8)),
        "12 %",
    ),
]

NUMBERS = [
    Mutant("numbers kept", "distances", drawn(raw, DISTANCE, treatment="number")),
    Mutant(
        "scores kept, the share that shows",
        "some scores",
        drawn(raw, ("csdq_sdq_score",), seen, "number"),
        "seen",
    ),
    Mutant("number kept, one row", "one distance", drawn(raw, DISTANCE, one, "number"), "one"),
    Mutant(
        "score kept, one row", "one score", drawn(raw, ("csdq_sdq_score",), one, "number"), "one"
    ),
    Mutant(
        "distance one more than the true",
        "distances",
        drawn(lambda c: ((c.before + 1) % 99).round(1), DISTANCE, treatment="number"),
    ),
    Mutant(
        "scores of the true half of the range",
        "high or low",
        drawn(
            lambda c: pl.Series(
                np.where(
                    c.before.fill_null(0) > 20,
                    20 + c.after.fill_null(0) % 20,
                    c.after.fill_null(0) % 20,
                )
            ),
            ("csdq_sdq_score",),
            treatment="number",
        ),
    ),
]


def _flag(name: str) -> Callable[[Cells], pl.Series]:
    """One flag of an object as it was."""

    def change(cells: Cells) -> pl.Series:
        held = cells.text.str.extract(rf'"{name}"\s*:\s*"([YN])').fill_null("N")
        sides = pl.DataFrame({"text": cells.after, "held": held})
        return sides.select(
            pl.col("text").str.replace(
                rf'"{name}":"[YN]"', pl.concat_str(pl.lit(f'"{name}":"'), "held", pl.lit('"'))
            )
        ).to_series()

    return change


def _all_flags(cells: Cells) -> pl.Series:
    """All flags as they were, the comment as it is honestly drawn."""
    text = cells.after
    for name in cells.batch.context.spec.outcomes[cells.column].flags:
        text = _flag(name)(Cells(cells.batch, cells.column, cells.before, text))
    return text


def _without_first(cells: Cells) -> pl.Series:
    first = cells.batch.context.spec.outcomes[cells.column].flags[0]
    return cells.after.str.replace(rf'"{first}":"[YN]",?', "")


def objects(
    change: Callable[[Cells], pl.Series], only: tuple[str, ...] = FLAGS, rows: Rows = every
) -> Callable[[Plant], None]:
    return lambda plant: plant.column("flags_json", change, rows, only)


def factors(change: Callable[[Cells], pl.Series], rows: Rows = every) -> Callable[[Plant], None]:
    return lambda plant: plant.column("code_list_json", change, rows)


def _one_factor(cells: Cells) -> pl.Series:
    """The first true factor in the place of the first drawn one."""
    found = []
    for was, now in zip(cells.text.to_list(), cells.after.to_list(), strict=True):
        try:
            true, new = json.loads(was or "[]"), json.loads(now or "[]")
        except ValueError:
            true, new = [], []
        merged = sorted({*true[:1], *new[1:]}) if true and new else new
        found.append(json.dumps(merged, separators=(",", ":")) if len(merged) == len(new) else now)
    return pl.Series(found)


LISTS = [
    Mutant("flags of objects kept", "outcomes", objects(_all_flags)),
    Mutant(
        "flags of objects kept, 1 in 20",
        "some outcomes",
        objects(_all_flags, FLAGS, nth(20)),
        "5 %",
    ),
    Mutant(
        "flags of objects kept, the share that shows",
        "some outcomes",
        objects(_all_flags, FLAGS, seen),
        "seen",
    ),
    Mutant(
        "flags of an object kept, one row", "one outcome", objects(_all_flags, FLAGS, one), "one"
    ),
    Mutant("one flag kept", "who was missing", objects(_flag("MISSING_FLAG"))),
    Mutant("a flag lost", "nothing, but a key is gone", objects(_without_first)),
    Mutant("object kept whole", "outcomes and comments", objects(raw)),
    Mutant("factors kept", "factors", factors(raw)),
    Mutant("factors kept, 1 in 50", "some factors", factors(raw, nth(50)), "2 %"),
    Mutant("factors kept, one row", "one child's factors", factors(raw, one), "one"),
    Mutant("one factor of each kept", "a factor of each child", factors(_one_factor)),
]


def labels(
    change: Callable[[Cells], pl.Series], only: tuple[str, ...], rows: Rows = every
) -> Callable[[Plant], None]:
    return lambda plant: plant.column("label", change, rows, only)


TEAM = ("dept_team_name",)
LABELS = [
    Mutant("team names kept", "teams", labels(raw, TEAM)),
    Mutant("team name kept, one row", "one team", labels(raw, TEAM, one), "one"),
    Mutant("team name and a 1", "teams", labels(lambda c: c.text + "1", TEAM)),
    Mutant("team name backwards", "teams", labels(lambda c: c.text.str.reverse(), TEAM)),
    Mutant(
        "organisation behind an invented one",
        "organisations",
        labels(lambda c: c.after + " " + c.text, ("earl_episode_organisation",)),
    ),
    Mutant(
        "description of the true code", "who referred", labels(raw, ("cine_referral_source_desc",))
    ),
    Mutant(
        "description of the true code, one row",
        "who referred one child",
        labels(raw, ("cine_referral_source_desc",), one),
        "one",
    ),
]
