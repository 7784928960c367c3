"""Measures the scrambler side by side with what it should be held against.

    python -m bench.compare                        49 tables: Polars copy, DuckDB, run, unverified
    python -m bench.compare --two-large --growth   only these comparisons
    python -m bench.compare --all --out FILE       all of them, and a JSON of what they found
    python -m bench.compare --all --small          a minute: does every one of them still work?

Run it in the project's folder and environment, on a machine that does nothing else. Data are
constructed from a seed, so they are the same everywhere. Each contestant works in a process of its
own, in turn with the others; times are medians of ``--repeats`` and leave out starting Python and
importing libraries; peaks of memory are those of the whole process. Absolute figures say little
about another machine. The ratios are what counts; those of CPU seconds swing least.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.sections import SECTIONS, Section
from bench.workspace import Workspace

_PACKAGES = ("ssd-scrambler", "polars", "polars-hash", "pyarrow", "numpy", "connectorx", "duckdb")


def main(arguments: Sequence[str] | None = None) -> dict[str, Any]:
    """Run the comparisons asked for, print a table of each, and return what the JSON holds."""
    options = _options(arguments)
    children, repeats = (50, 1) if options.small else (options.children, options.repeats)
    console = Console()
    sections: dict[str, Any] = {}
    with TemporaryDirectory(dir=options.folder, ignore_cleanup_errors=True) as folder:
        space = Workspace(Path(folder), children, repeats)
        for name in options.sections or ["tables"]:
            section = SECTIONS[name](space)
            _show(console, name, section)
            sections[name] = _document(section)
    found = {
        "machine": _machine(),
        "children": children,
        "repeats": repeats,
        "sections": sections,
    }
    if options.out:
        options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return found


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench.compare", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--children", type=int, default=100_000, help="default: 100000")
    parser.add_argument("--repeats", type=int, default=5, help="default: 5")
    parser.add_argument("--out", type=Path, help="a file for the figures as JSON")
    parser.add_argument("--folder", type=Path, help="where to work; default: the system's own")
    parser.add_argument("--small", action="store_true", help="50 children, once: a test")
    parser.add_argument(
        "--all", dest="sections", action="store_const", const=list(SECTIONS), help="every one of:"
    )
    for name, section in SECTIONS.items():
        said = (section.__doc__ or "").rstrip(".")
        parser.add_argument(
            f"--{name}", dest="sections", action="append_const", const=name, help=said
        )
    return parser.parse_args(arguments)


def _show(console: Console, name: str, section: Section) -> None:
    table = Table(title=f"{name}: ratios to {section.base}", title_justify="left")
    table.add_column("contestant", no_wrap=True)
    for heading in ("CPU", "time", "CPU s", "s", "cores", "rows", "peak MB"):
        table.add_column(heading, justify="right")
    for contestant, result in section.results.items():
        table.add_row(
            contestant,
            f"{section.cpu_ratio(contestant):.2f}",
            f"{section.ratio(contestant):.2f}",
            f"{result.cpu_seconds:.3f}",
            f"{result.seconds:.3f}",
            f"{result.cores:.2f}",
            f"{result.rows:,}",
            f"{result.peak_bytes / 1e6:,.0f}" if result.peak_bytes else "",
        )
    console.print(table)
    for goal in section.goals:
        sign = ">=" if goal.at_least else "<="
        console.print(f"  {goal.what}: {goal.value:.3f} (bar {sign} {goal.bar}, aim {goal.aim})")
    console.print()


def _document(section: Section) -> dict[str, Any]:
    return {
        "base": section.base,
        "contestants": {
            name: {
                **asdict(result),
                "rows": result.rows,
                "rows_per_second": result.rows_per_second,
                "cores": result.cores,
                "ratio": section.ratio(name),
                "cpu_ratio": section.cpu_ratio(name),
            }
            for name, result in section.results.items()
        },
        "goals": [asdict(goal) for goal in section.goals],
    }


def _machine() -> dict[str, Any]:
    """Say what the figures were taken on: no names, no paths."""
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in _PACKAGES},
    }


if __name__ == "__main__":
    main()
