"""The commands. Each parses its options, makes one call, and hands the result to a printer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from scrambler.cli.afterwards import afterwards
from scrambler.cli.payload_commands import DATES, payload_app
from scrambler.resources.limits import BATCH_ROWS, share_cores

EPILOG = (
    "Exit codes: 0 done, 1 a fault of this program, 2 wrong usage, 3 policy findings, 4 source, "
    "5 output, 6 verification failed, 7 epoch, 130 interrupted."
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
epoch_app = typer.Typer(help="Make or destroy the key that lets runs agree.", no_args_is_help=True)
show_app = typer.Typer(help="Show what the program knows and does.", no_args_is_help=True)
app.add_typer(epoch_app, name="epoch")
app.add_typer(show_app, name="show")
app.add_typer(payload_app)

Source = Annotated[
    str,
    typer.Argument(
        help="A database URL (sqlite:///, postgresql://, mssql://, mysql://, oracle://) or a "
        "folder of Parquet, one file or folder a table."
    ),
]
Out = Annotated[
    str,
    typer.Argument(help="The output: a folder, sqlite:///FILE or postgresql://…"),
]
OutSchema = Annotated[
    str | None,
    typer.Option(help="The schema of OUT in PostgreSQL.", show_default="scrambled"),
]
PolicyFile = Annotated[
    Path | None, typer.Option("--policy", help="Your own policy lines, a CSV over the shipped.")
]
Schema = Annotated[str | None, typer.Option(help="The database schema that holds the tables.")]
Tables = Annotated[str, typer.Option(help="Only these tables, separated by commas.")]
DropUnknown = Annotated[
    bool, typer.Option("--drop-unknown", help="Leave out columns that no policy names.")
]
Strict = Annotated[
    bool,
    typer.Option("--strict", help="Stop at tables called ssd_… that are not of the SSD."),
]
Dates = Annotated[Literal["intervals", "order"], typer.Option(help=DATES)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Seed = Annotated[int, typer.Option(min=0, help="Another seed makes other data.")]


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


@app.command()
def demo(
    children: Annotated[int, typer.Option(min=1, help="How many children to construct.")] = 2000,
    out: Annotated[Path, typer.Option(help="The folder to make.")] = Path("demo"),
    json: AsJson = False,
) -> None:
    """Construct an SSD in SQLite, scramble it, and print the verdict."""
    share_cores()
    from scrambler import api
    from scrambler.cli.printing import print_report
    from scrambler.cli.progress import progress

    with progress(json) as shown:
        folder, report = api.demo(out, children=children, progress=shown)
    with afterwards(f"{folder} was made"):
        print_report(report, json)


@app.command()
def fake(
    target: Annotated[
        str, typer.Argument(help="sqlite:///FILE, postgresql://…, or a folder of Parquet.")
    ],
    children: Annotated[int, typer.Option(min=1, help="How many children.")],
    seed: Seed = 0,
    dirty: Annotated[
        bool, typer.Option("--dirty", help="With the dirt that real databases hold.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Construct an SSD from nothing: no real person is in it."""
    from scrambler import api
    from scrambler.cli.printing import print_rows
    from scrambler.cli.progress import progress

    with progress(json) as shown:
        rows = api.fake(target, children, seed=seed, dirty=dirty, progress=shown)
    with afterwards("the tables were written"):
        print_rows(rows, json)


