"""The command line: parses, calls one function of the library, prints."""

from scrambler.cli.app import main

__all__ = ["main"]
