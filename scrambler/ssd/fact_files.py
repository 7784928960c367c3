"""The files of facts: the columns of each, what a cell of them may hold, and what it refers to."""

from __future__ import annotations

from collections.abc import Mapping

from scrambler.ssd.cell import (
    ANY,
    DAY,
    NAME,
    PROSE,
    SOME,
    WHOLE,
    YES_NO,
    Cell,
    matching,
    one_of,
    optional,
)
from scrambler.ssd.fact_faults import code_fault, column_fault, missing_fault
from scrambler.ssd.fact_file import FactFile, Link

_SQL_TYPE = matching(r"[A-Z]+(\(([0-9]+|MAX)\))?", "a type of ddl_types.csv with its width")
_ROUTE = matching(r"none|\w+(>\w+\.\w+>\w+)*", "none, or column>table.key>column and so on")
_CODES: Mapping[str, Cell] = {
    "code_list": NAME,
    "code": SOME,
    "label": SOME,
    "alternate": YES_NO,
    "source": PROSE,
}

_OF_A_TABLE = Link(("table",), ("tables",), ("table",))
_OF_A_COLUMN = Link(("table", "column"), ("columns",), ("table", "column"))
_OF_A_LIST = Link(("code_list",), ("code_lists", "local_lists"), ("code_list",))

