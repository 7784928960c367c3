"""The way in: runs a command, and turns every error into one message and an exit code."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from scrambler.errors import ScramblerError

INTERRUPTED = 130

_CREDENTIALS = re.compile(r"(:/{1,2})\S+@")


def main() -> None:
    """Run the command line and exit."""
    with _own_stderr():
        sys.exit(_run())


def _run() -> int:
    from scrambler.cli.commands import app

    try:
        code = app(standalone_mode=False)
    except ScramblerError as error:
        _say(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        _say("Interrupted. Nothing was committed.")
        return INTERRUPTED
    except MemoryError:
        _say("Out of memory. Nothing was committed. Try a smaller --batch-rows.")
        return ScramblerError.exit_code
    except BaseException as error:
        return _other(error)
    if code == INTERRUPTED:  # Typer makes an interrupt an exit
        _say("Interrupted. Nothing was committed.")
    return code if isinstance(code, int) else 0


def _other(error: BaseException) -> int:
    """Show wrong usage as such; of anything else show the type only: its text may quote data."""
    import typer

    if isinstance(error, typer.Abort):
        _say("Interrupted. Nothing was committed.")
        return INTERRUPTED
    # Wrong usage: some versions of Typer take this class from Click, others bring their own.
    usage: Any = typer.BadParameter.__bases__[0]
    if isinstance(error, usage):
        shown = io.StringIO()
        error.show(file=shown)
        _write(shown.getvalue())
        return int(error.exit_code)
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else ScramblerError.exit_code
    _say(
        f"A fault of this program ({type(error).__name__}). Nothing was committed. Please report "
        "the command you ran; this line holds no data."
    )
    return ScramblerError.exit_code


def _say(message: str) -> None:
    _write(f"Error: {message}\n")


def _write(text: str) -> None:
    # A URL given where a folder belongs comes back in messages as that folder.
    sys.stderr.write(_CREDENTIALS.sub(r"\1…@", text))
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
