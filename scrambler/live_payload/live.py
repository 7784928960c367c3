"""The live staging table: its current payloads, read and scrambled leaf by leaf.

``previous_json_payload``, ``partial_json_payload``, ``api_response`` and the hashes are never read.
Each leaf gets the treatment of the column it comes from, under the same epoch and with the same
subject, so a child has the same ids and dates here as in scrambled tables. That holds for ids the
payload has whole: it cuts those of more than 20, 36 or 12 characters. Codes and scores are drawn
alike too, but where a draw leans on a row id or a fact that a payload does not hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import polars as pl

from kernels.draw import Seeds
from scrambler.batch import Batch, RunContext
from scrambler.batch.cast import conform
from scrambler.batch.dates import DateShift
from scrambler.errors import PolicyError
from scrambler.errors.boundary import fault_at
from scrambler.keys.dates_key import DatesKey
from scrambler.keys.epoch import Epoch
from scrambler.keys.pseudonyms import Pseudonyms
from scrambler.live_payload.audit import LeafAudit
from scrambler.live_payload.leaf_plan import LeafPlan, plan_leaves
from scrambler.live_payload.leaves import Frames, pieces, put_back, put_together, take_apart
from scrambler.live_payload.rows import STAGE, current, payloads
from scrambler.payload import content_hash, validate
from scrambler.payload.shape import Node
from scrambler.policy import load_policy
from scrambler.resources.progress import Progress, Silent
from scrambler.run.parts import scramble
from scrambler.run.prescan import prescan
from scrambler.sources import Source, open_source
from scrambler.ssd import ssd
from scrambler.ssd.national import Codes
from scrambler.staging.table import LIVE_TABLE
from scrambler.treatments.identifier import formed_columns, places_wanted
from scrambler.verification import known_answers, refuse_unreviewed

_EARLIEST = "1700-01-01"

# What a rule of the schema about structure breaks, as jsonschema names it. The others are about
# values, and those change: what comes out is held against all of them.
_STRUCTURE = ("additionalProperties", "const", "falseSchema", "format", "json", "type")


def read_live(location: str, schema: str | None = None) -> Iterator[pl.DataFrame]:
    """Yield person_id, legacy_id and json_payload of every child of the live staging table.

    As `current` says: the newest row of each, and none of a child that is gone.
    """
    return current(open_source(location, schema, wanted=LIVE_TABLE))


def scramble_live(
    location: str,
    epoch: Epoch,
    *,
    shift: DateShift,
    dates_key: DatesKey | None = None,
    codes: Codes = "even",
    policy: Path | str | None = None,
    schema: str | None = None,
    audit: LeafAudit | None = None,
    progress: Progress | None = None,
) -> Iterator[pl.DataFrame]:
    """Yield the live payloads scrambled, in slices as `scrambler.staging.stage` takes them.

    ``shift`` says how dates move, ``dates_key`` what that follows from where it is not the epoch,
    ``codes`` what codes are drawn by. Of several rows of a child the newest counts; one whose state
    or payload says that it is gone is left out. The table is read twice. PolicyError names the
    paths of keys that the schema does not know, and of values that are not of its types, before
    anything is yielded, and what is wrong with the policy. Every leaf is held against its original
    (``audit`` counts them): VerificationError, after the last slice, when one did not change.
    VerificationError before the first where the key is ignored.
    ``epoch`` gains the places given out in reserved ranges: save it where a later run is to agree.
    """
    spec, audit = ssd(), audit or LeafAudit()
    source = open_source(location, schema, wanted=LIVE_TABLE)
    plan = plan_leaves(source, load_policy(spec, policy), epoch)
    epoch.forms, forms = plan.forms, plan.forms
    refuse_unreviewed(spec)
    epoch.settle_ids(None, None if epoch.ids else source.ids)
    known_answers(lambda: Pseudonyms(Epoch.new(), spec.domains, forms.lengths, forms.numeric))
    pseudonyms = Pseudonyms(epoch, spec.domains, forms.lengths, forms.numeric)
    progress = progress or Silent()
    progress.begin(STAGE, 2 * source.count(LIVE_TABLE))
    made = partial(RunContext, spec, pseudonyms, shift, dates_key=dates_key, codes=codes)
    _prepare(source, made(), plan, progress)
    for found in payloads(source, progress):
        with fault_at(LIVE_TABLE):
            context = made()
            scrambled = _scrambled(found, context, plan, audit)
        yield scrambled
    audit.check()


def _prepare(source: Source, context: RunContext, plan: LeafPlan, progress: Progress) -> None:
    """Refuse what the schema does not know, then give all identifiers their places."""
    spec, findings = context.spec, dict[str, int]()
    places: dict[str, list[Seeds]] = {}
    for found in payloads(source, progress):
        with fault_at(LIVE_TABLE):
            for line in _strange(found):
                findings[line] = findings.get(line, 0) + 1
            if findings:
                continue
            frames = take_apart(found, plan.shape)
            for line, count in _early(frames, plan.shape):
                findings[line] = findings.get(line, 0) + count
            for batch in _batches(frames, context, plan).values():
                for book, tokens in places_wanted(batch, formed_columns(spec, batch.assignments)):
                    places.setdefault(book, []).append(tokens)
    if findings:
        raise PolicyError(
            [f"{LIVE_TABLE}.json_payload: {line} ({n} times)." for line, n in findings.items()]
        )
    context.pseudonyms.allocate(places)


def _strange(payloads: pl.Series) -> Iterator[str]:
    """Yield a line for every breach of the payload's structure, its path without array indices."""
    for _, path, rule in validate(payloads).rows():
        where = re.sub(r"\[\d+\]", "[]", path)
        if rule == "additionalProperties":
            yield f"{where} holds a key that no treatment is known for"
        elif rule in _STRUCTURE or (rule == "required" and where.rpartition(".")[0] == "$"):
            yield f"{where} breaks `{rule}` of the payload's schema, so it cannot be treated"


