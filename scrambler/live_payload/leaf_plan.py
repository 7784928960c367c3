"""What happens to each leaf of a live payload, settled before one is read.

The live database may have no other table, or only some. So the policy is held against the columns
that leaves come from as if the source had them, with the types of the spec where it does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from scrambler.errors import EpochError
from scrambler.keys.epoch import Epoch
from scrambler.keys.formats import Forms
from scrambler.live_payload.leaves import columns_of_leaves
from scrambler.payload.shape import Node, payload_shape
from scrambler.policy import Assignment, Policy
from scrambler.run.planning import make_plan
from scrambler.sources import Source, SourceColumn
from scrambler.ssd import ColumnSpec, ssd
from scrambler.staging.table import LIVE_TABLE

Assignments = Mapping[str, Mapping[str, Assignment]]
Schema = dict[str, dict[str, SourceColumn]]


@dataclass(frozen=True)
class LeafPlan:
    """The treatment of every column that leaves come from, and the forms of pseudonyms.

    ``shape`` says which columns these are.
    """

    shape: Node
    assignments: Assignments
    forms: Forms


def plan_leaves(source: Source, policy: Policy, epoch: Epoch) -> LeafPlan:
    """Hold ``policy`` against all columns of leaves; PolicyError has every finding.

    Pseudonyms have the forms that a run recorded with ``epoch``, so that both roads agree. Without
    any, those of the tables beside the live one, and of the spec. EpochError where a run without
    that record used the epoch and the source lacks tables to tell its forms by.
    """
    shape = payload_shape(older="legacy_id" not in source.tables().get(LIVE_TABLE, {}))
    held = {name: dict(columns) for name, columns in source.tables().items()}
    schema, absent = _completed(held, shape)
    plan = make_plan(schema, policy, ssd(), drop_unknown=True)
    if epoch.forms is None and epoch.allocations and absent:
        raise EpochError(
            "The epoch was used by an earlier version, which did not record the form of its "
            "pseudonyms, and the source lacks tables that would tell it. Scramble the tables again "
            "with this epoch file, or start a new epoch."
        )
    return LeafPlan(shape, policy.assignments, plan.forms.under(epoch.forms))


def _completed(held: Schema, shape: Node) -> tuple[Schema, bool]:
    """Return the schema with all columns of leaves, and whether it lacked an identifier."""
    schema, absent = dict(held), False
    for table, names in columns_of_leaves(shape).items():
        columns = dict(schema.get(table, {}))
        for name in names:
            spec = ssd().column(table, name)
            if name.lower() not in columns:
                absent |= spec.kind == "identifier"
                columns[name.lower()] = _declared(spec)
        schema[table] = columns
    return schema, absent


def _declared(spec: ColumnSpec) -> SourceColumn:
    """Return the column as a source of the spec's own types declares it."""
    dtype = spec.dtype
    if dtype == pl.String:
        return SourceColumn(spec.name, "text", spec.width)
    if dtype == pl.Boolean:
        return SourceColumn(spec.name, "boolean", None)
    if dtype.is_temporal():
        return SourceColumn(spec.name, "datetime", None)
    return SourceColumn(spec.name, "integer" if dtype.is_integer() else "float", None)
