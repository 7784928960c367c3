"""The plan of a run: what is read of a source, and what becomes of each column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl
import pyarrow as pa

from scrambler.keys.formats import Forms
from scrambler.policy import Assignment
from scrambler.resources.notebook import as_html
from scrambler.ssd import TableSpec


@dataclass(frozen=True)
class TablePlan:
    """One table to scramble, and what each column that the source has gets, in the spec's order.

    ``integers`` are the bits of identifier columns that the source holds as integers: they stay so.
    """

    table: TableSpec
    assignments: Mapping[str, Assignment]
    integers: Mapping[str, int] = field(default_factory=dict)

    @property
    def identifiers(self) -> list[str]:
        """The columns that pseudonyms stand in: they hardly repeat."""
        return [name for name, one in self.assignments.items() if one.traits.is_key]

    @property
    def schema(self) -> pa.Schema:
        """The types written: the spec's, but for identifiers that the source has as integers."""
        widths = {
            name: pl.Int32() if bits <= 32 else pl.Int64() for name, bits in self.integers.items()
        }
        dtypes = {
            name: widths.get(name, one.column.dtype) for name, one in self.assignments.items()
        }
        empty = pl.DataFrame(schema=dtypes).to_arrow(compat_level=pl.CompatLevel.oldest())
        text = {pa.large_string(): pa.string()}
        return pa.schema([(one.name, text.get(one.type, one.type)) for one in empty.schema])


@dataclass(frozen=True, repr=False)
class Plan:
    """What a run will do.

    ``tables`` are scrambled and written; ``prescanned`` are all the tables that may be read for
    facts about the whole. ``forms`` are those that its columns let pseudonyms have.
    ``missing`` lists columns and tables the source lacks, ``dropped`` unknown columns left out on
    request, ``omitted`` what the policy never copies, ``unread`` unknown tables called ``ssd_…``;
    ``others`` counts all tables that are no SSD. ``plain`` and ``schema_found`` are of the source.
    """

    tables: tuple[TablePlan, ...]
    prescanned: Mapping[str, Mapping[str, Assignment]]
    forms: Forms
    missing: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    omitted: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    others: int = 0
    plain: bool = False
    schema_found: str = ""

    def __repr__(self) -> str:
        """Show how much there is to do: a notebook prints it whole."""
        columns = sum(len(planned.assignments) for planned in self.tables)
        return (
            f"Plan({len(self.tables)} tables, {columns} columns; missing {len(self.missing)}, "
            f"dropped {len(self.dropped)}, omitted {len(self.omitted)}, unread {len(self.unread)})"
        )

    @property
    def frame(self) -> pl.DataFrame:
        """A row for each column that is written: table, column, type, treatment."""
        return pl.DataFrame(
            [
                (planned.table.name, name, one.column.sql_type, one.treatment)
                for planned in self.tables
                for name, one in planned.assignments.items()
            ],
            schema=dict.fromkeys(("table", "column", "type", "treatment"), pl.String),
            orient="row",
        )

    def _repr_html_(self) -> str:
        """Show the tables and the treatments of their columns."""
        tables = self.frame.group_by("table", maintain_order=True)
        return as_html(
            repr(self),
            tables.agg(
                pl.len().alias("columns"), pl.col("treatment").unique().sort().str.join(", ")
            ),
        )

    def under(self, recorded: Forms | None) -> Plan:
        """Return the plan with the forms that an epoch recorded; EpochError as `Forms.fitting`."""
        return replace(self, forms=self.forms.fitting(recorded))
