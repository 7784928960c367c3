"""The folder that measurements work in: sources are made once, outputs go again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq

from bench.measure import Sample, child
from bench.shapes import two_large


class Workspace:
    """Sources and outputs of one comparison of ``children`` children and ``repeats`` repeats."""

    def __init__(self, folder: Path, children: int, repeats: int) -> None:
        self.folder = folder
        self.children = children
        self.repeats = repeats
        self.out = folder / "out"

    def source(self, children: int | None = None) -> Path:
        """Return a folder of Parquet with so many children, constructed when first asked for."""
        wanted = children or self.children
        path = self.folder / f"source-{wanted}"
        if not path.exists():
            child("fake", target=path, children=wanted)
        return path

    def shaped(self, name: str, **sizes: int) -> Path:
        """Return a folder of two large tables, constructed when first asked for."""
        path = self.folder / name
        if not path.exists():
            two_large(path, **sizes)
        return path

    def writing(self, name: str, **arguments: object) -> Callable[[], Sample]:
        """Return the contestant ``name`` writing an output; its rows are counted, then it goes."""

        def work() -> Sample:
            sample = child(name, out=self.out, **arguments)
            sample = replace(sample, tables=rows_of(self.out))
            shutil.rmtree(self.out)
            return sample

        return work

    def verified(self, source: Path) -> Sample:
        """Return ``verify`` of an output of ``source``, which is made first and not timed."""
        child("scramble", source=source, out=self.out)
        sample = child("verify", source=source, out=self.out)
        sample = replace(sample, tables=rows_of(self.out))
        shutil.rmtree(self.out)
        return sample

    def reading(self, name: str, **arguments: object) -> Callable[[], Sample]:
        """Return the contestant ``name``, which leaves nothing behind."""
        return lambda: child(name, **arguments)


def rows_of(out: Path) -> dict[str, int]:
    """Return the rows of each table of an output, from the footers of its files."""
    return {
        folder.name: sum(pq.read_metadata(part).num_rows for part in folder.glob("*.parquet"))
        for folder in sorted((out / "tables").iterdir())
    }
