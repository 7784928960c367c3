"""Every planted leak is stopped: by the run, or where only both sides together tell, by verify."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl
import pytest

from scrambler import api
from scrambler.batch.dates import DateShift
from scrambler.errors import ScramblerError
from scrambler.keys import epoch_file
from scrambler.payload import build
from scrambler.synthetic import AS_OF
from tests.mutants.every import MUTANTS
from tests.mutants.expected import PENDING, VERIFY_ONLY
from tests.mutants.mutant import Mutant, Plant

CHILDREN = 250
LEAST_BY_RUN = 0.95

Stopped = Literal["run", "verify", "neither"]


@dataclass(frozen=True)
class Sources:
    """Constructed children, clean and with the faults of real databases, and a live table."""

    clean: Path
    dirty: Path
    live: Path


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    folder = tmp_path_factory.mktemp("mutants")
    for kind in ("clean", "dirty"):
        api.fake(str(folder / kind), CHILDREN, dirty=kind == "dirty")
    (folder / "live").mkdir()
    tables = {path.stem: pl.scan_parquet(path) for path in (folder / "clean").iterdir()}
    tables = {name: rows for name, rows in tables.items() if not name.startswith("ssd_api")}
    build(tables, AS_OF).select("person_id", "legacy_id", "json_payload").write_parquet(
        folder / "live" / "ssd_api_data_staging.parquet"
    )
    return Sources(folder / "clean", folder / "dirty", folder / "live")


def stopped(mutant: Mutant, sources: Sources, folder: Path) -> tuple[Stopped, int]:
    """Run with the mutant planted, then, where that passed, verify with the program as it is.

    Returns where it was stopped, and how many cells or calls it had spoiled by then.
    """
    source = sources.dirty if mutant.dirty else sources.clean
    with mutant.planted(source) as plant:
        try:
            if mutant.road == "live":
                key = folder / "epoch"
                epoch_file.create(key)
                shift = DateShift(keep=mutant.keep)
                api.stage_live(str(sources.live), str(folder / "staged"), epoch=key, shift=shift)
            else:
                shift = DateShift(keep=mutant.keep)
                api.run(str(source), folder / "out", shift=shift, tables=plant.tables)
        except ScramblerError as error:
            print(f"run: {type(error).__name__}: {error}")
            assert not (folder / "out").exists()
            assert not (folder / "staged").exists()
            return "run", plant.touched
        finally:
            if not plant.touched:
                raise RuntimeError("nothing was planted")
    if mutant.road == "live":
        return "neither", plant.touched
    if plant.traces and not any((folder / "out" / trace).exists() for trace in plant.traces):
        return "run", plant.touched
    try:
        result = api.verify(str(source), folder / "out")
    except ScramblerError as error:
        print(f"verify: {type(error).__name__}: {error}")
        return "verify", plant.touched
    print("verify:", result.summary()["checks"] if not result.passed else "passed")
    return "neither" if result.passed else "verify", plant.touched


CASES = [
    pytest.param(
        kind,
        mutant,
        id=f"{kind}: {mutant.name}",
        marks=[
            pytest.mark.battery("mutants", kind),
            *(
                pytest.mark.xfail(strict=True, raises=AssertionError, reason=check)
                for check in [PENDING.get((kind, mutant.name))]
                if check
            ),
        ],
    )
    for kind, mutants in MUTANTS.items()
    for mutant in mutants
]


@pytest.mark.parametrize(("kind", "mutant"), CASES)
def test_is_stopped(
    kind: str,
    mutant: Mutant,
    sources: Sources,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    where, touched = stopped(mutant, sources, tmp_path)
    record_property(
        "battery line", f"{kind:12} {mutant.rows:12} {touched:6} {where:8} {mutant.name}"
    )
    assert where == ("verify" if (kind, mutant.name) in VERIFY_ONLY else "run")


def _nothing(plant: Plant) -> None:
    plant.touched = 1


HONEST = [
    Mutant("clean", "nothing", _nothing),
    Mutant("dirty", "nothing", _nothing, dirty=True),
    Mutant("order of dates", "nothing", _nothing, keep="order"),
    Mutant("live", "nothing", _nothing, road="live"),
]


@pytest.mark.battery("mutants", "honest")
@pytest.mark.parametrize("mutant", HONEST, ids=lambda mutant: mutant.name)
def test_the_honest_program_is_not_stopped(
    mutant: Mutant, sources: Sources, tmp_path: Path
) -> None:
    assert stopped(mutant, sources, tmp_path)[0] == "neither"


def test_every_line_of_the_lists_is_of_a_mutant() -> None:
    known = {(kind, mutant.name) for kind, mutants in MUTANTS.items() for mutant in mutants}
    assert len(known) == sum(map(len, MUTANTS.values()))
    assert known >= VERIFY_ONLY.keys() | PENDING.keys()
    assert not VERIFY_ONLY.keys() & PENDING.keys()


def test_nearly_all_are_stopped_by_the_run() -> None:
    every = sum(map(len, MUTANTS.values()))
    assert len(VERIFY_ONLY) <= (1 - LEAST_BY_RUN) * every
