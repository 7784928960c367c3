"""The DfE's validation rules on both sides: the output keeps what the source keeps.

Of the tables that pass, the columns that these rules read are kept, and kept narrow: days, codes,
and of keys a hash, which is enough to find what belongs together.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import polars as pl
from polars import col

from scrambler.ssd import ColumnSpec
from scrambler.ssd.rules.condition import answer
from scrambler.ssd.rules.tidy import tidy
from scrambler.verification.after.check_result import CheckResult

if TYPE_CHECKING:
    from scrambler.ssd.rules.statutory import Evaluation, StatutoryRule

_FORMS = ("1570", "1580")
"""Rules about the form of a key, which C002 states too."""

_READ_AS_TEXT = (
    "pers_upn",
    "link_identifier_value",
    "clap_cla_placement_urn",
    "prof_social_worker_registration_no",
)
_ENQUIRY = ("s47e_s47_outcome_json", "CP_CONFERENCE_FLAG")


@dataclass(frozen=True)
class ChildrenWithErrors:
    """How many children break at least one rule that the DfE calls an error, on each side."""

    source: int
    output: int

    def __str__(self) -> str:
        """Say it in a sentence."""
        return (
            "Children with at least one error by the DfE's rules: "
            f"{self.source:,} in the source, {self.output:,} in the output."
        )


class StatutoryRows:
    """What the statutory rules need of the tables of one side."""

    def __init__(self, seed: int) -> None:
        """Have kept nothing yet; ``seed`` is that of the hashes."""
        self._seed = seed
        self._kept: dict[str, list[pl.DataFrame]] = {}

    def add(self, table: str, batch: pl.DataFrame) -> None:
        """Keep what the rules need of a batch."""
        self.take(table, narrowed(table, batch, self._seed))

    def take(self, table: str, narrow: pl.DataFrame) -> None:
        """Keep what was made narrow before, by the same seed."""
        if narrow.width:
            self._kept.setdefault(table, []).append(narrow)

    def evaluate(self) -> Evaluation:
        """Return what breaks the rules, those about the year of the return aside."""
        frames = {
            table: pl.concat(parts)
            .lazy()
            .with_columns(
                pl.col(name).cast(pl.String)
                for name, spec in _read(table).items()
                if name in parts[0].columns and spec.dtype == pl.String
            )
            for table, parts in self._kept.items()
        }
        from scrambler.ssd.rules.statutory import evaluate

        return evaluate(frames, _rules())


def compare_statutory(
    source: Evaluation,
    output: Evaluation,
    dates: str,
    cleared: Collection[str],
    unknown: Mapping[str, int],
) -> tuple[CheckResult, list[str]]:
    """Return the check of the statutory rules that scrambling keeps, and notes.

    ``dates`` is what the dates of the output keep; rules about ``cleared`` columns are left out.
    Records that break a rule in the source are no leave for others to; those that are excused are,
    and those with a code that no list has: how many that are, ``unknown`` says by column.
    """
    notes, held, failed = [], 0, 0
    for rule in _rules():
        told = rule.id in source.failures and rule.id in output.failures
        if not told or any(not names.isdisjoint(cleared) for names in rule.about.values()):
            continue
        before, after = source.failures[rule.id], output.failures[rule.id]
        name = f"{rule.id} ({rule.census} {rule.code})"
        if rule.kept_by(dates):
            held += 1
            read = [name for names in rule.about.values() for name in names]
            excused = source.excused.get(rule.id, 0) + sum(unknown.get(name, 0) for name in read)
            if after > before + excused:
                failed += 1
                notes.append(
                    f"{name} is broken by {after} records of the output and {before} of the source."
                )
        elif before == 0 and after:
            notes.append(f"{name} is not kept, by design: {rule.lost.get(dates, rule.why)}")
    return CheckResult("rules of the DfE that scrambling keeps", held, failed), notes


def narrowed(table: str, batch: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return what the rules need of a batch, keys as hashes; no column where they need nothing."""
    specs = [spec for name, spec in _read(table).items() if name in batch.columns]
    return batch.select(_narrowed(spec, seed) for spec in specs)


@cache
def _rules() -> list[StatutoryRule]:
    # Three hundred rules take longer to make than a command takes to start: once they are needed.
    from scrambler.ssd.rules.statutory import STATUTORY

    return [rule for rule in STATUTORY if rule.record and rule.code not in _FORMS]


@cache
def _read(table: str) -> Mapping[str, ColumnSpec]:
    records = {rule.record for rule in _rules() if rule.record}
    specs = [spec for record in records for spec in record.reads().get(table, [])]
    return {spec.name: spec for spec in specs}


def _narrowed(spec: ColumnSpec, seed: int) -> pl.Expr:
    column, flag = _ENQUIRY
    if spec.name == column:
        # Of the whole object, what is asked of it.
        object_ = pl.concat_str(pl.lit(f'{{"{flag}":"'), answer(column, flag), pl.lit('"}'))
        return object_.cast(pl.Categorical).alias(column)
    if spec.kind == "identifier" and spec.name not in _READ_AS_TEXT:
        return pl.when(tidy(spec).is_not_null()).then(tidy(spec).hash(seed)).alias(spec.name)
    if spec.kind in ("code", "flag") and spec.dtype == pl.String:
        return col(spec.name).cast(pl.Categorical)
    return col(spec.name)
