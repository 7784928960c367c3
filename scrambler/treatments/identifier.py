"""identifier: one pseudonym a value and id domain, in every table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import polars as pl

from kernels.canonical import canonical
from kernels.draw import Seeds
from kernels.fake_name import full_names
from scrambler.batch import Batch
from scrambler.errors import SourceError
from scrambler.keys.pseudonyms import Identified
from scrambler.policy import Assignment
from scrambler.ssd import Spec
from scrambler.treatments.sampling import EMPTY, choices, drawn, has_code
from scrambler.treatments.treatment import NUMBERS, TEXT, Audit, Treatment

# Letters on both sides of a blank or comma and no digit: a person's name, no identifier.
_NAME = r"^[^0-9]*\pL[^0-9]*[ ,][^0-9]*\pL[^0-9]*$"


def _scramble(batch: Batch, column: str) -> pl.Series:
    values, parameters = batch.frame[column], batch.parameters(column)
    if _typed(batch, column):
        result = _by_type(batch, column)
    else:
        result = batch.context.pseudonyms.pseudonyms(batch.domain(column), batch.identified(column))
    if "names" in parameters:
        result = worker_names(batch, column).zip_with(named(batch, column), result)
    if "codes" in parameters:
        picks = drawn(batch, column).choices
        codes = pl.Series(choices(batch.assignments[column], batch.context.spec))
        here = pl.Series(has_code(batch, column) & (picks != EMPTY))
        result = codes.gather(np.maximum(picks, 0)).zip_with(here, result)
    return _integers(batch, column, result) if values.dtype.is_integer() else result


def _integers(batch: Batch, column: str, pseudonyms: pl.Series) -> pl.Series:
    """Return pseudonyms of an integer column as integers; SourceError where one is none."""
    numbers = pseudonyms.cast(batch.frame[column].dtype, strict=False)
    if lost := numbers.null_count() - pseudonyms.null_count():
        raise SourceError(
            f"{batch.table.name}.{column}: {lost} integers are negative or have more than 12 "
            "digits. Nothing was written. Correct them in the source, or give the column the "
            "treatment `clear` in a policy of your own (--policy)."
        )
    return numbers


def named(batch: Batch, column: str) -> pl.Series:
    """Return where an identifier column of workers holds a name instead."""
    return canonical(batch.frame[column]).str.contains(_NAME).fill_null(False)


def worker_names(batch: Batch, column: str) -> pl.Series:
    """Return one invented name for each worker name, the same wherever the name stands."""
    ids = batch.identified(column, "worker_name")
    invented = full_names(ids.token, ids.values.cast(pl.String))
    return ids.spread(invented.zip_with(ids.text.is_not_null(), ids.missing))


def domains_of(batch: Batch, column: str) -> Sequence[tuple[str, Identified]]:
    """Return each id domain of a column with its identifiers; those of other domains are null."""
    if column not in batch.by_domain:
        batch.by_domain[column] = list(_domains(batch, column))
    return batch.by_domain[column]


def formed_columns(spec: Spec, columns: Mapping[str, Assignment]) -> dict[str, tuple[str, ...]]:
    """Return the columns that may hold identifiers of a reserved range, with what tells their type.

    A UPN or NHS number has such a range; an identifier that becomes hexadecimal has none.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name, assignment in columns.items():
        parameters = assignment.parameters
        domain = parameters.get("identifiers") or assignment.column.domain
        if "type" in parameters and parameters["type"] in columns:
            found[name] = (parameters["type"],)
        elif (
            (assignment.traits.is_key or assignment.traits.draws == "code")
            and domain
            and spec.domains[domain].shape != "hex"
        ):
            found[name] = ()
    return found


def places_wanted(batch: Batch, columns: Iterable[str]) -> Iterator[tuple[str, Seeds]]:
    """Yield the tokens of identifiers that need a place in a reserved range, by that range."""
    for column in columns:
        for domain, ids in domains_of(batch, column):
            yield from batch.context.pseudonyms.wanting(domain, ids)


def without_owned(batch: Batch) -> pl.DataFrame:
    """Return scrambled rows with those pseudonyms emptied that a source of the epoch holds itself.

    A number was invented, and a later source turns out to have it: now it is somebody's.
    """
    frame = batch.frame
    for column in formed_columns(batch.context.spec, batch.assignments):
        for domain, ids in domains_of(batch, column):
            owned = batch.context.pseudonyms.owned(domain, ids)
            if owned.any():
                here = ids.spread(pl.Series(owned))
                frame = frame.with_columns(frame[column].set(here, None))
    return frame


def _domains(batch: Batch, column: str) -> Iterator[tuple[str, Identified]]:
    parameters = batch.parameters(column)
    if _typed(batch, column):
        spec = batch.context.spec
        types = canonical(batch.frame[parameters["type"]])
        domain = types.replace_strict(
            spec.linked_types, default="other_identifier", return_dtype=pl.String
        ).fill_null("other_identifier")
        values = batch.frame[column].cast(pl.String)
        for name in sorted(domain.unique().to_list()):
            one = values.set(domain != name, None)
            yield name, batch.context.pseudonyms.identify(name, one)
    elif "identifiers" in parameters:
        yield (
            parameters["identifiers"],
            batch.identified(column, parameters["identifiers"]),
        )
    else:
        yield batch.domain(column), batch.identified(column)


def _typed(batch: Batch, column: str) -> bool:
    """Return whether another column says what kind of identifier each row holds."""
    return batch.has(batch.parameters(column).get("type", ""))


def _by_type(batch: Batch, column: str) -> pl.Series:
    result = pl.repeat(None, len(batch), dtype=pl.String, eager=True)
    for domain, ids in domains_of(batch, column):
        one = batch.context.pseudonyms.pseudonyms(domain, ids)
        result = one.zip_with(one.is_not_null(), result)
    return result


IDENTIFIER = Treatment(
    name="identifier",
    summary="A pseudonym by keyed hash; UPN, NHS, ULN and SWE numbers keep form and check digit.",
    types=TEXT | NUMBERS,
    audit=Audit.CHANGED,
    scramble=_scramble,
    parameters={
        "codes": "codes of this list are redrawn, not hashed (UN codes in a UPN column)",
        "names": "values that are names become the invented name of that worker",
        "type": "the column whose identifier type chooses the id domain",
        "numeric": "yes: pseudonyms are integers, in every column of the id domain",
    },
)
