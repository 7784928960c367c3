"""The forms that pseudonyms have: an identifier of an output that has none of them is no pseudonym.

So an original is seen behind whatever was put before or after it: x4857773456 is no hexadecimal
text of 20 characters, no integer, and no number of a range that was never issued.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from kernels.reserved import RESERVED
from scrambler.ssd import ColumnSpec, Spec
from scrambler.verification.after.check_result import CheckResult

_CODES = {"pers_upn": "upn_unknown"}
"""Code lists of identifier columns that hold codes too."""


class IdentifierForms:
    """Examines the identifiers of an output; ``manifest`` says how long, and which integers."""

    def __init__(self, spec: Spec, manifest: Mapping[str, Any]) -> None:
        """Have examined nothing yet."""
        forms = manifest.get("pseudonyms", {})
        self._lengths: Mapping[str, int] = forms.get("lengths", {})
        self._integers = {*forms.get("integers", [])}
        self._spec = spec
        self._reserved = "|".join(f"(?:{shape.ranges})" for shape in RESERVED.values())
        self._examined = self._failures = 0

    def examine(self, column: ColumnSpec, values: pl.Series) -> None:
        """Count the values of a batch that have no such form; names and blanks are not counted."""
        if values.dtype != pl.String:
            return
        text = values.str.strip_chars()
        self._examined += len(text) - text.null_count()
        wrong = text.filter(~text.str.contains(self._hexadecimal(column))).unique()
        if not len(wrong):
            return
        known = wrong.str.to_uppercase().str.contains(self._reserved)
        known |= self._spec.missing.in_text(wrong) | wrong.is_in(self._codes(column))
        known |= ~wrong.str.contains("[0-9]")
        self._failures += int((~known).sum())

    def check(self) -> CheckResult:
        """Return the check."""
        return CheckResult(
            "identifiers of a form that pseudonyms have", self._examined, self._failures
        )

    def _hexadecimal(self, column: ColumnSpec) -> str:
        domain = self._spec.domains.get(column.domain or "")
        if domain is None:
            return r"^[0-9a-f]+$"
        if domain.map in self._integers:
            return r"^[0-9]{1,12}$"
        return rf"^[0-9a-f]{{{self._lengths.get(domain.map, domain.length)}}}$"

    def _codes(self, column: ColumnSpec) -> list[str]:
        if column.name not in _CODES:
            return []
        codes = self._spec.code_lists[_CODES[column.name]]
        return [*codes.codes, *codes.alternates]
