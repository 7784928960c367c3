"""The command line: parses, calls one function of the library, prints."""

from scrambler.cli.entry import main

__all__ = ["main"]
