"""Our own format, complete: one JSON object a line, described in docs/formats/jsonl.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from formats.outgoing import ExportAnnotation, ExportContext, ExportItem, ExportReview, Tally
from formats.strictjson import dumps
from formats.writers.base import Writer, soft_json
from labeltypes.ontology import Ontology


class JsonLinesWriter(Writer):
    """Holds everything; what it writes can be imported again."""

    name: ClassVar[str] = "jsonl"
    title: ClassVar[str] = "JSON Lines (complete)"
    extension: ClassVar[str] = ".jsonl"
    media_type: ClassVar[str] = "application/x-ndjson"
    holds_soft_labels: ClassVar[bool] = True

    def losses(self, ontology: Ontology) -> list[str]:
        """Nothing."""
        return []

    def pieces(self, items: Iterable[ExportItem], context: ExportContext, tally: Tally) -> Iterator[bytes]:
        """One line an item; with answers="final" the annotations are left out."""
        for item in items:
            tally.count(item)
            yield dumps(item_json(item, annotations=context.options.answers == "all")) + b"\n"


def item_json(item: ExportItem, *, annotations: bool) -> dict[str, Any]:
    """An item as our own format writes it."""
    line: dict[str, Any] = {
        "id": item.external_id,
        "data": item.data,
        "meta": item.meta,
        "state": item.state,
        "final": None,
    }
    if item.final is not None:
        final = item.final
        line["final"] = {"value": final.value, "probability": final.probability, "source": final.source}
    media = {
        name: {"kind": one.kind, "file_name": one.file_name, "width": one.width, "height": one.height}
        for name, one in item.media.items()
        if one.kind != "text"
    }
    if media:
        line["media"] = media
    if item.soft is not None:
        line["soft"] = {name: soft_json(one) for name, one in item.soft.items()}
    if annotations:
        line["annotations"] = [_annotation(one) for one in item.annotations]
    return line


def _annotation(one: ExportAnnotation) -> dict[str, Any]:
    return {
        "person": one.person,
        "value": one.value,
        "time": one.time,
        "seconds": one.seconds,
        "ontology": one.ontology,
        "guideline": one.guideline,
        "origin": one.origin,
        "version": one.version,
        "reviews": [_review(review) for review in one.reviews],
    }


def _review(review: ExportReview) -> dict[str, Any]:
    return {
        "reviewer": review.reviewer,
        "verdict": review.verdict,
        "time": review.time,
        "code": review.code,
        "comment": review.comment,
        "value": review.value,
    }
