"""The registries themselves: what the program knows and does."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path

import typer
from rich.table import Table

from scrambler.cli.print.console import console
from scrambler.policy import load_policy
from scrambler.policy.page import policy_page
from scrambler.policy.read import did_you_mean
from scrambler.ssd import ssd
from scrambler.ssd.dictionary import dictionary, fact_page
from scrambler.ssd.fact_files import FACT_FILES
from scrambler.ssd.rules import RULES, Rule
from scrambler.ssd.rules.statutory import STATUTORY, StatutoryRule
from scrambler.synthetic.faults import BUILDER_FAULTS, FAULTS, WORKFORCE_FAULTS
from scrambler.treatments import TREATMENTS
from scrambler.treatments.parameters import ANYWHERE


def show_dictionary(table: str) -> None:
    """Print the data dictionary of one table, or of all, in Markdown."""
    _known(table, ssd().tables)
    sys.stdout.write(dictionary((table,) if table else ()))


def show_facts(name: str) -> None:
    """Print one file of facts in Markdown, or what files there are."""
    _known(name, FACT_FILES)
    if name:
        sys.stdout.write(fact_page(name))
        return
    shown = Table("facts", "what they are about")
    for file, held in FACT_FILES.items():
        shown.add_row(file, held.about)
    console().print(shown)


def show_policy(table: str, policy: Path | None, markdown: bool) -> None:
    """Print the treatment of every column of one table, or of all."""
    assignments = load_policy(ssd(), policy).assignments
    _known(table, assignments)
    if markdown:
        chosen = {table: assignments[table]} if table else assignments
        sys.stdout.write(policy_page(chosen))
        return
    shown = Table("column", "treatment", "parameters", "reason")
    for name, columns in assignments.items():
        if table in ("", name):
            for assignment in columns.values():
                parameters = "; ".join(f"{k}={v}" for k, v in assignment.parameters.items())
                shown.add_row(
                    str(assignment.column), assignment.treatment, parameters, assignment.reason
                )
    console().print(shown)


def show_treatments(name: str) -> None:
    """Print what a treatment does, what it takes, and how it is verified."""
    _known(name, TREATMENTS)
    shown = Table("treatment", "what it does", "takes", "verified", "parameters")
    for treatment in TREATMENTS.values():
        if name in ("", treatment.name):
            shown.add_row(
                treatment.name,
                treatment.summary,
                ", ".join(sorted(treatment.types)),
                treatment.audit.value,
                "\n".join(f"{key}: {text}" for key, text in treatment.parameters.items()),
            )
    console().print(shown)
    for key, text in ANYWHERE.items():
        console().print(f"Every treatment takes {key}: {text}.")


def show_code_lists(name: str) -> None:
    """Print the names of the code lists, or the codes of one."""
    lists = ssd().code_lists
    _known(name, lists)
    if name:
        shown = Table("code", "description", "")
        one = lists[name]
        for code, label in zip(one.codes, one.labels, strict=True):
            ends = {"since": one.since.get(code), "until": one.until.get(code)}
            days = [f"{end} {day}" for end, day in ends.items() if day]
            shown.add_row(code, label, ", ".join([" and ".join(one.lists.get(code, ())), *days]))
        for code, label in lists[name].alternates.items():
            shown.add_row(code, label, "recognised, never drawn")
    else:
        shown = Table("code list", "codes drawn", "other forms")
        for one in lists.values():
            shown.add_row(one.name, str(len(one.codes)), str(len(one.alternates)))
    console().print(shown)


def show_faults() -> None:
    """Print what dirty constructed data hold, and the rules that each fault breaks."""
    shown = Table("fault", "what it does", "rules it breaks")
    for fault in (*FAULTS, *WORKFORCE_FAULTS, *BUILDER_FAULTS):
        shown.add_row(fault.name, fault.summary, ", ".join(fault.breaks) or "none")
    console().print(shown)


def show_rules(name: str) -> None:
    """Print the consistency rules and what scrambling does to them."""
    rules: tuple[Rule | StatutoryRule, ...] = (*RULES, *STATUTORY)
    _known(name, {rule.id for rule in rules})
    shown = Table("rule", "strength", "kept", "what must hold", "why not, or what is left out")
    for rule in rules:
        if name in ("", rule.id):
            shown.add_row(
                rule.id,
                _strength(rule),
                _kept(rule),
                rule.description,
                "\n".join([*filter(None, [rule.why]), *map(": ".join, rule.lost.items())]),
            )
    console().print(shown)


def _strength(rule: Rule | StatutoryRule) -> str:
    if isinstance(rule, StatutoryRule):
        return f"{rule.census} {rule.code}, {'error' if rule.error else 'query'}"
    return "hard" if rule.hard else "soft"


def _kept(rule: Rule | StatutoryRule) -> str:
    if not rule.kept:
        return "not kept"
    return "kept but by some --dates" if rule.lost else "kept"


def _known(name: str, known: Collection[str]) -> None:
    if name and name not in known:
        hint = did_you_mean(name, dict.fromkeys(known))
        raise typer.BadParameter(f"there is no {name}{hint}")
