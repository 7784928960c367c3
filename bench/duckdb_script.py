"""The rival: a DuckDB script that does a run's work on a folder of Parquet, verifying nothing.

It is what a good engineer might write by hand, spelled out table by table from the policy: each
digest once, flags drawn without parsing, rows sorted by a keyed hash. ``script`` returns the whole
of it as text. Where the work differs, the favour is DuckDB's: draws come from its own hash, which
is fast and no secret; numbers from reserved ranges may meet; codes that rules tie together are
drawn apart, but for a flag and its JSON; days do not mind weekends; nothing is expected that clean
data lacks (names among worker ids, broken JSON, descriptions among codes); no file is synced,
hashed or committed.
"""

from __future__ import annotations

from pathlib import Path

from bench.duckdb_columns import KEY, beforehand, pools, treated
from scrambler.run.plan import TablePlan
from scrambler.ssd import Route

MACROS = Path(__file__).with_name("duckdb_macros.sql")


def script(source: Path, out: Path, plans: tuple[TablePlan, ...]) -> str:
    """Return the script that scrambles ``source``/<table>.parquet to ``out``/tables/<table>/."""
    # Without an order to keep, both threads write at once.
    setup = "SET preserve_insertion_order = false;"
    macros = MACROS.read_text(encoding="utf-8").replace("$KEY", KEY)
    return "\n\n".join([setup, pools(), macros, *(_table(source, out, plan) for plan in plans)])


def _table(source: Path, out: Path, plan: TablePlan) -> str:
    columns = ",\n  ".join(
        f'{treated(assignment)} AS "{name}"' for name, assignment in plan.assignments.items()
    )
    inner, joins = _seeds(source, plan)
    path = out / "tables" / plan.table.name / "part-00000.parquet"
    return (
        f"COPY (SELECT\n  {columns}\nFROM (SELECT t.*,\n  {inner}\n"
        f"FROM {_file(source, plan.table.name)} t{joins})\nORDER BY child, seed\n"
        f") TO '{path.as_posix()}' (FORMAT parquet, COMPRESSION zstd);"
    )


def _seeds(source: Path, plan: TablePlan) -> tuple[str, str]:
    """Return what the columns of a row start from, such as its days, and the joins it takes."""
    keys = [key for key in plan.table.primary_key if key in plan.assignments]
    own = " || ".join(f"t.{key}::VARCHAR" for key in keys) or "''"
    found, joins = [], ""
    for number, route in enumerate(plan.table.routes):
        subject, join = _route(source, route, f"r{number}")
        found.append(subject)
        joins += join
    subject = f"coalesce({', '.join([*found, own])})"
    inner = [
        f"seed_of({own}) AS seed",
        f"days_of({subject}) AS days",
        f"seed_of({subject}) AS child",
    ]
    assignments = plan.assignments
    for parent in {a.parameters.get("within") for a in assignments.values()} - {None}:
        inner.append(f"row_number() OVER (PARTITION BY t.{parent} ORDER BY {own}) AS place")
        inner.append(f"count(*) OVER (PARTITION BY t.{parent}) AS siblings")
    inner += [early for a in assignments.values() for early in beforehand(a)]
    return ",\n  ".join(inner), joins


def _route(source: Path, route: Route, name: str) -> tuple[str, str]:
    """Return the child's id by one route, and the joins that lead there."""
    here, joins = f"t.{route.start}", ""
    targets = [hop.column for hop in route.hops[1:]] + [route.subject]
    for number, (hop, target) in enumerate(zip(route.hops, targets, strict=bool(route.hops))):
        alias = f"{name}_{number}"
        # Not every key that is pointed at is unique.
        joins += (
            f"\n  LEFT JOIN (SELECT {hop.key} AS key, min({target}) AS next "
            f"FROM {_file(source, hop.table)} GROUP BY ALL) {alias} ON {alias}.key = {here}"
        )
        here = f"{alias}.next"
    return here, joins


def _file(source: Path, table: str) -> str:
    return f"read_parquet('{(source / table).as_posix()}.parquet')"
