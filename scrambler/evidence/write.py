"""Writes report.json and report.html of an output, and enters both in its ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs

from scrambler.errors import OutputError
from scrambler.errors.boundary import fault_at
from scrambler.evidence.document import gather
from scrambler.evidence.folder import Evidence
from scrambler.evidence.page import report_page

DOCUMENT, PAGE = "report.json", "report.html"


def write_report(
    evidence: Evidence,
    manifest: Mapping[str, Any],
    fingerprint: str,
    given: Mapping[str, Any] | None = None,
) -> Path:
    """Write the report about the output of ``manifest``, and return the path of the page.

    ``given`` are the sections of other rooms; see `scrambler.evidence.document`. OutputError where
    it cannot be written, or where what is beside the output is not what this program wrote.
    """
    with fault_at("report"):
        document = gather(evidence, manifest, fingerprint, given or {})
    if not _validator().is_valid(document):
        raise OutputError(
            f"What lies in {evidence.folder} is not as this program wrote it: no report is made."
        )
    held = evidence.write(DOCUMENT, json.dumps(document, indent=1) + "\n")
    evidence.enter("report", fingerprint, held)
    with fault_at("report"):
        shown = report_page(document)
    page = evidence.write(PAGE, shown)
    evidence.enter("report", fingerprint, page)
    return page


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema of report.json."""
    text = (files("scrambler.evidence") / "report.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(report_schema())
