"""Phase 4's proof that a delta holds what changed, and only that.

A source that nobody edits between two runs gives an empty delta, which a broken one gives as well;
and no source is ever written to. So constructed children are scrambled and staged, edited in known
ways, and scrambled again: exactly the edited ones must be New, Updated or Deleted.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from scrambler.errors.boundary import fault_at
from scrambler.files.scratch import scratch_folder
from scrambler.keys.epoch import Epoch
from scrambler.keys.epoch_file import create
from scrambler.keys.pseudonyms import Pseudonyms
from scrambler.phases.phase import Check
from scrambler.resources.progress import Progress
from scrambler.run import Report, run
from scrambler.ssd import ssd
from scrambler.ssd.row_states import DELETED, NEW, UNCHANGED, UPDATED
from scrambler.staging import open_staging
from scrambler.staging.stage_payloads import stage_payloads
from scrambler.staging.table import TABLE
from scrambler.synthetic import AS_OF
from scrambler.synthetic.fake import fake

_CHILDREN = 200
_EACH = 5
_WAYS = (NEW, UPDATED, DELETED)
_KEY = "pers_person_id"


def delta_self_test(progress: Progress) -> tuple[tuple[Check, ...], dict[str, int]]:
    """Return what the drill found, and its counts: children by state, and rows of the delta."""
    with scratch_folder() as folder, fault_at("delta drill"):
        fake(str(folder / "source"), _CHILDREN, progress=progress)
        create(folder / "epoch")
        people = pl.read_parquet(folder / "source/ssd_person.parquet")
        chosen = _chosen(folder / "source", people)
        # Who is to be New is not there yet; who is Updated was born a week later,
        # since a Saturday and a Sunday may become one day.
        _write(folder, people.filter(~pl.col(_KEY).is_in(chosen[NEW])))
        _scrambled(folder, progress, delta=False)
        later = pl.duration(weeks=pl.col(_KEY).is_in(chosen[UPDATED].implode()).cast(int))
        born = pl.col("pers_dob") + later
        there = people.filter(~pl.col(_KEY).is_in(chosen[DELETED]))
        _write(folder, there.with_columns(born))
        report = _scrambled(folder, progress, delta=True)
        wanted = {way: _pseudonyms(folder, ids) for way, ids in chosen.items()}
        return _judged(report, _states(folder), wanted)


def _chosen(source: Path, people: pl.DataFrame) -> dict[str, pl.Series]:
    """Choose children for each way: with an open referral and young, whatever days they move by."""
    referrals = pl.read_parquet(source / "ssd_cin_episodes.parquet")
    opened = referrals.filter(pl.col("cine_close_date").is_null())["cine_person_id"]
    young = pl.col("pers_dob").dt.year() > AS_OF.year - 18
    can = people.filter(young & pl.col(_KEY).is_in(opened.implode()))[_KEY].sort()
    return {way: can.slice(number * _EACH, _EACH) for number, way in enumerate(_WAYS)}


def _write(folder: Path, people: pl.DataFrame) -> None:
    people.write_parquet(folder / "source/ssd_person.parquet")


def _scrambled(folder: Path, progress: Progress, *, delta: bool) -> Report:
    source, out = str(folder / "source"), folder / "out"
    report = run(source, out, epoch=folder / "epoch", delta=delta, progress=progress)
    stage_payloads(str(out), str(folder / "staging"), as_of=AS_OF)
    return report


def _pseudonyms(folder: Path, ids: pl.Series) -> set[str]:
    maker = Pseudonyms(Epoch.load(folder / "epoch"), ssd().domains)
    return set(maker.pseudonyms("person", maker.identify("person", ids)))


def _states(folder: Path) -> dict[str, set[str]]:
    query = f"SELECT person_id, row_state FROM {TABLE}"  # noqa: S608 - a constant
    found = open_staging(str(folder / "staging")).query(query)
    return {str(state): set(some["person_id"]) for (state,), some in found.group_by("row_state")}


def _judged(
    report: Report, states: dict[str, set[str]], wanted: dict[str, set[str]]
) -> tuple[tuple[Check, ...], dict[str, int]]:
    rows = (report.changes or {}).get("ssd_person", {})
    same = len(states.get(UNCHANGED, ()))
    counts = {f"drill_{way.lower()}": len(states.get(way, ())) for way in (*_WAYS, UNCHANGED)}
    counts |= {f"drill_rows_{way.lower()}": rows.get(way, 0) for way in _WAYS}
    said = ", ".join(f"{len(states.get(way, ()))} {way}" for way in _WAYS)
    exactly = all(len(ids) == _EACH and states.get(way) == ids for way, ids in wanted.items())
    return (
        Check(
            "drill: the delta holds the edited people",
            rows == dict.fromkeys(_WAYS, _EACH),
            ", ".join(f"{rows.get(way, 0)} {way}" for way in _WAYS),
        ),
        Check("drill: exactly they are staged so", exactly, said),
        Check("drill: all others are Unchanged", same > _EACH, f"{same} Unchanged"),
    ), counts