@app.command()
def check(
    source: Source,
    policy: PolicyFile = None,
    schema: Schema = None,
    tables: Tables = "",
    drop_unknown: DropUnknown = False,
    strict: Strict = False,
    catalogue: Annotated[
        bool, typer.Option("--catalogue", help="Read no row, the catalogue only.")
    ] = False,
    rows: Annotated[
        bool, typer.Option("--rows", help="Read all rows, and count what fits no type.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Hold the policy against the source's schema. Reads a row of each table and shows none."""
    from scrambler import api
    from scrambler.cli.printing import print_plan
    from scrambler.cli.progress import progress

    with progress(json or not rows) as shown:
        plan = api.check(
            source,
            policy=policy,
            schema=schema,
            tables=_names(tables),
            drop_unknown=drop_unknown,
            strict=strict,
            catalogue=catalogue,
            rows=rows,
            progress=shown,
        )
    read = "No row" if catalogue else "Every row" if rows else "One row of each table"
    print_plan(plan, read, json)


@app.command()
def run(
    source: Source,
    out: Out,
    epoch: Annotated[
        Path | None,
        typer.Option(help="An epoch file, so that later runs agree. Without it the key dies."),
    ] = None,
    policy: PolicyFile = None,
    schema: Schema = None,
    tables: Tables = "",
    children: Annotated[int | None, typer.Option(min=1, help="Only so many children.")] = None,
    batch_rows: Annotated[
        int, typer.Option(min=1, help="Rows held in memory at once, of each table under way.")
    ] = BATCH_ROWS,
    offset_days: Annotated[
        tuple[int, int],
        typer.Option(
            help="Days back that dates move: least and most, 1 to 3650.",
            metavar="LEAST MOST",
            show_default="14 90",
        ),
    ] = (14, 90),
    dates: Dates = "intervals",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and count only.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace an earlier output, if all goes well.")
    ] = False,
    delta: Annotated[
        bool,
        typer.Option(
            "--delta",
            help="Replace it likewise, and keep what changed in OUT/changes. For folders only.",
        ),
    ] = False,
    out_schema: OutSchema = None,
    drop_unknown: DropUnknown = False,
    strict: Strict = False,
    flags: Annotated[
        Path | None, typer.Option(help="List values that had to change and did not, in this file.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Scramble SOURCE into OUT, whole or not at all.

    In a database it makes a file or schema of its own, and writes nowhere else.
    """
    share_cores()
    from scrambler import api
    from scrambler.cli.printing import print_report
    from scrambler.cli.progress import progress

    with progress(json) as shown:
        report = api.run(
            source,
            out,
            epoch=epoch,
            policy=policy,
            schema=schema,
            tables=_names(tables),
            children=children,
            batch_rows=batch_rows,
            shift=api.DateShift(*offset_days, keep=dates),
            dry_run=dry_run,
            replace=replace,
            delta=delta,
            drop_unknown=drop_unknown,
            strict=strict,
            flags=flags,
            progress=shown,
            out_schema=out_schema,
        )
    with afterwards(f"{report.out} was committed" if not dry_run else "nothing was to be written"):
        print_report(report, json)


@app.command()
def verify(
    source: Source,
    out: Out,
    policy: PolicyFile = None,
    schema: Schema = None,
    out_schema: OutSchema = None,
    json: AsJson = False,
) -> None:
    """Look again, independently of the run: source against output. Give the run's own --policy.

    It also measures how many children can be told from all others by a few of their dates.
    """
    from scrambler import api
    from scrambler.cli.printing import print_verification
    from scrambler.cli.progress import progress

    with progress(json) as shown:
        result = api.verify(
            source, out, policy=policy, schema=schema, progress=shown, out_schema=out_schema
        )
    print_verification(result, json)
    if not result.passed:
        raise typer.Exit(6)


@epoch_app.command("new")
def epoch_new(file: Annotated[Path, typer.Argument(help="The file to make.")]) -> None:
    """Make a new epoch file, readable by you only."""
    from scrambler.keys.epoch import create

    fingerprint = create(file).fingerprint
    typer.echo(f"Epoch {fingerprint} in {file}. Whoever holds it can find people again.")


@epoch_app.command("close")
def epoch_close(file: Annotated[Path, typer.Argument(help="The file to destroy.")]) -> None:
    """Destroy an epoch: no later run can agree with its outputs, nobody can redo its pseudonyms."""
    from scrambler.keys.epoch import close

    close(file)
    typer.echo(f"Closed: {file} is gone.")


@show_app.command("policy")
def show_policy(
    table: Annotated[str, typer.Argument(help="One table; all without it.")] = "",
    policy: PolicyFile = None,
    markdown: Annotated[bool, typer.Option(help="As a page in Markdown.")] = False,
) -> None:
    """Show which treatment every column gets."""
    from scrambler.cli.showing import show_policy as show

    show(table, policy, markdown)


@show_app.command("dictionary")
def show_dictionary(
    table: Annotated[str, typer.Argument(help="One table; all without it.")] = "",
) -> None:
    """Show the data dictionary of the SSD, in Markdown."""
    from scrambler.cli.showing import show_dictionary as show

    show(table)


@show_app.command("facts")
def show_facts(
    name: Annotated[str, typer.Argument(help="One file of facts; their names without it.")] = "",
) -> None:
    """Show what the program holds for true of the SSD, a page in Markdown for each file."""
    from scrambler.cli.showing import show_facts as show

    show(name)


@show_app.command("treatments")
def show_treatments(
    name: Annotated[str, typer.Argument(help="One treatment; all without it.")] = "",
) -> None:
    """Show the treatments and their parameters."""
    from scrambler.cli.showing import show_treatments as show

    show(name)


@show_app.command("code-lists")
def show_code_lists(
    name: Annotated[str, typer.Argument(help="One list with its codes; all without it.")] = "",
) -> None:
    """Show the code lists."""
    from scrambler.cli.showing import show_code_lists as show

    show(name)


@show_app.command("rules")
def show_rules(
    name: Annotated[str, typer.Argument(help="One rule, such as C035; all without it.")] = "",
) -> None:
    """Show the consistency rules, and which ones scrambling cannot keep."""
    from scrambler.cli.showing import show_rules as show

    show(name)


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if text and not names:
        raise typer.BadParameter("--tables names no table")
    return names
