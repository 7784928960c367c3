"""Hands payloads over to staging: from an output's tables, or from a live staging table.

Staging is where people look before anything leaves. Nothing here sends.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

import polars as pl

from scrambler.errors import OutputError, ScramblerError, UsageError
from scrambler.errors.boundary import fault_at
from scrambler.evidence import Record, evidence_beside
from scrambler.evidence.write import write_report
from scrambler.files.paths import in_output
from scrambler.keys.epoch import Ids
from scrambler.payload import build_slices, business_breaches, cohort_size
from scrambler.payload.shape import tables_of_leaves
from scrambler.payload.tables import Tables
from scrambler.resources.notebook import as_html
from scrambler.resources.progress import Progress, heard
from scrambler.sinks import Output, open_output
from scrambler.ssd import ssd
from scrambler.staging import Staged, folder_of, stage
from scrambler.staging.settings import DEFAULT, MergeSettings

CHILDREN_A_SLICE = 10_000
"""Payloads in memory at once. Every table streams past for each slice."""


@dataclass(frozen=True, repr=False)
class StagingReport:
    """How many payloads there were, what became of them in staging, and how many seconds it took.

    ``as_of`` is None for payloads that somebody else built. ``compared`` counts, by the path of a
    leaf, the values that had to change, ``judged`` those that were drawn, ``kept`` those that the
    policy keeps; empty for payloads built here, whose tables were verified by the run.
    ``ids`` says whether the live payloads' identifiers fold case, None for those built here.
    ``contradictions`` counts children by the business rule that their payload breaks. ``evidence``
    says where the page about the output is, or why there is none.
    """

    as_of: date | None
    payloads: int
    staged: Staged
    seconds: float
    compared: Mapping[str, int] = field(default_factory=dict)
    judged: Mapping[str, int] = field(default_factory=dict)
    kept: Mapping[str, int] = field(default_factory=dict)
    ids: Ids | None = None
    contradictions: Mapping[str, int] = field(default_factory=dict)
    evidence: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """The payloads, and the rows of staging by what became of them; see ``Staged``."""
        return {
            "payloads": self.payloads,
            "new": self.staged.new,
            "updated": self.staged.updated,
            "unchanged": self.staged.unchanged,
            "deleted": self.staged.deleted,
            "unsent": self.staged.unsent,
            "removed": self.staged.removed,
            "mended": self.staged.mended,
            "refreshed": self.staged.refreshed,
        }

    @property
    def frame(self) -> pl.DataFrame:
        """A row for each of the counts."""
        return pl.DataFrame({"of": [*self.counts], "count": [*self.counts.values()]})

    def _repr_html_(self) -> str:
        """Show the counts."""
        return as_html(repr(self), self.frame)

    def __repr__(self) -> str:
        """Show what became of the payloads: a notebook prints it whole."""
        counted = ", ".join(f"{count:,} {name}" for name, count in self.counts.items() if count)
        return f"StagingReport({counted}; {self.seconds:.1f} s)"


def stage_payloads(
    source: Path | str,
    to: Path | str,
    *,
    schema: str | None = None,
    as_of: date | None = None,
    settings: MergeSettings = DEFAULT,
    progress: Progress | bool | None = None,
) -> StagingReport:
    """Build the payloads of the scrambled tables in ``source`` and stage them in ``to``.

    ``source`` is the output of a run, ``schema`` its schema in PostgreSQL; ``as_of`` is today where
    it is not given. OutputError when the output is not whole, or when ``to`` cannot be written;
    VerificationError when a payload is not valid, and when ``settings`` refuse what would be lost.
    All payloads are staged or none is.
    """
    as_of = as_of or date.today()
    out = _opened(source, schema)
    _refuse_own(out, to)
    _refuse_parts(out)
    built = payloads(output_tables(out), as_of, heard(progress))
    done = stage_built(built, to, as_of, settings)
    return replace(done, evidence=_kept(out, done))


def _kept(out: Output, done: StagingReport) -> str:
    """Keep what became of the payloads next to the output; say where, or why not."""
    evidence = evidence_beside(out.path)
    if evidence is None:
        return ""
    result = {
        "as_of": str(done.as_of) if done.as_of else None,
        "counts": done.counts,
        "removals": dict(done.staged.removals),
        "contradictions": dict(done.contradictions),
    }
    fingerprint = out.fingerprint
    try:
        evidence.keep(Record.now("payload", fingerprint, True, done.seconds, result))
        return f"The page to judge it by: {write_report(evidence, out.manifest, fingerprint)}"
    except ScramblerError as error:
        return f"No page was made: {error}"


def _opened(source: Path | str, schema: str | None) -> Output:
    try:
        return open_output(source, schema)
    except (OutputError, UsageError) as error:
        if "://" not in str(source) and not str(source).lower().startswith("odbc:"):
            raise
        raise OutputError(
            f"{error} To scramble a live staging table in a database, add --from-staging."
        ) from None


def _refuse_own(out: Output, to: Path | str) -> None:
    """OutputError where staging would lie in the output itself, which then is not what it was."""
    held = folder_of(to)
    if held is not None and in_output(held, out.path):
        raise OutputError("The staging target lies inside the output. Choose another place for it.")


def _refuse_parts(out: Output) -> None:
    """OutputError for an output of some children or tables only: who is not in it looks gone."""
    manifest = out.manifest
    part = "some children only (--children)" if manifest.get("children") is not None else ""
    there = {*manifest["tables"], *manifest.get("missing", ()), *manifest.get("omitted", ())}
    if absent := sorted(tables_of_leaves() - there):
        part = f"some tables only (--tables): {', '.join(absent)} are not in it"
    if part:
        raise OutputError(
            f"{out} holds {part}. Payloads are of the whole cohort, so whoever is not in it would "
            "be Deleted. Scramble the whole source."
        )


def output_tables(out: Output) -> Tables:
    """Return the tables of a committed output, as its manifest says.

    OutputError for a file that is missing or was changed since. All columns have the types of the
    spec: what a source held as integers is text here.
    """
    return {name: _typed(name, out.table(name)) for name in out.manifest["tables"]}


def constructed_tables(folder: Path) -> Tables:
    """Return the tables of a folder that constructed data were written to, one file a table."""
    return {
        path.stem: _typed(path.stem, pl.scan_parquet(path))
        for path in sorted(folder.glob("*.parquet"))
    }


def _typed(table: str, rows: pl.LazyFrame) -> pl.LazyFrame:
    with fault_at(table):
        held = rows.collect_schema()
        types = {
            column: spec.dtype
            for column, spec in ssd().tables[table].columns.items()
            if held.get(column, spec.dtype) != spec.dtype
        }
        return rows.cast(types)  # type: ignore[arg-type]


def payloads(
    tables: Tables, as_of: date, progress: Progress | None = None
) -> Iterator[pl.DataFrame]:
    """Yield the payloads of all children of the cohort, `CHILDREN_A_SLICE` at a time."""
    with fault_at("payloads"):
        children = cohort_size(tables, as_of)
    if progress:
        progress.begin("payloads", children)
    slices = build_slices(tables, as_of, max(1, -(-children // CHILDREN_A_SLICE)))
    while True:
        with fault_at("payloads"):
            built = next(slices, None)
        if built is None:
            return
        yield built
        if progress:
            progress.advance("payloads", built.height)


def stage_built(
    built: Iterator[pl.DataFrame],
    to: Path | str,
    as_of: date | None,
    settings: MergeSettings = DEFAULT,
) -> StagingReport:
    """Stage ``built`` in ``to``, whole or not at all, and count."""
    began, count, broken = time.monotonic(), 0, Counter[str]()

    def counted() -> Iterator[pl.DataFrame]:
        nonlocal count
        for frame in built:
            count += frame.height
            found = business_breaches(frame["json_payload"]).unique(["index", "rule"])
            broken.update(dict(found["rule"].value_counts().rows()))  # a row a rule
            yield frame

    # The clock of the wall, as the known builder and sender write it.
    staged = stage(to, counted(), datetime.now(), settings)
    seconds = time.monotonic() - began
    return StagingReport(as_of, count, staged, seconds, contradictions=dict(broken))
