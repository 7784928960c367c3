"""The comparisons, one a section: who competes, and which ratio is held to which bar."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench.duckdb_script import script
from bench.measure import Result, Sample, alternate, child, timed_command
from bench.server import empty, postgresql
from bench.workspace import Workspace
from scrambler import check
from scrambler.ssd import ssd
from scrambler.ssd.read_facts import facts


@dataclass(frozen=True)
class Goal:
    """A figure and what it should be: ``bar`` must be met, ``aim`` would be good.

    With ``at_least`` more is better.
    """

    what: str
    value: float
    bar: float
    aim: float
    at_least: bool = False


@dataclass(frozen=True)
class Section:
    """What one comparison found. ``base`` is the contestant that the others are held against."""

    base: str
    results: dict[str, Result]
    goals: list[Goal] = field(default_factory=list)

    def cpu_ratio(self, contestant: str, to: str = "") -> float:
        """Return how many times the CPU seconds of another (the base) a contestant took."""
        return self.results[contestant].cpu_seconds / self.results[to or self.base].cpu_seconds

    def ratio(self, contestant: str, to: str = "") -> float:
        """Return how many times as long as another (the base) a contestant took."""
        return self.results[contestant].seconds / self.results[to or self.base].seconds


def tables(space: Workspace) -> Section:
    """A folder of Parquet to a folder of Parquet, all 49 tables."""
    section = _contest(space, space.source())
    section.goals.extend(
        (
            Goal("CPU of run / Polars copy", section.cpu_ratio("run"), 5, 4),
            Goal("run / DuckDB script", section.ratio("run", "DuckDB script"), 0.9, 0.6),
            _share(section),
        )
    )
    return section


def two_large(space: Workspace) -> Section:
    """Two large tables: thrice as many children as asked for, and ten times as many referrals."""
    source = space.shaped("two-large", persons=3 * space.children, episodes=10 * space.children)
    section = _contest(space, source, by_hand=True)
    section.goals.extend(
        (
            Goal("CPU of run / Polars script", section.cpu_ratio("run", "Polars script"), 2.5, 1.8),
            Goal("run / DuckDB script", section.ratio("run", "DuckDB script"), 1.3, 0.8),
            Goal("cores busy", section.results["run"].cores, 1.7, 1.9, at_least=True),
            _share(section),
        )
    )
    return section


def long_texts(space: Workspace) -> Section:
    """Children, and as many referrals with comments of some 600 characters, all different."""
    source = space.shaped(
        "long-texts", persons=space.children, episodes=space.children, comments=True
    )
    section = _contest(space, source)
    section.goals.append(Goal("CPU of run / Polars copy", section.cpu_ratio("run"), 12, 8))
    return section


def small_tables(space: Workspace) -> Section:
    """49 tables of a fiftieth of the children: what a table costs, however small."""
    section = _contest(space, space.source(max(1, space.children // 50)))
    section.goals.append(Goal("CPU seconds of run", section.results["run"].cpu_seconds, 3, 1.5))
    return section


def _contest(space: Workspace, source: Path, *, by_hand: bool = False) -> Section:
    plan = check(str(source))
    names = [planned.table.name for planned in plan.tables]
    sql = space.folder / "script.sql"
    sql.write_text(script(source, space.out, plan.tables), encoding="utf-8")
    contestants = {
        "Polars copy": space.writing("polars_copy", source=source, tables=names),
        "DuckDB script": space.writing("duckdb_script", script=sql, tables=names),
        "run": space.writing("scramble", source=source),
        "run, unverified": space.writing("scramble", source=source, verify=False),
    }
    if by_hand:
        contestants["Polars script"] = space.writing("polars_script", source=source)
    section = Section("Polars copy", alternate(contestants, space.repeats))
    same_rows(section)
    return section


def _share(section: Section) -> Goal:
    unverified = section.cpu_ratio("run, unverified", "run")
    return Goal("verification's share of the run's CPU", 1 - unverified, 0.25, 0.15)


def postgres(space: Workspace) -> Section:
    """PostgreSQL to a folder of Parquet."""
    with postgresql() as url:
        child("fake", target=url, children=space.children)
        contestants = {
            "read and drop": space.reading("read_and_drop", source=url),
            "ConnectorX, read and drop": space.reading("connectorx_and_drop", source=url),
            "run": space.writing("scramble", source=url),
        }
        section = Section("read and drop", alternate(contestants, space.repeats))
    same_rows(section)
    over = section.ratio("run", "ConnectorX, read and drop")
    section.goals.extend(
        (
            Goal("run / read and drop", section.ratio("run"), 1.3, 1.1),
            Goal("run / ConnectorX, read and drop", over, 1.3, 1.1),
        )
    )
    return section


def constructed(space: Workspace) -> Section:
    """Constructing data as Parquet, in rows a second."""
    source, made = space.source(), space.folder / "made"

    def fake() -> Sample:
        sample = child("fake", target=made, children=space.children)
        shutil.rmtree(made)
        return sample

    contestants = {
        "Polars copy": space.writing("polars_copy", source=source),
        "fake": fake,
    }
    section = Section("Polars copy", alternate(contestants, space.repeats))
    rates = {name: result.rows_per_second for name, result in section.results.items()}
    rate = rates["fake"] / rates["Polars copy"]
    section.goals.append(Goal("rows/s of fake / Polars copy", rate, 0.5, 1.0, at_least=True))
    return section


def growth(space: Workspace) -> Section:
    """A run over ten times the children, and `verify` of what it made."""
    few, many = f"run, {space.children:,} children", f"run, {space.children * 10:,} children"
    checked, source = f"verify, {space.children * 10:,} children", space.source(space.children * 10)
    contestants = {
        few: space.writing("scramble", source=space.source()),
        many: space.writing("scramble", source=source),
        checked: lambda: space.verified(source),
    }
    section = Section(few, alternate(contestants, space.repeats))
    section.goals.append(Goal("time / 10 x time", section.ratio(many) / 10, 1.05, 1.0))
    section.goals.append(Goal("verify / run", section.ratio(checked, many), 3, 2))
    peaks = [section.results[name].peak_bytes for name in (few, many, checked)]
    if peaks[0] and peaks[1] and peaks[2]:
        section.goals.append(Goal("peak memory / peak memory", peaks[1] / peaks[0], 1.15, 1.05))
        section.goals.append(Goal("peak memory, GB", peaks[1] / 1e9, 1.0, 0.8))
        section.goals.append(Goal("peak memory of verify, GB", peaks[2] / 1e9, 2.0, 1.0))
    return section


def payload(space: Workspace) -> Section:
    """Building every payload, and staging them in PostgreSQL."""
    source = space.source()
    read = {row["ssd_source"].partition(".")[0] for row in facts("payload_fields")}
    copied = sorted(read & ssd().tables.keys())
    with postgresql() as url:

        def staged() -> Sample:
            empty(url)
            return child("payloads", source=source, to=url)

        contestants = {
            "Polars copy": space.writing("polars_copy", source=source, tables=copied),
            "payloads": space.reading("payloads", source=source),
            "payloads, staged": staged,
        }
        section = Section("Polars copy", alternate(contestants, space.repeats))
    section.goals.append(
        Goal("payloads / Polars copy of what they read", section.ratio("payloads"), 5, 3)
    )
    return section


def help_time(space: Workspace) -> Section:
    """Start-up: what `scrambler --help` costs."""
    section = Section(
        "python",
        alternate(
            {
                "python": lambda: timed_command(["-c", "pass"]),
                "scrambler --help": lambda: timed_command(["-m", "scrambler", "--help"]),
                "import scrambler.api": lambda: timed_command(["-c", "import scrambler.api"]),
            },
            space.repeats,
        ),
    )
    seconds = section.results["scrambler --help"].seconds
    section.goals.append(Goal("scrambler --help, seconds", seconds, 0.1, 0.1))
    seconds = section.results["import scrambler.api"].cpu_seconds
    section.goals.append(Goal("import of scrambler.api, CPU seconds", seconds, 0.5, 0.5))
    return section


SECTIONS: dict[str, Callable[[Workspace], Section]] = {
    "tables": tables,
    "two-large": two_large,
    "long-texts": long_texts,
    "small-tables": small_tables,
    "postgres": postgres,
    "fake": constructed,
    "growth": growth,
    "payload": payload,
    "help-time": help_time,
}


def same_rows(section: Section) -> None:
    """RuntimeError when contestants wrote or read different numbers of rows: no comparison then."""
    base = section.results[section.base].tables
    for name, result in section.results.items():
        differing = sorted(
            table
            for table in base.keys() | result.tables.keys()
            if base.get(table) != result.tables.get(table)
        )
        if differing:
            raise RuntimeError(f"{name} has other rows than {section.base}: {', '.join(differing)}")
