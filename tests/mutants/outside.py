"""Leaks beside the cells: files, metadata, and the order of rows."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from scrambler.files.commit import Commit
from scrambler.run import steps
from scrambler.sinks.parquet import ParquetSink
from scrambler.sinks.table_writer import TableWriter
from tests.mutants.mutant import Mutant, Plant


def dropped(*paths: str, late: bool = False) -> Callable[[Plant], None]:
    """Write the rows of the source into files of the output, just before it is committed.

    ``late`` ones come after the run has dropped what its manifest does not name.
    """

    def plant_it(plant: Plant) -> None:
        plant.traces = paths

        def write(folder: Path) -> None:
            plant.touched += 1
            rows = pl.read_parquet(plant.source / "ssd_person.parquet")
            for path in paths:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                rows.write_csv(folder / path)

        before(plant, write, late=late)

    return plant_it


def before(plant: Plant, write: Callable[[Path], object], *, late: bool = False) -> None:
    """Do something to what is to be the output, before its commit or before its rename."""
    commit, publish = ParquetSink.commit, Commit.publish

    def spoiled_commit(self: ParquetSink, manifest: Mapping[str, Any] | None) -> None:
        write(self.aside)
        commit(self, manifest)

    def spoiled_publish(self: Commit) -> None:
        write(self.new)
        publish(self)

    if late:
        plant.patch.setattr(Commit, "publish", spoiled_publish)
    else:
        plant.patch.setattr(ParquetSink, "commit", spoiled_commit)


def _second_part(plant: Plant) -> None:
    """The source's rows as one more part that the manifest does not name."""
    path = "tables/ssd_person/part-00001.parquet"
    plant.traces = (path,)

    def write(folder: Path) -> None:
        plant.touched += 1
        (folder / path).write_bytes((plant.source / "ssd_person.parquet").read_bytes())

    before(plant, write)


def _swapped(plant: Plant) -> None:
    """The source's rows in the place of the scrambled ones, after they were judged."""

    def write(folder: Path) -> None:
        plant.touched += 1
        target = folder / "tables" / "ssd_family" / "part-00000.parquet"
        rows = pl.read_parquet(plant.source / "ssd_family.parquet")
        rows.select([*pl.read_parquet_schema(target)]).write_parquet(target)

    before(plant, write)


def _folder(plant: Plant) -> None:
    name = plant.values("ssd_person", "pers_surname")[0]
    plant.traces = (name,)
    before(plant, lambda folder: (folder / name).mkdir())


FILES = [
    Mutant(
        "two CSV files of source rows",
        "everything",
        dropped("tables/ssd_person.csv", "tables/.ssd_person.csv"),
    ),
    Mutant("a CSV file at the top", "everything", dropped("notes.csv")),
    Mutant("a CSV file in a folder of its own", "everything", dropped("logs/today/rows.log")),
    Mutant("a CSV file written at the last moment", "everything", dropped("notes.csv", late=True)),
    Mutant("a part that no manifest names", "everything", _second_part),
    Mutant("a table swapped for its source", "families", _swapped),
    Mutant("a folder named after a child", "a name", _folder),
]


def _metadata(plant: Plant) -> None:
    honest = TableWriter._open

    def opened(self: TableWriter) -> None:
        honest(self)
        assert self._writer is not None
        note = plant.values("ssd_person", "pers_surname")[0]
        self._writer.add_key_value_metadata({"note": note})

    plant.patch.setattr(TableWriter, "_open", opened)


def _dictionary(plant: Plant) -> None:
    """A dictionary page that keeps the values of the source, which no row uses."""
    init, group = TableWriter.__init__, TableWriter._write_group
    column = "pers_surname"

    def made(self: TableWriter, root: Path, folder: Path, schema: pa.Schema, **more: Any) -> None:
        if column in schema.names:
            place = schema.get_field_index(column)
            schema = schema.set(place, pa.field(column, pa.dictionary(pa.int32(), pa.string())))
        init(self, root, folder, schema, **more)

    def written(self: TableWriter, rows: pa.Table) -> None:
        if column in rows.column_names and len(rows):
            held = rows[column].combine_chunks()
            held = held.chunk(0) if isinstance(held, pa.ChunkedArray) else held
            more = pa.array(plant.values("ssd_person", column))
            dictionary = pa.concat_arrays([held.dictionary, more])
            spoiled = pa.DictionaryArray.from_arrays(held.indices, dictionary)
            rows = rows.set_column(rows.column_names.index(column), column, spoiled)
        group(self, rows)

    plant.patch.setattr(TableWriter, "__init__", made)
    plant.patch.setattr(TableWriter, "_write_group", written)


def _named(plant: Plant) -> None:
    """Files named after a child of the source."""

    def next_path(self: TableWriter) -> Path:
        name = plant.values("ssd_person", "pers_surname")[0]
        return self._folder / f"part-{len(self.parts):05d}-{name}.parquet"

    plant.patch.setattr(TableWriter, "_next", next_path)


def in_manifest(entry: Callable[[Plant], object]) -> Callable[[Plant], None]:
    def plant_it(plant: Plant) -> None:
        honest = steps.build_manifest

        def build(*arguments: Any, **more: Any) -> dict[str, object]:
            return {**honest(*arguments, **more), "example": entry(plant)}

        plant.patch.setattr(steps, "build_manifest", build)

    return plant_it


def _as_reason(plant: Plant) -> None:
    """A child's name where the manifest gives the reason of a treatment."""
    honest = steps.build_manifest

    def build(*arguments: Any, **more: Any) -> dict[str, object]:
        manifest = copy.deepcopy(honest(*arguments, **more))
        column = manifest["tables"]["ssd_person"]["columns"]["pers_sex"]  # type: ignore[index]
        column["reason"] = plant.values("ssd_person", "pers_surname")[0]
        return manifest

    plant.patch.setattr(steps, "build_manifest", build)


def _as_missing(plant: Plant) -> None:
    """A child's name among the tables that the source lacks."""
    honest = steps.build_manifest

    def build(*arguments: Any, **more: Any) -> dict[str, object]:
        manifest = honest(*arguments, **more)
        return {**manifest, "missing": plant.values("ssd_person", "pers_surname")[:1]}

    plant.patch.setattr(steps, "build_manifest", build)


def _source(plant: Plant) -> str:
    plant.touched += 1
    return str(plant.source)


METADATA_LEAKS = [
    Mutant("a value in a file's metadata", "a surname", _metadata),
    Mutant("source values in a dictionary page", "surnames", _dictionary),
    Mutant("a value in a file's name", "a surname", _named),
    Mutant(
        "a value in the manifest",
        "a surname",
        in_manifest(lambda plant: plant.values("ssd_person", "pers_surname")[0]),
    ),
    Mutant(
        "ids in the manifest",
        "ids",
        in_manifest(lambda plant: plant.values("ssd_person", "pers_person_id")[:3]),
    ),
    Mutant("a value as a reason in the manifest", "a surname", _as_reason),
    Mutant("a value as a name in the manifest", "a surname", _as_missing),
    Mutant("the source's place in the manifest", "where the source lies", in_manifest(_source)),
]
