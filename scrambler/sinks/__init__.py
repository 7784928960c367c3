"""Where tables are written, whole or not at all."""

from scrambler.sinks.destination import Destination, destination_of
from scrambler.sinks.open_sink import open_sink
from scrambler.sinks.output import DatabaseOutput, FolderOutput, Output, open_output
from scrambler.sinks.ownership import unknown_files
from scrambler.sinks.parquet import ParquetSink
from scrambler.sinks.sink import PartFile, Sink, Writer, arrow_schema
from scrambler.sinks.table_writer import TableWriter

__all__ = [
    "DatabaseOutput",
    "Destination",
    "FolderOutput",
    "Output",
    "ParquetSink",
    "PartFile",
    "Sink",
    "TableWriter",
    "Writer",
    "arrow_schema",
    "destination_of",
    "open_output",
    "open_sink",
    "unknown_files",
]
