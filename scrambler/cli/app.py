"""The way in: runs a command, and turns every error into one message and an exit code."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from scrambler.errors import PolicyError, ScramblerError, UsageError
from scrambler.errors.redact import plain, redacted
from scrambler.resources.crash_dumps import refuse_crash_dumps

INTERRUPTED = 130


def main() -> None:
    """Run the command line and exit."""
    refuse_crash_dumps()
    # A console that lacks a character shows a question mark; a report is no reason to fail.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    with _own_stderr():
        sys.exit(_run())


def _run() -> int:
    from scrambler.cli.commands import app

    if any(not word.strip() for word in sys.argv[1:]):
        # Typer makes the current folder of an empty path, and everything of an empty list.
        return _say("An argument is empty. Is a variable not set?", UsageError.exit_code)
    try:
        code = app(standalone_mode=False)
    except ScramblerError as error:
        findings = error.findings if isinstance(error, PolicyError) else None
        return _say(str(error), error.exit_code, findings)
    except KeyboardInterrupt:
        return _say("Interrupted. Nothing was committed.", INTERRUPTED)
    except MemoryError:
        return _say(
            "Out of memory. Nothing was committed. Try a smaller --batch-rows.",
            ScramblerError.exit_code,
        )
    except BaseException as error:
        return _other(error)
    if code == INTERRUPTED:  # Typer makes an interrupt an exit
        return _say("Interrupted. Nothing was committed.", INTERRUPTED)
    return code if isinstance(code, int) else 0


def _other(error: BaseException) -> int:
    """Show wrong usage as such; of anything else show the type only: its text may quote data."""
    import typer

    if isinstance(error, typer.Abort):
        return _say("Interrupted. Nothing was committed.", INTERRUPTED)
    # Wrong usage: some versions of Typer take this class from Click, others bring their own.
    usage: Any = typer.BadParameter.__bases__[0]
    if isinstance(error, usage):
        shown = io.StringIO()
        error.show(file=shown)
        _write(shown.getvalue())
        return _as_json(error.format_message(), int(error.exit_code))
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else ScramblerError.exit_code
    return _say(
        f"A fault of this program ({type(error).__name__}). Nothing was committed. Please report "
        "the command you ran; this line holds no data.",
        ScramblerError.exit_code,
    )


def _say(message: str, code: int, findings: list[str] | None = None) -> int:
    """Say what went wrong, and return the exit code."""
    _write(f"Error: {message}\n")
    return _as_json(message, code, findings)


def _as_json(message: str, code: int, findings: list[str] | None = None) -> int:
    """Print the error as JSON too where that was asked for, and return the exit code."""
    if "--json" in sys.argv[1:]:
        said: dict[str, object] = {"exit_code": code, "message": redacted(message)}
        if findings is not None:
            said["findings"] = [redacted(line) for line in findings]
        with suppress(OSError, ValueError):  # nobody may be listening any more
            sys.stdout.write(json.dumps({"error": said}) + "\n")
            sys.stdout.flush()
    return code


def _write(text: str) -> None:
    sys.stderr.write(plain(redacted(text)))
    sys.stderr.flush()


@contextmanager
def _own_stderr() -> Iterator[None]:
    """Keep the error stream for our own messages.

    Native libraries print their panics, values included, straight to file descriptor 2. They write
    to nowhere while a command runs; what Python prints goes to a copy of the real stream.
    """
    try:
        real = os.dup(2)
    except OSError:  # started without an error stream, as a scheduled task may be
        yield
        return
    ours = os.fdopen(real, "w", encoding="utf-8", errors="replace", buffering=1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    before = sys.stderr
    os.dup2(nowhere, 2)
    os.close(nowhere)
    sys.stderr = ours
    try:
        yield
    finally:
        sys.stderr = before
        ours.flush()
        os.dup2(real, 2)
        ours.close()
