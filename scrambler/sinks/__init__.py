"""Where scrambled data go: a folder of Parquet files, whole or not at all."""

from scrambler.sinks.ownership import MARKER, clear, foreign, mark
from scrambler.sinks.parquet import ParquetSink
from scrambler.sinks.table_writer import PartFile, TableWriter
from scrambler.sinks.target import Target
from scrambler.sinks.targets import open_target

__all__ = [
    "MARKER",
    "ParquetSink",
    "PartFile",
    "TableWriter",
    "Target",
    "clear",
    "foreign",
    "mark",
    "open_target",
]
