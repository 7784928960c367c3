"""The comparisons, one a section: who competes, and which ratio is held to which bar."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field

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

    def ratio(self, contestant: str, to: str = "") -> float:
        """Return how many times as long as another (the base) a contestant took."""
        return self.results[contestant].seconds / self.results[to or self.base].seconds


def parquet(space: Workspace) -> Section:
    """A folder of Parquet to a folder of Parquet, all tables."""
    source = space.source()
    plan = check(str(source))
    tables = [planned.table.name for planned in plan.tables]
    sql = space.folder / "script.sql"
    sql.write_text(script(source, space.out, plan.tables), encoding="utf-8")
    contestants = {
        "identity copy": space.writing("identity_copy", source=source),
        "DuckDB script": space.writing("duckdb_script", script=sql, tables=tables),
        "run": space.writing("scramble", source=source),
        "run, unverified": space.writing("scramble", source=source, verify=False),
    }
    section = Section("identity copy", alternate(contestants, space.repeats))
    same_rows(section)
    unverified = section.ratio("run, unverified", "run")
    section.goals.extend(
        (
            Goal("run / identity copy", section.ratio("run"), 4, 2.5),
            Goal("run / DuckDB script", section.ratio("run", "DuckDB script"), 1.0, 0.6),
            Goal("verification's share of the run", 1 - unverified, 0.25, 0.10),
        )
    )
    return section


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
    """Constructing data as Parquet, in rows a second: a copy leaves out what a run omits."""
    source, made = space.source(), space.folder / "made"

    def fake() -> Sample:
        sample = child("fake", target=made, children=space.children)
        shutil.rmtree(made)
        return sample

    contestants = {
        "identity copy": space.writing("identity_copy", source=source),
        "fake": fake,
    }
    section = Section("identity copy", alternate(contestants, space.repeats))
    rates = {name: result.rows_per_second for name, result in section.results.items()}
    rate = rates["fake"] / rates["identity copy"]
    section.goals.append(Goal("rows/s of fake / identity copy", rate, 0.5, 1.0, at_least=True))
    return section


def growth(space: Workspace) -> Section:
    """A run over ten times the children."""
    few, many = f"run, {space.children:,} children", f"run, {space.children * 10:,} children"
    contestants = {
        few: space.writing("scramble", source=space.source()),
        many: space.writing("scramble", source=space.source(space.children * 10)),
    }
    section = Section(few, alternate(contestants, space.repeats))
    section.goals.append(Goal("time / 10 x time", section.ratio(many) / 10, 1.1, 1.0))
    peaks = [section.results[name].peak_bytes for name in (few, many)]
    if peaks[0] and peaks[1]:
        section.goals.append(Goal("peak memory / peak memory", peaks[1] / peaks[0], 1.15, 1.05))
        section.goals.append(Goal("peak memory, GB", peaks[1] / 1e9, 1.5, 1.5))
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
            "identity copy": space.writing("identity_copy", source=source, tables=copied),
            "payloads": space.reading("payloads", source=source),
            "payloads, staged": staged,
        }
        section = Section("identity copy", alternate(contestants, space.repeats))
    section.goals.append(
        Goal("payloads / identity copy of what they read", section.ratio("payloads"), 5, 3)
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
            },
            space.repeats,
        ),
    )
    seconds = section.results["scrambler --help"].seconds
    section.goals.append(Goal("scrambler --help, seconds", seconds, 0.4, 0.2))
    return section


SECTIONS: dict[str, Callable[[Workspace], Section]] = {
    "parquet": parquet,
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
