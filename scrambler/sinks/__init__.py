"""Where tables are written, whole or not at all."""

from scrambler.sinks.open_sink import open_sink
from scrambler.sinks.ownership import unknown_files
from scrambler.sinks.parquet import ParquetSink
from scrambler.sinks.sink import PartFile, Sink, Writer, arrow_schema
from scrambler.sinks.table_writer import TableWriter

__all__ = [
    "ParquetSink",
    "PartFile",
    "Sink",
    "TableWriter",
    "Writer",
    "arrow_schema",
    "open_sink",
    "unknown_files",
]
