"""Label tracks of Audacity, as a ZIP. Described in docs/formats/audacity.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from formats.outgoing import ExportContext, ExportItem, Tally, WriteOptions
from formats.writers.base import Writer
from formats.writers.recordings import Recordings, losses_of, refusal_of
from formats.writers.zipstream import ZipStream
from labeltypes.ontology import Ontology


class AudacityWriter(Writer):
    """`<name>.txt` for every recording: start, end and class, with tabs, by time."""

    name: ClassVar[str] = "audacity"
    title: ClassVar[str] = "Audacity label tracks"
    extension: ClassVar[str] = ".zip"
    media_type: ClassVar[str] = "application/zip"

    def losses(self, ontology: Ontology) -> list[str]:
        """Fields that are not segments, attributes, ids, people."""
        return losses_of(ontology)

    def refusal(self, ontology: Ontology, options: WriteOptions) -> str:
        """There must be segments of a recording."""
        return refusal_of(ontology)

    def pieces(self, items: Iterable[ExportItem], context: ExportContext, tally: Tally) -> Iterator[bytes]:
        """A file as each item passes by."""
        archive, recordings = ZipStream(context.stamp), Recordings(context.ontology, tally)
        for item in items:
            for name, segments in recordings.of(item):
                lines = "".join(
                    f"{start:.6f}\t{end:.6f}\t{each.cls}\n"
                    for each in segments
                    for start, end in [each.coords]
                )
                yield archive.add(f"{name}.txt", lines.encode())
        yield from archive.finish()
