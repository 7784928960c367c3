"""What a policy may write behind a parameter, checked before a row is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation

import polars as pl

from kernels.reserved import RESERVED
from scrambler.policy import Assignment
from scrambler.policy.read import did_you_mean
from scrambler.ssd import Spec
from scrambler.ssd.sampling import RANKS
from scrambler.treatments.label import POOLS
from scrambler.treatments.name import PARTS

_FORMAT = re.compile(r"(?:%[dmYHMS]|[-/. :T])+")
_DAY = ("%d", "%m", "%Y")

ANYWHERE = {
    "unfit": "clear: values that do not fit the type of the column become empty, and are counted"
}
"""Parameters that every treatment takes."""

Check = Callable[[str, Assignment, Spec], str]
"""Takes a value, its line and the spec; returns what is wrong with it, or nothing."""


def faults(assignment: Assignment, spec: Spec) -> Iterator[str]:
    """Yield what is wrong with the values of the parameters, a line each."""
    for name, value in assignment.parameters.items():
        if wrong := _CHECKS.get(name, _anything)(value, assignment, spec):
            yield f"{name}={value}: {wrong}."
    if wrong := _WHOLE.get(assignment.treatment, _fine)(assignment, spec):
        yield f"{assignment.treatment} {wrong}."


def _anything(value: str, line: Assignment, spec: Spec) -> str:
    return ""


def _one_of(kind: str, known: Callable[[Assignment, Spec], Iterable[str]]) -> Check:
    def check(value: str, line: Assignment, spec: Spec) -> str:
        names = dict.fromkeys(known(line, spec))
        if value in names:
            return ""
        return f"there is no {kind} of that name{did_you_mean(value, names)}"

    return check


_code_list = _one_of("code list", lambda line, spec: spec.code_lists)
_column = _one_of("column in the table", lambda line, spec: spec.tables[line.column.table].columns)
_shape = _one_of(
    "id domain with a form of its own",
    lambda line, spec: [name for name, one in spec.domains.items() if one.shape in RESERVED],
)


def _tie(value: str, line: Assignment, spec: Spec) -> str:
    key, _, column = value.partition(":")
    keys = spec.outcomes[line.column.name].flags if line.column.name in spec.outcomes else ()
    if key not in keys:
        return "the column has no such flag"
    return _column(column, line, spec)


def _within(value: str, line: Assignment, spec: Spec) -> str:
    if line.column.table not in RANKS:
        return f"only rows of {' and '.join(RANKS)} are numbered"
    return _column(value, line, spec)


def _number(value: str, line: Assignment, spec: Spec) -> str:
    return "" if _decimal(value) is not None else "no number"


def _decimal(value: str) -> Decimal | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _whole_number(value: str, line: Assignment, spec: Spec) -> str:
    return "" if value.isdecimal() else "no whole number"


def _alone(value: str, line: Assignment, spec: Spec) -> str:
    listed = spec.code_lists.get(line.parameters.get("list", ""))
    return "" if listed is None or value in listed.codes else "the list has no such code"


def _pattern(value: str, line: Assignment, spec: Spec) -> str:
    try:
        pl.Series([""]).str.contains(value)
    except pl.exceptions.PolarsError:
        return "no regular expression"
    return ""


def _date_format(value: str, line: Assignment, spec: Spec) -> str:
    if not line.column.dtype.is_temporal():
        return "a format is for columns that are dates"
    if not _FORMAT.fullmatch(value) or not all(value.count(one) == 1 for one in _DAY):
        return "a format has %d, %m and %Y once each, perhaps %H, %M and %S, and signs between"
    return ""


def _unfit(value: str, line: Assignment, spec: Spec) -> str:
    if line.column.dtype == pl.String or line.traits.is_key:
        return "every text fits, and identifiers are never cleared one by one"
    return "" if value == "clear" else "what does not fit can be cleared only (unfit=clear)"


_CHECKS: Mapping[str, Check] = {
    "list": _code_list,
    "codes": _code_list,
    "identifiers": _shape,
    "follows": _column,
    "key": _column,
    "sex": _column,
    "subject": _column,
    "type": _column,
    "ties": _tie,
    "within": _within,
    "pool": _one_of("pool", lambda line, spec: POOLS),
    "part": _one_of("part", lambda line, spec: PARTS),
    "low": _number,
    "high": _number,
    "step": _number,
    "most": _whole_number,
    "alone": _alone,
    "pattern": _pattern,
    "format": _date_format,
    "unfit": _unfit,
}


def _fine(line: Assignment, spec: Spec) -> str:
    return ""


def _whole_label(line: Assignment, spec: Spec) -> str:
    if "follows" in line.parameters:
        return "" if line.column.code_list else "follows a code, but the column has no code list"
    return "" if "pool" in line.parameters else "needs the parameter follows or pool"


def _whole_name(line: Assignment, spec: Spec) -> str:
    full = line.parameters.get("part") == "full" or "key" in line.parameters
    return "" if full else "needs the parameter key for a forename or surname"


def _whole_range(line: Assignment, spec: Spec) -> str:
    given = (line.parameters.get(name, "1") for name in ("low", "high", "step"))
    low, high, step = map(_decimal, given)
    if low is None or high is None or step is None:
        return ""  # said already
    return "" if low <= high and step > 0 else "needs low <= high and a step above 0"


def _whole_flags(line: Assignment, spec: Spec) -> str:
    return "" if line.column.name in spec.outcomes else "knows no keys of this column"


def _whole_code(line: Assignment, spec: Spec) -> str:
    listed = spec.code_lists.get(line.parameters.get("list", ""))
    if listed is None:
        return ""
    if line.column.dtype == pl.Boolean:
        return "" if set(listed.codes) <= {"0", "1"} else "draws codes that are no 0 or 1"
    if line.column.dtype.is_numeric() and any(_decimal(code) is None for code in listed.codes):
        return "draws codes that are no numbers"
    widest = max(map(len, listed.codes))
    if line.column.width is not None and widest > line.column.width:
        return f"draws codes of {widest} characters where {line.column.width} fit"
    return ""


_WHOLE: Mapping[str, Callable[[Assignment, Spec], str]] = {
    "code": _whole_code,
    "flags_json": _whole_flags,
    "label": _whole_label,
    "name": _whole_name,
    "number": _whole_range,
}
