"""``scrambler report`` and ``sign``: the page that people judge an output by."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from scrambler.cli.options import AsJson

OfOut = Annotated[
    str | None,
    typer.Option("--out", help="The output, for a report that no longer lies next to it."),
]


def report(
    out: Annotated[
        str | None, typer.Argument(help="The output: a folder or sqlite:///FILE.")
    ] = None,
    staging: Annotated[
        str | None, typer.Option(help="A staging target to look at, as payload --to takes it.")
    ] = None,
    phases: Annotated[
        Path | None, typer.Option(help="The folder of the phases and their ledger.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="A further copy of the page, a new file.")] = None,
    check: Annotated[
        Path | None,
        typer.Option(help="Make nothing: say whether this report, or what it is of, was changed."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Make the page about OUT that an officer reads, prints and signs: OUT.evidence/report.html."""
    from scrambler import api
    from scrambler.cli.print.report import print_checks, print_page

    if check is not None:
        checks = api.check_report(check, out)
        print_checks(checks, json)
        if not all(one.passed for one in checks):
            raise typer.Exit(5)
        return
    if out is None:
        raise typer.BadParameter("which output? Name OUT, or a report with --check")
    print_page(api.report(out, staging=staging, phases=phases, to=to), json)


def sign(
    file: Annotated[Path, typer.Argument(help="The report that was read, report.html.")],
    name: Annotated[str, typer.Option(help="Who decided.")],
    decision: Annotated[
        Literal["release", "release-with-conditions", "refuse"],
        typer.Option(help="What they decided."),
    ],
    role: Annotated[str, typer.Option(help="As what they decided.")] = "",
    purpose: Annotated[str, typer.Option(help="What the release is for.")] = "",
    conditions: Annotated[str, typer.Option(help="On which conditions.")] = "",
    out: OfOut = None,
    json: AsJson = False,
) -> None:
    """Record a decision about a report in the ledger next to the output.

    A name typed here is no authentication: the signature on paper is.
    """
    from scrambler import api
    from scrambler.cli.print.report import print_signature

    seal = api.sign(
        file, name, decision, role=role, purpose=purpose, conditions=conditions, out=out
    )
    print_signature(decision, seal, json)
