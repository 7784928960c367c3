"""The commands, one file each: it parses its options, makes one call, and prints the result."""

from __future__ import annotations

from typing import Annotated

import typer

from scrambler.cli.commands import (
    check,
    compare,
    dates_key,
    demo,
    epoch,
    fake,
    payload,
    phase,
    report,
    run,
    show,
    verify,
)

EPILOG = (
    "Exit codes: 0 done, 1 a fault of this program, 2 wrong usage, 3 policy findings, 4 source, "
    "5 output, 6 verification failed, 7 epoch or dates key, 130 interrupted."
)

app = typer.Typer(
    name="scrambler",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
)
for command in (
    demo.demo,
    fake.fake,
    check.check,
    run.run,
    verify.verify,
    payload.payload,
    payload.review,
    report.report,
    report.sign,
    compare.compare,
    phase.phase,
    phase.phases,
):
    app.command()(command)
app.add_typer(epoch.app, name="epoch")
app.add_typer(dates_key.app, name="dates-key")
app.add_typer(show.app, name="show")


def _version(wanted: bool) -> None:
    if wanted:
        from scrambler import __version__

        typer.echo(f"scrambler {__version__}")
        raise typer.Exit


@app.callback(epilog=EPILOG)
def main(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version of this program.", callback=_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Scrambles a Standard Safeguarding Dataset: every data point replaced, references intact.

    Nothing raw is kept, nothing is sent.
    """
