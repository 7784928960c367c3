"""Where scrambled data go: a folder of Parquet files, whole or not at all."""

from scrambler.sinks.parquet import ParquetSink, PartFile, TableWriter

__all__ = ["ParquetSink", "PartFile", "TableWriter"]
