"""All formats, by name. A reader or writer is declared in its own module and listed here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from formats.incoming import Reader
from formats.readers.archive import ZipReader
from formats.readers.delimited import DelimitedReader
from formats.readers.jsonfiles import JsonLinesReader, JsonReader
from formats.writers.audacity import AudacityWriter
from formats.writers.base import Writer
from formats.writers.coco import CocoWriter
from formats.writers.conll import ConllWriter
from formats.writers.jsonl import JsonLinesWriter
from formats.writers.rttm import RttmWriter
from formats.writers.table import TableWriter
from formats.writers.yolo import YoloWriter

_READERS: tuple[Reader, ...] = (
    ZipReader(),
    JsonLinesReader(),
    JsonReader(),
    DelimitedReader("csv", "CSV", (".csv",), None),
    DelimitedReader("tsv", "TSV", (".tsv", ".tab"), "\t"),
)
_WRITERS: tuple[Writer, ...] = (
    JsonLinesWriter(),
    TableWriter(),
    CocoWriter(),
    YoloWriter(),
    ConllWriter(),
    AudacityWriter(),
    RttmWriter(),
)


def readers() -> Mapping[str, Reader]:
    """Name → import format, in the order in which they are asked to recognize a file."""
    return MappingProxyType({reader.name: reader for reader in _READERS})


def writers() -> Mapping[str, Writer]:
    """Name → export format, ours first."""
    return MappingProxyType({writer.name: writer for writer in _WRITERS})
