"""Rules about the version log and the staged payloads.

The run copies no staging table (threat T13); payloads are staged anew from scrambled tables.
"""

from __future__ import annotations

from polars import col

from scrambler.ssd import ssd
from scrambler.ssd.row_states import UNCHANGED, UPDATED
from scrambler.ssd.rules.check import Check, each
from scrambler.ssd.rules.condition import distinct, implies
from scrambler.ssd.rules.rule import rule

_PAYLOADS = ("json_payload", "previous_json_payload", "partial_json_payload")
_IN_PAYLOAD = {"la_child_id": "person_id", "mis_child_id": "legacy_id"}


def _about_the_row(payload: str) -> Check:
    text = col(payload)
    checks = [
        each(text.str.json_path_match(f"$.{key}") == col(column))
        for key, column in _IN_PAYLOAD.items()
    ]
    return checks[0] & checks[1]


def _listed(column: str, code_list: str) -> Check:
    codes = ssd().code_lists[code_list]
    return each(col(column).is_in([*codes.codes, *codes.alternates]))


def _valid_json(payload: str) -> Check:
    text = col(payload)
    # Text that does not parse has no root.
    return each(text.is_null() | text.str.json_path_match("$").is_not_null())


STAGING = (
    rule("C131", each((col("is_current").sum() == 1) & distinct("version_number"))),
    rule(
        "C132",
        each(distinct("person_id"))
        & _about_the_row("json_payload")
        & _about_the_row("previous_json_payload"),
    ),
    rule(
        "C133",
        _listed("row_state", "row_state")
        & _listed("submission_status", "submission_status")
        & each(implies(col("row_state") == UNCHANGED, col("submission_status") == "Sent")),
    ),
    rule(
        "C134",
        each(
            (col("current_hash").bin.size() == 32)
            & (col("previous_hash").bin.size() == 32)
            & implies(col("row_state") == UPDATED, col("current_hash") != col("previous_hash"))
        ),
        why="That the hashes are of scrambled payloads is sure by their making: live ones are "
        "never read.",
    ),
    rule(
        "C135",
        _valid_json(_PAYLOADS[0]) & _valid_json(_PAYLOADS[1]) & _valid_json(_PAYLOADS[2]),
        why="That each value is what the builder makes of the tables is proved where payloads are "
        "built.",
    ),
    rule(
        "C136",
        why="Each payload is built from scrambled tables and validated before it is staged; the "
        "dates of a placement come from C083.",
    ),
    rule(
        "C137",
        each(
            implies(
                col("json_payload")
                .str.json_path_match("$.child_details.uasc_end_date")
                .is_not_null(),
                col("json_payload")
                .str.json_path_match("$.child_details.uasc_flag")
                .eq_missing("true"),
            )
        ),
    ),
)
