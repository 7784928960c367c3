"""Every command, argument and option says what it is for, and the exit codes are written down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import pytest
import typer.main

from scrambler import __version__, errors
from scrambler.cli.app import INTERRUPTED
from scrambler.cli.commands import EPILOG, app
from tests.command import Command


def commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield words, command
    for name, child in getattr(command, "commands", {}).items():
        yield from commands(child, (*words, name))


TREE = list(commands(typer.main.get_command(app)))
IDS = [" ".join(words) or "scrambler" for words, _ in TREE]


def test_the_commands_of_the_issue_are_there() -> None:
    wanted = {"demo", "fake", "check", "run", "verify", "epoch new", "epoch close"}
    shown = ("policy", "dictionary", "facts", "treatments", "code-lists", "rules")
    assert wanted | {f"show {what}" for what in shown} <= set(IDS)


@pytest.mark.parametrize(("words", "command"), TREE, ids=IDS)
def test_everything_is_documented(words: tuple[str, ...], command: Any, scrambler: Command) -> None:
    assert command.help, "no help for the command"
    done = scrambler(*words, "--help")
    assert done.code == 0
    assert done.err == ""
    shown = " ".join(done.out.split())
    for parameter in command.params:
        if "--help" in parameter.opts:
            continue
        name = f"{' '.join(words)} {parameter.opts[0]}"
        assert parameter.help, f"{name} is not documented"
        assert len(parameter.help) > 10, name
        assert " ".join(parameter.help.split()[:4]) in shown, name


def test_the_version_and_short_help(scrambler: Command) -> None:
    done = scrambler("--version")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"scrambler {version('ssd-scrambler')}\n"
    assert __version__ == version("ssd-scrambler")
    for words in ((), ("run",), ("epoch", "new")):
        assert scrambler(*words, "-h").out == scrambler(*words, "--help").out


def test_the_exit_codes_are_documented(scrambler: Command) -> None:
    documented = {int(code) for code in re.findall(r"\b(\d+) [a-z]", EPILOG)}
    classes: list[type[errors.ScramblerError]] = [errors.ScramblerError]
    classes += errors.ScramblerError.__subclasses__()
    assert documented == {0, 2, INTERRUPTED, *(one.exit_code for one in classes)}
    assert " ".join(EPILOG.split()) in " ".join(scrambler("--help").out.split())
    docstring = errors.__doc__ or ""
    for one in classes:
        if one is not errors.ScramblerError:
            assert re.search(rf"{one.__name__} +{one.exit_code} ", docstring), one.__name__