def _early(frames: Frames, shape: Node) -> Iterator[tuple[str, int]]:
    """Yield a line and a count for dates that cannot move back within the calendar."""
    for node in shape.walk():
        for key, leaf in node.leaves.items():
            early = (frames[node.path][key] < _EARLIEST) if leaf.form == "date" else None
            if early is not None and (count := int(early.sum())):
                yield f"{node.path}.{key} holds a date before {_EARLIEST}, which cannot move", count


def _batches(frames: Frames, context: RunContext, plan: LeafPlan) -> dict[tuple[str, str], Batch]:
    batches = {}
    for (path, table), frame in pieces(frames, plan.shape).items():
        chosen = {
            name: one
            for name, one in plan.assignments[table].items()
            if name in frame.columns and not one.traits.is_omitted
        }
        batches[path, table] = Batch(
            context.spec.tables[table], conform(frame, chosen), chosen, context
        )
    return batches


def _scrambled(
    payloads: pl.Series, context: RunContext, plan: LeafPlan, audit: LeafAudit
) -> pl.DataFrame:
    frames = take_apart(payloads, plan.shape)
    batches = _batches(frames, context, plan)
    # All that a draw may lean on is about the child itself, and a child is in one payload. The
    # person's last piece is the one with the dates.
    by_table = {table: batch for (_, table), batch in batches.items()}

    def read(table: str, columns: list[str]) -> list[pl.DataFrame]:
        return [by_table[table].frame.select(pl.col(columns).name.to_lowercase())]

    prescan(context, {table: batch.assignments for table, batch in by_table.items()}, read)
    treated = {place: scramble(batch) for place, batch in batches.items()}
    leaves = put_back(frames, treated, plan.shape)
    audit.pieces.watch(context, batches, treated)
    audit.watch(frames, leaves, batches, treated, plan.shape)
    return put_together(leaves, plan.shape).with_columns(
        content_hash(pl.col("json_payload")).alias("current_hash")
    )
