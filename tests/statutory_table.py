"""The table of the statutory rules: what breaks each in a source, and in what a run made of it.

    python -m tests.statutory_table --children 3000 --seeds 10
    python -m tests.statutory_table --children 50000 --shape clean

A line is a rule that something breaks, a column a source and what the dates of the run keep:
``12>13 (12)`` are the records that break it before and after, and in brackets after with every
child's window moved as far as its dates were, where a rule asks about the year or the day of the
extract. A star is for more than before though the rule is kept: there should be none. Rules that
scrambling does not keep say why in the last column. Figures of several seeds are added.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import polars as pl

from scrambler import api
from scrambler.batch.dates import DateShift, Keep
from scrambler.ssd.rules.statutory import STATUTORY, Evaluation, StatutoryRule, evaluate
from scrambler.synthetic import AS_OF
from tests.outputs import tables_of
from tests.pairing import in_order_of_output
from tests.shapes import SHAPES

YEAR_END = AS_OF - timedelta(days=1)
KEEP: tuple[Keep, ...] = get_args(Keep)


@dataclass(frozen=True)
class Outcome:
    """What breaks the rules in a source, in its output, and in the output on the source's days."""

    source: Evaluation
    output: Evaluation
    unmoved: Evaluation

    def more(self, dates: str) -> dict[str, tuple[int, int]]:
        """Return the rules that the output breaks more often though scrambling keeps them.

        A rule of the year or of the day of the extract is asked on the source's days.
        """
        return {
            f"{rule.census} {rule.code}": (before, after)
            for rule in STATUTORY
            if rule.id in self.output.failures
            and (after := self.counted(rule)) > (before := self.source.failures[rule.id])
            and (rule.of_year or rule.kept_by(dates))
        }

    def counted(self, rule: StatutoryRule) -> int:
        """Return the records of the output that break a rule."""
        return (self.unmoved if rule.of_year else self.output).failures[rule.id]


def evaluated(tables: Mapping[str, pl.DataFrame]) -> Evaluation:
    """Return what breaks the rules in some tables."""
    frames = {name: frame.lazy() for name, frame in tables.items()}
    return evaluate(frames, STATUTORY, YEAR_END)


def outcomes(
    folder: Path, children: int, seed: int, shape: str, dates: Sequence[Keep] = KEEP
) -> Iterator[tuple[Keep, Outcome]]:
    """Yield what a constructed source of a shape comes to, by what the dates of the run keep."""
    made, source = folder / "made", folder / "source"
    api.fake(str(made), children, seed=seed, dirty=shape == "with faults")
    source.mkdir()
    for name, frame in SHAPES[shape](
        {p.stem: pl.read_parquet(p) for p in made.glob("*.parquet")}
    ).items():
        frame.write_parquet(source / f"{name}.parquet")
    before = evaluated({p.stem: pl.read_parquet(p) for p in source.glob("ssd_*.parquet")})
    for keep in dates:
        epoch, out, shift = folder / f"{keep}.epoch", folder / keep, DateShift(keep=keep)
        api.create(epoch)
        api.run(str(source), out, epoch=epoch, shift=shift)
        after = tables_of(out)
        there = in_order_of_output(source, epoch, shift)
        unmoved = {name: _on_days_of(there[name], frame) for name, frame in after.items()}
        yield keep, Outcome(before, evaluated(after), evaluated(unmoved))


def _on_days_of(source: pl.DataFrame, output: pl.DataFrame) -> pl.DataFrame:
    """Return rows of an output with the days that the same rows of the source have."""
    days = [name for name, dtype in source.schema.items() if dtype.is_temporal()]
    return output.with_columns(source[name] for name in days)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return 1 where a rule that is kept is broken more often."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--children", type=int, default=3_000)
    asked.add_argument("--seeds", type=int, default=1)
    asked.add_argument("--first-seed", type=int, default=1)
    asked.add_argument("--shape", choices=[*SHAPES], action="append")
    asked.add_argument("--dates", choices=KEEP, action="append")
    options = asked.parse_args(arguments)
    table, worse = Table(), False
    for shape in options.shape or SHAPES:
        for seed in range(options.first_seed, options.first_seed + options.seeds):
            with TemporaryDirectory() as folder:
                for dates, outcome in outcomes(
                    Path(folder), options.children, seed, shape, options.dates or KEEP
                ):
                    table.add(shape, dates, outcome)
                    worse |= bool(outcome.more(dates))
    print("\n".join(table.lines()))
    return int(worse)


@dataclass
class Table:
    """What was counted, by rule and by shape and dates."""

    before: Counter[tuple[str, str]] = field(default_factory=Counter)
    after: Counter[tuple[str, str]] = field(default_factory=Counter)
    unmoved: Counter[tuple[str, str]] = field(default_factory=Counter)
    worse: Counter[tuple[str, str]] = field(default_factory=Counter)
    children: dict[str, list[str]] = field(default_factory=dict)

    def add(self, shape: str, dates: Keep, outcome: Outcome) -> None:
        """Add what a source came to."""
        where = f"{shape}, {dates}"
        before, after = outcome.source, outcome.output
        errors = f"{before.children_with_errors}>{after.children_with_errors}"
        self.children.setdefault(where, []).append(errors)
        for rule in STATUTORY:
            if rule.id in after.failures:
                place = (rule.id, where)
                self.before[place] += before.failures[rule.id]
                self.after[place] += after.failures[rule.id]
                self.unmoved[place] += outcome.unmoved.failures[rule.id]
                self.worse[place] += f"{rule.census} {rule.code}" in outcome.more(dates)

    def lines(self) -> Iterator[str]:
        """Yield the table as Markdown."""
        columns = [*self.children]
        yield _line("rule", "", *columns, "why it is not kept")
        yield _line(*["---"] * (len(columns) + 3))
        quiet = 0
        for rule in STATUTORY:
            places = [(rule.id, column) for column in columns]
            if not any(self.before[p] or self.after[p] for p in places):
                quiet += rule.record is not None
                continue
            why = rule.why or "; ".join(f"{d}: {w}" for d, w in rule.lost.items())
            yield _line(
                f"{rule.census} {rule.code}",
                "error" if rule.error else "query",
                *(self._cell(rule, place) for place in places),
                why,
            )
        yield _line("children with errors", "", *(" ".join(x) for x in self.children.values()), "")
        yield f"\n{quiet} other rules are broken by no record on either side."

    def _cell(self, rule: StatutoryRule, place: tuple[str, str]) -> str:
        found = f"{self.before[place]}>{self.after[place]}"
        if rule.of_year:
            found += f" ({self.unmoved[place]})"
        return found + "*" * bool(self.worse[place])


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    raise SystemExit(main())
