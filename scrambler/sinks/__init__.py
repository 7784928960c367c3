"""Where scrambled data go: a folder of Parquet files, whole or not at all."""

from scrambler.sinks.ours import MARKER, clear, foreign, mark
from scrambler.sinks.parquet import ParquetSink, PartFile, TableWriter

__all__ = ["MARKER", "ParquetSink", "PartFile", "TableWriter", "clear", "foreign", "mark"]
