"""Phase 5: the live staging table, looked at in memory. Nothing is scrambled, written or sent.

The rows are real. What leaves this module are counts, the paths and rules of the schema, and states
of the code lists: no id, and no text that a row holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from scrambler.errors import SourceError
from scrambler.errors.boundary import fault_at
from scrambler.payload import validate
from scrambler.payload.limits import max_items
from scrambler.phases.phase import Check, Outcome, Phase, Request
from scrambler.sources import Source, open_source
from scrambler.ssd import ssd
from scrambler.staging.table import ERROR, PENDING
from scrambler.staging.table import LIVE_TABLE as TABLE

_WANTED = ("person_id", "json_payload", "submission_status", "row_state")
_IDS = {"person_id": "la_child_id", "legacy_id": "mis_child_id"}
"""Older builds have no legacy_id."""
_ROWS = 1_000
_A_POST = max_items("(transport) POST body")
_SENT_NEXT = (PENDING, ERROR)
_ITEM = r"\[[0-9]+\]"
_NO_STATE = "other"


@dataclass
class _Seen:
    """What adds up while the table streams past; people are held as hashes."""

    rows: int = 0
    invalid: int = 0
    strangers: int = 0
    people: list[pl.Series] = field(default_factory=list)
    states: list[pl.DataFrame] = field(default_factory=list)
    breaches: list[pl.DataFrame] = field(default_factory=list)

    def look(self, frame: pl.DataFrame) -> None:
        """Add some rows."""
        frame = frame.with_columns(pl.all().cast(pl.String).str.strip_chars_end())
        self.rows += frame.height
        found = validate(frame["json_payload"])
        self.invalid += found["index"].n_unique()
        paths = found.select(pl.col("path").str.replace_all(_ITEM, "[]"), "rule")
        self.breaches.append(paths.group_by("path", "rule").len())
        # A text that is no JSON has no ids to compare, and is invalid already.
        json = frame.filter(~pl.int_range(pl.len()).is_in(found["index"].implode()))
        own = [
            pl.col(column).eq_missing(pl.col("json_payload").str.json_path_match(f"$.{key}"))
            for column, key in _IDS.items()
            if column in frame.columns
        ]
        self.strangers += json.filter(~pl.all_horizontal(own)).height
        self.people.append(frame["person_id"].hash())
        states = frame.select(_state("submission_status"), _state("row_state"))
        self.states.append(states.group_by("submission_status", "row_state").len())


def _look(request: Request) -> Outcome:
    source = open_source(request.source or "", request.schema, wanted=TABLE)
    columns = _columns(source)
    request.progress.begin(TABLE, source.count(TABLE))
    seen = _Seen()
    for frame in source.read(TABLE, columns, _ROWS):
        with fault_at(TABLE):
            seen.look(frame)
        request.progress.advance(TABLE, frame.height)
    return _judge(seen)


def _judge(seen: _Seen) -> Outcome:
    states = _summed(seen.states, "submission_status", "row_state")
    breaches = _summed(seen.breaches, "path", "rule")
    next_sent = states.filter(pl.col("submission_status").is_in(_SENT_NEXT))
    sent = _total(next_sent)
    unknown = _total(states.filter(pl.any_horizontal(pl.exclude("len") == _NO_STATE)))
    twice = seen.rows - (pl.concat(seen.people).n_unique() if seen.people else 0)
    said = pl.format("{} {}: {} rows", "submission_status", "row_state", "len")
    broken = pl.format("Breach of {} at {}: {} times.", "rule", "path", "len")
    return Outcome(
        (
            Check("there are rows to send", sent > 0, f"{sent:,} of {seen.rows:,} rows"),
            Check("every payload keeps the schema", not seen.invalid, f"{seen.invalid:,} do not"),
            Check("one row a child", not twice, f"{twice:,} more"),
            Check("ids of row and payload agree", not seen.strangers, f"{seen.strangers:,} do not"),
            Check("every state is a known one", not unknown, f"{unknown:,} are not"),
        ),
        {
            "rows": seen.rows,
            "invalid": seen.invalid,
            "would_be_sent": sent,
            "posts": -(-sent // _A_POST),
        }
        | dict(states.select(pl.concat_str(pl.exclude("len"), separator="."), "len").rows()),
        notes=(
            *states.select(said).to_series(),
            *breaches.select(broken).to_series(),
            f"A sender would send {sent:,} rows (those pending or in error), in batches of "
            f"at most {_A_POST}: {-(-sent // _A_POST):,}. This program sends nothing.",
        ),
    )


def _state(column: str) -> pl.Expr:
    """Return a state in lower case, as the sender compares it; one of no list is not repeated."""
    codes = [code.lower() for code in ssd().code_lists[column].codes]
    lower = pl.col(column).str.to_lowercase()
    return pl.when(lower.is_in(codes)).then(lower).otherwise(pl.lit(_NO_STATE)).alias(column)


def _summed(counts: list[pl.DataFrame], *keys: str) -> pl.DataFrame:
    empty = pl.DataFrame(schema=dict.fromkeys(keys, pl.String) | {"len": pl.UInt32})
    return pl.concat([empty, *counts]).group_by(keys).agg(pl.col("len").sum()).sort(keys)


def _total(counts: pl.DataFrame) -> int:
    return int(counts["len"].sum())


def _columns(source: Source) -> list[str]:
    held = source.tables().get(TABLE)
    if held is None:
        raise SourceError(f"The source has no table {TABLE}. Is it the right database and schema?")
    if missing := [column for column in _WANTED if column not in held]:
        raise SourceError(f"{TABLE} lacks {', '.join(missing)}, which staging build 0.4.8 has.")
    return [column for column in (*_WANTED, "legacy_id") if column in held]


LIVE = Phase(5, "the live table, looked at", _look, wants=("source", "agreed_by"))
