"""What is staged as a folder of pages that opens by a double click; no server, no request.

``index.html`` lists every child and holds what filters and search need; ``style.css`` and
``children/NNN/ID.html``, at most a thousand a folder, are the pages of those that are looked at.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from scrambler.errors import OutputError
from scrambler.errors.boundary import fault_at
from scrambler.files.commit import Commit, disk_errors, write_file
from scrambler.files.paths import output_of
from scrambler.pages import environment
from scrambler.resources.progress import Progress, Silent
from scrambler.staging.children import index_of, rows_of, sample
from scrambler.staging.staging import Staging
from scrambler.staging.table import ERROR, PENDING
from scrambler.staging.timeline import changes, timeline

SAMPLE = 20
_A_FOLDER = 1_000
_SHOWN = 100
"""Children that the index lists before somebody asks for more; all of them without scripts."""


def write_pages(
    staging: Staging,
    folder: Path | str,
    *,
    children: Sequence[str] = (),
    count: int = SAMPLE,
    every: bool = False,
    seed: int = 0,
    progress: Progress | None = None,
) -> Path:
    """Write the pages of what is staged to a new ``folder``, and return its index.

    A page for each of ``children``, else for ``count`` children drawn by ``seed``, else for
    ``every`` one. OutputError where the folder exists, and for a child that is not staged.
    """
    place, progress = output_of(folder), progress or Silent()

    def refuse() -> None:
        if place.exists():
            raise OutputError(f"{place} exists already. Choose another folder for the pages.")

    with fault_at("review"):
        held = index_of(staging)
    known = held["person_id"]
    chosen = [*children] or (known.to_list() if every else sample(known, count, seed))
    if len(unknown := {*chosen} - {*known}):
        raise OutputError(f"{len(unknown)} of the children asked for are not staged there.")
    folders = {one: n // _A_FOLDER for n, one in enumerate(chosen)}
    with disk_errors(place), Commit(place, refuse) as commit:
        commit.new.mkdir()
        write_file(commit.new / "style.css", _text("style.css", "scrambler.pages"))
        progress.begin("pages", len(chosen))
        with fault_at("review"):
            for rows in rows_of(staging, chosen):
                for row in rows.to_dicts():
                    path = commit.new / _path(row["person_id"], folders[row["person_id"]])
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(child_page(row), encoding="utf-8")
                progress.advance("pages", rows.height)
            write_file(commit.new / "index.html", index_page(held, folders, seed))
        commit.publish()
    return place / "index.html"


def child_page(row: Mapping[str, Any]) -> str:
    """Return the page of one child's row: its timeline, what changed, and the JSON folded."""
    updated = (row["row_state"] or "").lower() == "updated"
    return (
        environment(__package__)
        .get_template("child.html.j2")
        .render(
            row,
            sent=(row["submission_status"] or "").lower() in (PENDING, ERROR),
            events=timeline(row["json_payload"]),
            changed=changes(row["previous_json_payload"], row["json_payload"]) if updated else (),
            updated=updated,
            texts=[
                (name, _indented(row[column]))
                for name, column in (
                    ("The payload, as JSON", "json_payload"),
                    ("The partial payload, as JSON", "partial_json_payload"),
                    ("The payload before it, as JSON", "previous_json_payload"),
                )
                if row[column]
            ],
        )
    )


def index_page(held: pl.DataFrame, folders: Mapping[str, int], seed: int) -> str:
    """Return the page that lists all children; those of ``folders`` have a page, in that one."""
    script = _text("index.js", __package__ or "")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    flags = pl.col("error", "sent").cast(pl.Int8)
    rows = [[*row, folders.get(row[0])] for row in held.with_columns(flags).rows()]
    # In a script a text must not end it; in JSON `<` may be written so.
    data = json.dumps(rows, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")
    counts = held.group_by("row_state").agg(pl.len(), pl.col("sent").sum())
    named = [row for row in rows if row[-1] is not None][:_SHOWN]
    return (
        environment(__package__)
        .get_template("index.html.j2")
        .render(
            children=held.height,
            pages=len(folders),
            seed=seed,
            states=held["row_state"].unique().sort().to_list(),
            counts=counts.sort("row_state").rows(),
            rows=[[*row[:-1], _path(row[0], row[-1])] for row in named],
            data=data,
            script=script,
            digest=digest,
        )
    )


def _path(child: str, folder: int) -> str:
    return f"children/{folder:03}/{child}.html"


def _indented(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return text


def _text(name: str, package: str) -> str:
    return (files(package) / name).read_text("utf-8")
