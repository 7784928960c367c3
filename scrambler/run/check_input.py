"""What the check of a run is given: built here, since it may know nothing of treatments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kernels.draw import Seeds
from scrambler.batch import Batch, RunContext
from scrambler.keys.dates_key import DatesKey
from scrambler.keys.epoch import FORMAT
from scrambler.keys.pseudonyms import Identified
from scrambler.policy import Assignment
from scrambler.treatments.identifier import domains_of
from scrambler.verification.during.check import Check
from scrambler.verification.during.derivation import DATES_SALT, Secrets
from scrambler.verification.during.row_keys import RowKeys


def check_of(
    context: RunContext,
    assignments: Mapping[str, Mapping[str, Assignment]],
    sizes: Mapping[str, int] | None = None,
) -> Check:
    """Return the check of a run; ``sizes`` are the rows of its tables, where they were counted."""
    pseudonyms, shift = context.pseudonyms, context.shift
    return Check(
        context.spec,
        assignments,
        Secrets(pseudonyms.epoch.key, FORMAT),
        context.indexes,
        shift.least,
        shift.most,
        shift.keep,
        pseudonyms.lengths,
        pseudonyms.numeric,
        sizes or {},
        pseudonyms.epoch.allocations,
        pseudonyms.epoch.folds,
        dates_key=_of_dates(context.dates_key),
        codes=context.codes,
    )


def _of_dates(key: DatesKey | None) -> Secrets | None:
    return Secrets(key.key, key.version, DATES_SALT) if key else None


def row_keys(batch: Batch, places: Seeds | None = None) -> RowKeys:
    """Return the keys of the rows of a batch: what has been digested already is not again.

    ``places`` say where in the table the rows will stand.
    """
    found = dict(_identified(batch))
    return RowKeys(
        rows=batch.rows,
        subjects=batch.subjects,
        tokens={place: ids.tokens for place, ids in found.items()},
        values={place: ids.column.codes for place, ids in found.items()},
        places=places,
    )


def _identified(batch: Batch) -> Iterator[tuple[tuple[str, str], Identified]]:
    for column, assignment in batch.assignments.items():
        parameters, traits = assignment.parameters, assignment.traits
        if traits.is_key or traits.domain or column in batch.table.primary_key:
            yield (batch.domain(column), column), batch.identified(column)
        if traits.is_key or "identifiers" in parameters:
            for domain, ids in domains_of(batch, column):
                yield (domain, column), ids
        if "names" in parameters or parameters.get("part") == "full":
            yield ("worker_name", column), batch.identified(column, "worker_name")
