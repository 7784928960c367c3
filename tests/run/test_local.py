"""The stream: what it tells while it works, and what a fault in it does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from scrambler import api
from scrambler.batch import MOVERS, REPEATED, Batch, RunContext
from scrambler.errors import ScramblerError, VerificationError
from scrambler.keys.lookup import Index, Indexes
from scrambler.policy import load_policy
from scrambler.resources.progress import OVERALL
from scrambler.run import local, parts, steps
from scrambler.run.prescan.facts import INDEX_DEFINITIONS, hops
from scrambler.ssd import ssd
from scrambler.treatments import TREATMENTS, Audit
from tests.conftest import Scrambled

TABLES = ("ssd_person", "ssd_family", "ssd_cla_episodes")


class Heard:
    """A progress that writes down what it is told."""

    def __init__(self) -> None:
        self.stages: dict[str, list[int]] = {}

    def begin(self, stage: str, rows: int) -> None:
        self.stages[stage] = [rows]

    def advance(self, stage: str, rows: int) -> None:
        self.stages[stage].append(rows)


@pytest.fixture
def few(tmp_path: Path, clean: Scrambled) -> str:
    folder = tmp_path / "source"
    folder.mkdir()
    for table in TABLES:
        (folder / f"{table}.parquet").write_bytes((clean.source / f"{table}.parquet").read_bytes())
    return str(folder)


def faulty(monkeypatch: pytest.MonkeyPatch, treatment: str, scramble: Any) -> None:
    monkeypatch.setitem(TREATMENTS, treatment, replace(TREATMENTS[treatment], scramble=scramble))


def test_progress_hears_of_every_row(few: str, tmp_path: Path) -> None:
    heard = Heard()
    report = api.run(few, tmp_path / "out", batch_rows=100, progress=heard)
    assert repr(report).startswith(f"Report(passed: {sum(report.rows.values()):,} rows of 3 tables")
    stages = [stage for stage in heard.stages if stage in ("prescan", *TABLES)]
    assert stages[0] == "prescan"
    rows = sum(report.rows.values())
    assert heard.stages[OVERALL] == [2 * rows]
    assert sum(heard.stages["prescan"][1:]) >= heard.stages["prescan"][0] == rows
    assert set(stages[1:]) == set(TABLES)
    for table in TABLES:
        announced, *batches = heard.stages[table]
        assert announced == sum(batches) == report.rows[table]
        assert max(batches) <= 100


DATED = {
    table
    for table, columns in load_policy(ssd()).assignments.items()
    if any(one.treatment == "date" for one in columns.values())
}


def test_indexes_are_asked_for_by_those_they_are_for_and_held_no_longer(
    clean: Scrambled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[tuple[str, str]] = set()
    scenes: list[RunContext] = []
    prescan = steps.prescan

    class Noted(Indexes):
        def ask(self, name: str, table: str) -> Index | None:
            asked.add((name, table))
            return super().ask(name, table)

    def prescanned(context: RunContext, *others: Any) -> None:
        scenes.append(context)
        object.__setattr__(context, "indexes", Noted())
        prescan(context, *others)

    monkeypatch.setattr(steps, "prescan", prescanned)
    api.run(str(clean.source), tmp_path / "out", batch_rows=100)
    facts = [*hops(ssd()), *INDEX_DEFINITIONS]
    # Of every table's rows, dates may ask for births and movers, where they come near an age.
    everywhere = ("person", MOVERS)
    meant = {(f.name, table) for f in facts if f.name not in everywhere for table in f.asked_by}
    own = {(n, table) for n, table in asked if not n.startswith((REPEATED, *everywhere))}
    assert own == meant - {("deaths", "ssd_person")}  # where they are made
    born = {table for name, table in asked if name == "person"}
    assert born == DATED
    assert [*scenes[0].indexes] == []


def test_rows_of_a_batch_go_by_what_the_first_ones_hold(
    few: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = pl.read_parquet(Path(few) / "ssd_person.parquet")
    held = rows.head(1_000).estimated_size() // min(rows.height, 1_000)
    monkeypatch.setattr(local, "BATCH_BYTES", 70 * held)
    heard = Heard()
    api.run(few, tmp_path / "out", progress=heard)
    _, *batches = heard.stages["ssd_person"]
    # By their declared widths, nine rows would fill a batch.
    assert 20 < max(batches) <= 70
    assert max(heard.stages["ssd_family"][1:]) > max(batches)


def test_long_rows_after_short_ones_come_in_pieces(
    clean: Scrambled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, column = "ssd_contacts", "cont_contact_outcome_json"
    rows = pl.read_parquet(clean.source / f"{table}.parquet").head(600)
    short = rows.with_columns(pl.lit("{}").alias(column))
    words = '{"NFA_FLAG":"Y","COMMENTS":"' + "x" * 3_000 + '"}'
    long = rows.with_columns(pl.lit(words).alias(column))
    # The first thousand rows say nothing of the others.
    folder = tmp_path / "source"
    folder.mkdir()
    pl.concat([short, short, long]).write_parquet(folder / f"{table}.parquet")
    person = pl.read_parquet(clean.source / "ssd_person.parquet").head(3)
    person.write_parquet(folder / "ssd_person.parquet")
    for module in (local, parts):
        monkeypatch.setattr(module, "BATCH_BYTES", 150_000)
    held: list[int] = []
    compare = parts.compare

    def seen(check: Any, table: str, source: pl.DataFrame, *rest: Any) -> Any:
        held.append(source.estimated_size())
        return compare(check, table, source, *rest)

    monkeypatch.setattr(parts, "compare", seen)
    report = api.run(str(folder), tmp_path / "out")
    assert report.rows[table] == 3 * rows.height
    assert max(held) < 310_000


def test_fewer_children_are_read_whole_and_written_in_part(few: str, tmp_path: Path) -> None:
    heard = Heard()
    report = api.run(few, tmp_path / "out", children=7, progress=heard)
    assert sum(heard.stages["ssd_person"][1:]) == 300
    assert report.rows["ssd_person"] == 7


def test_every_treatment_that_lets_values_through_is_found_out(
    dirty: Scrambled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = (Audit.CHANGED, Audit.SHIFTED)
    must_change = [one.name for one in TREATMENTS.values() if one.audit in kinds]
    assert set(must_change) >= {
        "identifier",
        "date",
        "name",
        "postcode",
        "address_json",
        "free_text",
    }
    for name in must_change:
        faulty(monkeypatch, name, lambda batch, column: batch.frame[column])
    with pytest.raises(VerificationError) as raised:
        api.run(str(dirty.source), tmp_path / "out")
    said = str(raised.value)
    for column in (
        "ssd_person.pers_forename",
        "ssd_person.pers_person_id",
        "ssd_person.pers_dob",
        "ssd_address.addr_address_postcode",
        "ssd_address.addr_address_json",
        "ssd_s47_enquiry.s47e_referral_id",
    ):
        assert f"{column}: " in said
    assert [path.name for path in tmp_path.iterdir()] == ["out.evidence"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda values: values.set(values.is_first_distinct(), None), "nulls not where they were"),
        (lambda values: values.fill_null("x"), "nulls not where they were"),
    ],
)
def test_lost_and_invented_values_are_found_out(
    change: Any, said: str, few: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = TREATMENTS["name"].scramble
    assert honest
    faulty(monkeypatch, "name", lambda batch, column: change(honest(batch, column)))
    person = Path(few) / "ssd_person.parquet"
    frame = pl.read_parquet(person)
    some = pl.when(pl.int_range(pl.len()) % 3 > 0).then("pers_forename").alias("pers_forename")
    frame.with_columns(some).write_parquet(person)
    with pytest.raises(VerificationError, match=said):
        api.run(few, tmp_path / "out")


def test_without_verification_nothing_is_compared(
    few: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty(monkeypatch, "name", lambda batch, column: batch.frame[column])
    report = api.run(few, tmp_path / "out", verify=False)
    assert report.verdict is None


def test_a_fault_names_its_place_and_quotes_nothing(
    few: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def quoting(batch: Batch, column: str) -> pl.Series:
        return batch.frame[column].cast(pl.Int64)

    faulty(monkeypatch, "name", quoting)
    with pytest.raises(ScramblerError) as raised:
        api.run(few, tmp_path / "out")
    assert str(raised.value).startswith("ssd_person.pers_forename: a fault of this program (")
    assert "tests/run/test_local.py" not in str(raised.value) or "quoting" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
