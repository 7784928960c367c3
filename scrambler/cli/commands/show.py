"""``scrambler show``: what the program knows and does."""

from __future__ import annotations

from typing import Annotated

import typer

from scrambler.cli.options import PolicyFile

app = typer.Typer(help="Show what the program knows and does.", no_args_is_help=True)


@app.command("policy")
def show_policy(
    table: Annotated[str, typer.Argument(help="One table; all without it.")] = "",
    policy: PolicyFile = None,
    markdown: Annotated[bool, typer.Option(help="As a page in Markdown.")] = False,
) -> None:
    """Show which treatment every column gets."""
    from scrambler.cli.print.registries import show_policy as show

    show(table, policy, markdown)


@app.command("dictionary")
def show_dictionary(
    table: Annotated[str, typer.Argument(help="One table; all without it.")] = "",
) -> None:
    """Show the data dictionary of the SSD, in Markdown."""
    from scrambler.cli.print.registries import show_dictionary as show

    show(table)


@app.command("facts")
def show_facts(
    name: Annotated[str, typer.Argument(help="One file of facts; their names without it.")] = "",
) -> None:
    """Show what the program holds for true of the SSD, a page in Markdown for each file."""
    from scrambler.cli.print.registries import show_facts as show

    show(name)


@app.command("treatments")
def show_treatments(
    name: Annotated[str, typer.Argument(help="One treatment; all without it.")] = "",
) -> None:
    """Show the treatments and their parameters."""
    from scrambler.cli.print.registries import show_treatments as show

    show(name)


@app.command("faults")
def show_faults() -> None:
    """Show the faults of `fake --dirty`, and the rules that each breaks."""
    from scrambler.cli.print.registries import show_faults as show

    show()


@app.command("code-lists")
def show_code_lists(
    name: Annotated[str, typer.Argument(help="One list with its codes; all without it.")] = "",
) -> None:
    """Show the code lists."""
    from scrambler.cli.print.registries import show_code_lists as show

    show(name)


@app.command("rules")
def show_rules(
    name: Annotated[str, typer.Argument(help="One rule, such as C035; all without it.")] = "",
) -> None:
    """Show the consistency rules, and which ones scrambling cannot keep."""
    from scrambler.cli.print.registries import show_rules as show

    show(name)
