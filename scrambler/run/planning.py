"""Makes the plan: policy against schema, before a row is read. All findings are raised at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from scrambler.errors import PolicyError
from scrambler.errors.redact import shown
from scrambler.keys.formats import Forms
from scrambler.policy import Assignment, Policy
from scrambler.policy.limits import faults as forbidden
from scrambler.policy.read import did_you_mean
from scrambler.run import unknown_tables
from scrambler.run.plan import Plan, TablePlan
from scrambler.sources import SourceColumn
from scrambler.ssd import Spec
from scrambler.treatments import TREATMENTS
from scrambler.treatments.parameters import ANYWHERE
from scrambler.treatments.parameters import faults as parameter_faults

_PERSON = "ssd_person"

Schema = Mapping[str, Mapping[str, SourceColumn]]


@dataclass
class _Findings:
    """What stands in the way of a run, gathered while the plan is made."""

    lines: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        self.lines.append(line)


def make_plan(
    schema: Schema,
    policy: Policy,
    spec: Spec,
    *,
    tables: Sequence[str] = (),
    drop_unknown: bool = False,
    strict: bool = False,
) -> Plan:
    """Hold the policy against what the source has. ``tables`` limits what is written.

    Tables that are no SSD are never read; with ``strict`` one called ``ssd_…`` is a finding.
    PolicyError holds every finding: unknown tables and columns, treatments, parameters or values
    that do not exist, types that a treatment cannot take, columns too narrow for their pseudonyms.
    """
    tables = [name.lower() for name in tables]
    findings = _Findings()
    dropped: list[str] = []
    chosen: dict[str, dict[str, Assignment]] = {}
    for name, columns in schema.items():
        if name in spec.tables:
            chosen[name] = _columns(name, columns, policy, spec, findings, dropped, drop_unknown)
    for line in (*policy.findings, *_unheeded(policy, chosen, spec)):
        findings.add(line)
    unread = _unread(schema, policy, spec, findings, strict)
    for name in tables:
        if name not in chosen:
            findings.add(f"{name}: the source has no such table{did_you_mean(name, chosen)}.")
    if not chosen:
        findings.add(
            "The source holds no table of the SSD. Is it the right database and schema (--schema)?"
        )
    elif _PERSON not in chosen:
        findings.add(
            f"{_PERSON}: the source lacks it, and without it no row is anybody's. Is it the right "
            "database and schema (--schema), and may this user read the table?"
        )
    forms = _forms(schema, chosen, spec, findings)
    if findings.lines:
        raise PolicyError(findings.lines)
    read = {
        name: {c: a for c, a in columns.items() if not a.traits.is_omitted}
        for name, columns in chosen.items()
    }
    return Plan(
        tables=tuple(
            TablePlan(spec.tables[name], read[name], _integers(read[name], schema[name]))
            for name in spec.tables
            if read.get(name) and (not tables or name in tables)
        ),
        prescanned={name: columns for name, columns in read.items() if columns},
        forms=forms,
        missing=tuple(_missing(spec, chosen)),
        dropped=tuple(dropped),
        omitted=tuple(
            sorted(
                [name for name, columns in read.items() if not columns]
                + [name for name in policy.omitted_tables if name in schema]
            )
        ),
        unread=unread,
        others=sum(name not in spec.tables for name in schema),
    )


def _unread(
    schema: Schema, policy: Policy, spec: Spec, findings: _Findings, strict: bool
) -> tuple[str, ...]:
    """Return the unknown tables called ``ssd_…`` that the policy does not omit."""
    unread = tuple(
        sorted(
            name
            for name in schema
            if name.startswith(unknown_tables.PREFIX)
            and name not in spec.tables
            and name not in policy.omitted_tables
        )
    )
    doubtful = list(unknown_tables.findings(schema, unread, spec.tables))
    for line in doubtful:
        findings.add(line)
    said = {line.partition(":")[0] for line in doubtful}
    for name in unread if strict else ():
        if shown(name) not in said:
            findings.add(
                f"{shown(name)}: no table of the SSD{did_you_mean(name, spec.tables)}. Leave out "
                "--strict, or say that it is not wanted by the line "
                f"{shown(name)},*,omit,, in a policy."
            )
    return tuple(map(shown, unread))


def _columns(
    table: str,
    columns: Mapping[str, SourceColumn],
    policy: Policy,
    spec: Spec,
    findings: _Findings,
    dropped: list[str],
    drop_unknown: bool,
) -> dict[str, Assignment]:
    named = {name.lower(): a for name, a in policy.assignments.get(table, {}).items()}
    for name in columns:
        if name in named:
            continue
        if drop_unknown:
            dropped.append(f"{table}.{shown(name)}")
        else:
            findings.add(
                f"{table}.{shown(name)}: no policy names this column{did_you_mean(name, named)}. "
                "Give it a line in a policy of your own (--policy), or leave it out "
                "(--drop-unknown)."
            )
    # In the order of the policy, which is the DDL's: sources may order columns as they like.
    chosen = {a.column.name: a for name, a in named.items() if name in columns}
    for assignment in chosen.values():
        for fault in _faults(assignment, columns[assignment.column.name.lower()], spec):
            findings.add(f"{assignment.place}: {assignment.column}: {fault}")
    return chosen


def _unheeded(
    policy: Policy, chosen: Mapping[str, Mapping[str, Assignment]], spec: Spec
) -> Iterator[str]:
    """Yield what is wrong with lines about columns that this source lacks; others may have them."""
    for table, assignments in policy.assignments.items():
        for name, assignment in assignments.items():
            if name not in chosen.get(table, ()):
                for fault in _line_faults(assignment, spec):
                    yield f"{assignment.place}: {assignment.column}: {fault}"


def _faults(assignment: Assignment, source: SourceColumn, spec: Spec) -> Iterator[str]:
    yield from _line_faults(assignment, spec)
    treatment = TREATMENTS.get(assignment.treatment)
    if treatment and source.type not in treatment.types:
        yield f"{treatment.name} cannot take a {source.type} column."


def _line_faults(assignment: Assignment, spec: Spec) -> Iterator[str]:
    """Yield what is wrong with a line of a policy, whatever the source."""
    treatment = TREATMENTS.get(assignment.treatment)
    if treatment is None:
        yield (
            f"there is no treatment {assignment.treatment}"
            f"{did_you_mean(assignment.treatment, TREATMENTS)}."
        )
        return
    for name in assignment.parameters:
        if name not in treatment.parameters and name not in ANYWHERE:
            yield (
                f"{treatment.name} has no parameter {name}"
                f"{did_you_mean(name, treatment.parameters)}."
            )
    for name in sorted(treatment.required - assignment.parameters.keys()):
        yield f"{treatment.name} needs the parameter {name} ({treatment.parameters[name]})."
    if assignment.traits.is_kept and not assignment.reason:
        yield "keep needs a reason."
    if assignment.traits.is_key and assignment.column.domain is None:
        yield "an identifier needs the parameter domain."
    yield from forbidden(assignment)
    yield from parameter_faults(assignment, spec)


def _forms(
    schema: Schema, chosen: Mapping[str, Mapping[str, Assignment]], spec: Spec, findings: _Findings
) -> Forms:
    """Return the characters each domain map may use, and which maps hold integers."""
    lengths: dict[str, int] = {}
    numeric = set()
    for table, columns in chosen.items():
        for name, assignment in columns.items():
            if not assignment.traits.is_key or assignment.column.domain is None:
                continue
            if assignment.column.domain not in spec.domains:
                findings.add(
                    f"{assignment.place}: there is no id domain {assignment.column.domain}"
                    f"{did_you_mean(assignment.column.domain, spec.domains)}."
                )
                continue
            domain = spec.domains[assignment.column.domain]
            source = schema[table][name.lower()]
            if source.type == "integer" or assignment.parameters.get("numeric") == "yes":
                numeric.add(domain.map)
            width = source.width if source.type == "text" else None
            width = min(filter(None, (width, assignment.column.width, domain.length)))
            if source.type == "text" and width < domain.least:
                findings.add(
                    f"{assignment.column}: {width} characters are too few for its pseudonyms, "
                    f"which need {domain.least}. "
                    "Widen the column, or give it the treatment `clear`."
                )
            lengths[domain.map] = min(width, lengths.get(domain.map, domain.length))
    return Forms(lengths, frozenset(numeric))


def _integers(
    columns: Mapping[str, Assignment], source: Mapping[str, SourceColumn]
) -> dict[str, int]:
    held = {name: source[name.lower()] for name, one in columns.items() if one.traits.is_key}
    return {name: one.width or 64 for name, one in held.items() if one.type == "integer"}


def _missing(spec: Spec, chosen: Mapping[str, Mapping[str, Assignment]]) -> Iterator[str]:
    for name, table in spec.tables.items():
        if name not in chosen:
            yield name
            continue
        for column in table.columns.values():
            if column.name not in chosen[name]:
                yield str(column)
