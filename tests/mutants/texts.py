"""Leaks through text: comments in JSON, free text, what is kept and what is cleared."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from kernels.filler import OPENING
from tests.mutants.mutant import Cells, Mutant, Plant, Rows, every, nth, one

OBJECT = ("cont_contact_outcome_json",)


def comment_of(text: pl.Series) -> pl.Series:
    """The comment as it stands in the object, without what would end it."""
    return text.str.extract(r'"(?:OUTCOME_)?COMMENTS"\s*:\s*"([^"\\]*)').fill_null("")


def comments(
    spell: Callable[[pl.Series], pl.Series], only: tuple[str, ...] = OBJECT, rows: Rows = every
) -> Callable[[Plant], None]:
    """Put something of the true comment into the object's."""

    def change(cells: Cells) -> pl.Series:
        sides = pl.DataFrame({"text": cells.after, "held": spell(comment_of(cells.text))})
        return sides.select(
            pl.col("text").str.replace(
                r'COMMENTS":"[^"]*"', pl.concat_str(pl.lit('COMMENTS":"'), "held", pl.lit('"'))
            )
        ).to_series()

    return lambda plant: plant.column("flags_json", change, rows, only)


def _hidden(cells: Cells) -> pl.Series:
    """The true comment in a member of its own."""
    return cells.after.str.strip_suffix("}") + ',"RAW":"' + comment_of(cells.text) + '"}'


def texts(
    change: Callable[[Cells], pl.Series], only: tuple[str, ...] = (), rows: Rows = every
) -> Callable[[Plant], None]:
    return lambda plant: plant.column("free_text", change, rows, only)


def raw(cells: Cells) -> pl.Series:
    return cells.before


def _first_words(text: pl.Series) -> pl.Series:
    return OPENING + " " + text.str.extract(r"^(\S+\s+\S+\s+\S+\s+\S+)").fill_null("")


JSON_TEXTS = [
    Mutant("comments kept", "what was said", comments(lambda text: text)),
    Mutant(
        "comment kept, one row",
        "what was said of one",
        comments(lambda text: text, OBJECT, one),
        "one",
    ),
    Mutant(
        "comments kept, 1 in 1,000",
        "some comments",
        comments(lambda text: text, (), nth(1_000)),
        "0.1 %",
    ),
    Mutant("comments behind filler", "what was said", comments(lambda text: f"{OPENING} " + text)),
    Mutant(
        "comment behind filler, one row",
        "what was said of one",
        comments(lambda text: f"{OPENING} " + text, OBJECT, one),
        "one",
    ),
    Mutant("first words of comments", "beginnings", comments(_first_words)),
    Mutant(
        "names out of comments",
        "names",
        comments(
            lambda text: (
                f"{OPENING} " + text.str.extract(r"([A-Z][a-z]+ [A-Z][a-z]+)").fill_null("")
            )
        ),
    ),
    Mutant("comments in capitals", "what was said", comments(lambda text: text.str.to_uppercase())),
    Mutant("comments backwards", "what was said", comments(lambda text: text.str.reverse())),
    Mutant(
        "comments in a member of their own",
        "what was said",
        lambda plant: plant.column("flags_json", _hidden, every, OBJECT),
    ),
    Mutant(
        "comments as long as the true ones",
        "lengths",
        comments(lambda text: text.str.replace_all(r"[A-Za-z]", "x")),
    ),
]

REASON = ("earl_episode_reason",)
FREE_TEXTS = [
    Mutant("texts kept", "reasons", texts(raw, REASON)),
    Mutant("text kept, one row", "one reason", texts(raw, REASON, one), "one"),
    Mutant("texts kept, 1 in 1,000", "some texts", texts(raw, (), nth(1_000)), "0.1 %"),
    Mutant("text behind filler", "reasons", texts(lambda c: f"{OPENING} " + c.text, REASON)),
    Mutant(
        "text behind filler, one row",
        "one reason",
        texts(lambda c: f"{OPENING} " + c.text, REASON, one),
        "one",
    ),
    Mutant("text behind drawn filler", "reasons", texts(lambda c: c.after + " " + c.text, REASON)),
    Mutant("text in capitals", "reasons", texts(lambda c: c.text.str.to_uppercase(), REASON)),
    Mutant("text backwards", "reasons", texts(lambda c: c.text.str.reverse(), REASON)),
]


def _kept(plant: Plant) -> None:
    """What does not fit its closed form is kept as well."""
    plant.column("keep", lambda cells: cells.before, every, ("link_identifier_type",))


def _cleared(plant: Plant) -> None:
    """What is to be cleared stays."""
    plant.column("clear", lambda cells: cells.before, every)


def _cleared_one(plant: Plant) -> None:
    plant.column("clear", lambda cells: cells.before, one, ("created_by",))


def _kept_smuggled(cells: Cells) -> pl.Series:
    """The forename of somebody in a cell of the version log."""
    return pl.Series(["1.4.5 " + "Ann"]).new_from_index(0, len(cells.after))


STRUCTURES = [
    Mutant(
        "a value where only versions stand",
        "whatever was written there",
        lambda plant: plant.column(
            "keep", _kept_smuggled, lambda cells, changed: changed | True, ("version_number",)
        ),
    ),
    Mutant("cleared columns kept", "who wrote the log", _cleared, dirty=True),
    Mutant("cleared cell kept, one row", "who wrote one line", _cleared_one, "one", dirty=True),
]
