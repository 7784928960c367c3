"""Writes constructed data to a target."""

from __future__ import annotations

from scrambler.errors import UsageError
from scrambler.resources.progress import Progress, Silent
from scrambler.sinks import open_target
from scrambler.ssd import ssd
from scrambler.synthetic import CHILDREN_MAX, build


def fake(
    target: str,
    children: int,
    *,
    seed: int = 0,
    dirty: bool = False,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Construct an SSD of ``children`` in ``target``; return the rows of each table."""
    if not 1 <= children <= CHILDREN_MAX or seed < 0:
        raise UsageError(f"Children are 1 to {CHILDREN_MAX:,}, a seed is 0 or more.")
    progress = progress or Silent()
    progress.begin("constructed data", children)
    spec, rows, made = ssd(), dict[str, int](), set[str]()
    with open_target(target) as writer:
        for table, frame in build(children, seed=seed, dirty=dirty):
            if table not in made:
                writer.create(spec.tables[table])
                made.add(table)
            writer.append(spec.tables[table], frame)
            rows[table] = rows.get(table, 0) + frame.height
            progress.advance("constructed data", frame.height if table == "ssd_person" else 0)
    return rows
