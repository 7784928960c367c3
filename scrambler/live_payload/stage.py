"""Scrambles a live staging table and stages what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from scrambler.batch.dates import DateShift
from scrambler.errors import EpochError
from scrambler.files.paths import in_output, path_of
from scrambler.keys.dates_key import DatesKey, refuse_within
from scrambler.keys.epoch import Epoch
from scrambler.keys.epoch_file import opened
from scrambler.live_payload.audit import LeafAudit
from scrambler.live_payload.live import scramble_live
from scrambler.resources.progress import Progress, heard
from scrambler.ssd.national import Codes
from scrambler.staging import folder_of
from scrambler.staging.settings import DEFAULT, MergeSettings
from scrambler.staging.stage_payloads import StagingReport, stage_built


def stage_live(
    source: Path | str,
    to: Path | str,
    *,
    epoch: Path | str,
    shift: DateShift,
    dates_key: Path | str | None = None,
    codes: Codes = "even",
    policy: Path | str | None = None,
    schema: str | None = None,
    settings: MergeSettings = DEFAULT,
    progress: Progress | bool | None = None,
) -> StagingReport:
    """Scramble the payloads of the live staging table in ``source`` and stage them in ``to``.

    ``epoch`` is a file, ``shift`` says how dates move, ``dates_key`` is that of other releases,
    ``codes`` what codes are drawn by.
    With those of a run, a child has the ids and dates here that it has in the run's output.
    Reads ids and current payloads only. VerificationError, and nothing staged, when an id, name,
    date or postcode came out as it was.
    """
    source, to, epoch = str(source), str(to), path_of(epoch, "An epoch")
    if in_output(epoch, folder_of(to)):
        raise EpochError(f"The epoch file {epoch} lies in the staging target. Keep it elsewhere.")
    if dates_key is not None:
        refuse_within(path_of(dates_key, "A dates key"), folder_of(to))
    moved_by = DatesKey.load(Path(dates_key)) if dates_key is not None else None
    audit, shown = LeafAudit(), heard(progress)

    def scrambled(key: Epoch) -> Iterator[pl.DataFrame]:
        yield from scramble_live(
            source,
            key,
            shift=shift,
            dates_key=moved_by,
            codes=codes,
            policy=policy,
            schema=schema,
            audit=audit,
            progress=shown,
        )
        key.save(epoch)  # before the merge commits: what is staged must be in the epoch

    with opened(epoch) as key:
        done = stage_built(scrambled(key), to, None, settings)
        ids = key.ids
    return replace(done, compared=audit.compared, judged=audit.judged, kept=audit.kept, ids=ids)