FACT_FILES: Mapping[str, FactFile] = {
    "tables": FactFile(
        "Every table: its key, the way from a row to its child, and what one row is.",
        {
            "table": NAME,
            "primary_key": optional(matching(r"\w+(\+\w+)*", "columns joined by +")),
            "subject_path": _ROUTE,
            "leftover": YES_NO,
            "grain": PROSE,
            "notes": PROSE,
        },
        key=("table",),
    ),
    "routes": FactFile(
        "Ways from a row to its child that come before the one of the table.",
        {"table": NAME, "subject_path": _ROUTE, "why": PROSE},
        key=("table", "subject_path"),
        links=(_OF_A_TABLE,),
    ),
    "columns": FactFile(
        "Every column: its type, kind, references, code list and id domain.",
        {
            "table": NAME,
            "column": NAME,
            "position": WHOLE,
            "sql_type": _SQL_TYPE,
            "nullable": YES_NO,
            "pk": YES_NO,
            "references": optional(matching(r"\w+\.\w+", "table.column")),
            "kind": one_of(
                "identifier",
                "name",
                "postcode",
                "date",
                "number",
                "free_text",
                "address_json",
                "flags_json",
                "code_list_json",
                "payload_json",
                "code",
                "flag",
                "label",
                "technical",
                "other",
            ),
            "code_list": optional(NAME),
            "id_domain": optional(NAME),
            "in_ddl": YES_NO,
            "format_notes": PROSE,
        },
        key=("table", "column"),
        links=(
            _OF_A_TABLE,
            _OF_A_LIST,
            Link(("references",), ("columns",), ("table", "column")),
            Link(("id_domain",), ("domains",), ("domain",)),
            Link(("sql_type",), ("ddl_types",), ("name",)),
        ),
        fault=column_fault,
    ),
    "code_lists": FactFile(
        "Every code of every list; alternates are recognised and never drawn. Others: which lists "
        "hold the code, and between which days, both included, all of them do.",
        {
            **_CODES,
            "lists": optional(
                matching(r"SSD( payload)?( CIN)?( SSDA903)?", "SSD, payload, CIN and SSDA903")
            ),
            "since": optional(DAY),
            "until": optional(DAY),
        },
        key=("code_list", "code"),
        fault=code_fault,
    ),
    "local_lists": FactFile(
        "Code lists that no source publishes, made up for drawing.",
        _CODES,
        key=("code_list", "code"),
    ),
    "domains": FactFile(
        "Id domains: columns of one domain share one map from identifier to pseudonym. Length is "
        "the most characters of one; least is what a column of text must have room for: 20 of "
        "hexadecimals are 80 bits, under which those of ten million identifiers might meet (T4).",
        {
            "domain": NAME,
            "shared_with": optional(NAME),
            "length": WHOLE,
            "least": WHOLE,
            "shape": one_of("hex", "text", "upn", "nhs", "uln", "swe", "urn", "ni"),
            "why": PROSE,
        },
        key=("domain",),
        links=(Link(("shared_with",), ("domains",), ("domain",)),),
    ),
    "linked_types": FactFile(
        "The id domain of a linked identifier, by its type.",
        {"type": SOME, "domain": NAME},
        key=("type",),
        links=(Link(("domain",), ("domains",), ("domain",)),),
    ),
    "json_columns": FactFile(
        "Every key of every JSON column, and what it is for.",
        {
            "table": NAME,
            "column": NAME,
            "shape": PROSE,
            "key": SOME,
            # A form describes the keys of another CMS: it is no key itself.
            "role": one_of("flag", "count", "comment", "part", "item", "payload", "form"),
            "value_domain": PROSE,
        },
        key=("table", "column", "key"),
        links=(_OF_A_COLUMN,),
    ),
    "consistency": FactFile(
        "What a record is expected to meet.",
        {
            "rule_id": matching("C[0-9]{3}", "C and three digits"),
            "tables_columns": PROSE,
            "strength": one_of("hard", "soft"),
            "rule": PROSE,
        },
        key=("rule_id",),
    ),
    "statutory_rules": FactFile(
        "The DfE's validation rules of the CIN census and the SSDA903.",
        {
            "rule_id": matching("S[0-9]{3}", "S and three digits"),
            "census": one_of("CIN", "SSDA903"),
            "code": SOME,
            "strength": one_of("error", "query"),
            "rule": PROSE,
            "columns": optional(
                matching(r"\w+\.\w+( \w+\.\w+)*", "table.column, blanks between them")
            ),
            "consistency": optional(matching("C[0-9]{3}( C[0-9]{3})*", "rules of consistency.csv")),
        },
        key=("census", "code"),
    ),
    "age_limits": FactFile(
        "Ages that dates are held to, reckoned from the birth or the day on which it is expected.",
        {
            "years": matching("[0-9]+", "whole years"),
            "days": matching("-?[0-9]+", "days to add to the birthday"),
            "birthday": one_of("above", "below"),
            "rules": matching("(CIN |SSDA903 )?[0-9C][0-9 ]*", "the codes of rules"),
            "why": PROSE,
        },
        key=("years", "days"),
    ),
    "national_weights": FactFile(
        "How many children, referrals or plans have a code in England, as published.",
        {
            "code_list": NAME,
            "codes": matching(r"[A-Za-z0-9 ]+(\|[A-Za-z0-9]+)*", "codes with | between them"),
            "number": WHOLE,
            "year": matching("20[0-9]{2}", "the year that ended on 31 March"),
            "publication": PROSE,
            "table": PROSE,
        },
        key=("code_list", "codes"),
        links=(_OF_A_LIST,),
    ),
    "payload_fields": FactFile(
        "The payload in the order of its builder, then what concerns its transport.",
        {
            "path": SOME,
            "type": one_of(
                "string",
                "date",
                "boolean",
                "integer",
                "object",
                "array of string",
                "array of object",
                "array of child objects",
                "binary",
                "rule",
            ),
            "max_length": optional(WHOLE),
            "max_items": optional(WHOLE),
            "limit": PROSE,
            "code_list": optional(NAME),
            "mandatory": YES_NO,
            "ssd_source": optional(matching(r"\w+(\.\w+)?", "table or table.column")),
            "notes": PROSE,
        },
        key=("path",),
        links=(_OF_A_LIST,),
    ),
    "ddl_types": FactFile(
        "The SQL types of the DDL, and what they become.",
        {
            "name": NAME,
            "has_width": YES_NO,
            "polars": one_of(
                "String", "Datetime", "Date", "Int16", "Int32", "Boolean", "Float64", "Binary"
            ),
            "postgresql": matching("[a-z ]+", "a type of PostgreSQL without its width"),
            "source": PROSE,
        },
        key=("name",),
    ),
    "server_types": FactFile(
        "What the types that servers declare stand for.",
        {
            "name": matching("[a-z0-9_ ]+", "a type's name in lower case"),
            "kind": one_of("text", "integer", "float", "boolean", "datetime", "date", "binary"),
            "bits": optional(one_of("8", "16", "24", "32", "64")),
        },
        key=("name",),
    ),
    "missing_codes": FactFile(
        "Codes that stand for nothing recorded.",
        {
            "value": ANY,
            "type": one_of("text", "date", "number"),
            "table": optional(NAME),
            "column": optional(NAME),
            "source": PROSE,
        },
        key=("value", "type", "table", "column"),
        links=(_OF_A_COLUMN,),
        fault=missing_fault,
    ),
}
"""Every file of facts by its name, without ``.csv``."""
