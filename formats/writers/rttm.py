"""RTTM, as diarization tools and their scorers read it. Described in docs/formats/rttm.md."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar

from formats.outgoing import ExportContext, ExportItem, Tally, WriteOptions
from formats.writers.base import Writer
from formats.writers.recordings import Recordings, losses_of, refusal_of
from labeltypes.ontology import Ontology

_SPACE = re.compile(r"\s+")


class RttmWriter(Writer):
    """A line for every segment: `SPEAKER file 1 start duration <NA> <NA> class <NA> <NA>`."""

    name: ClassVar[str] = "rttm"
    title: ClassVar[str] = "RTTM (who speaks when)"
    extension: ClassVar[str] = ".rttm"
    media_type: ClassVar[str] = "text/plain; charset=utf-8"

    def losses(self, ontology: Ontology) -> list[str]:
        """As of label tracks, and recordings without segments, white space in names."""
        return [*losses_of(ontology), "recordings without segments", "white space in names"]

    def refusal(self, ontology: Ontology, options: WriteOptions) -> str:
        """There must be segments of a recording."""
        return refusal_of(ontology)

    def pieces(self, items: Iterable[ExportItem], context: ExportContext, tally: Tally) -> Iterator[bytes]:
        """The lines as items pass by."""
        recordings = Recordings(context.ontology, tally)
        for item in items:
            for name, segments in recordings.of(item):
                if not segments:
                    tally.lose("recording without segments")
                for each in segments:
                    start, end = each.coords
                    line = (name, "1", f"{start:.3f}", f"{end - start:.3f}", "<NA>", "<NA>", each.cls)
                    words = (_SPACE.sub("_", word) for word in ("SPEAKER", *line, "<NA>", "<NA>"))
                    yield (" ".join(words) + "\n").encode()
