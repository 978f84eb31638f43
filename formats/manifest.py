"""manifest.json: what an export holds, what it left out, and how to check that it arrived whole."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from formats.outgoing import ExportContext, Summary
from formats.strictjson import Json, dumps
from formats.writers.base import Writer

MANIFEST_VERSION = 1


def manifest(
    writer: Writer,
    context: ExportContext,
    *,
    file_name: str,
    summary: Summary,
    filters: Mapping[str, Json] | None = None,
    guideline_versions: Sequence[int] = (),
) -> dict[str, Json]:
    """The manifest of one exported file. `filters`: as the caller gave them, so that the export can be
    repeated."""
    ontology = context.ontology.to_json()
    return {
        "manifest": MANIFEST_VERSION,
        "project": context.project,
        "format": writer.name,
        "exported_at": context.exported_at.isoformat(),
        "answers": context.options.answers,
        "filters": dict(filters or {}),
        "files": [{"name": file_name, "bytes": summary.bytes, "sha256": summary.sha256}],
        "counts": {"items": summary.items, "annotations": summary.annotations},
        "losses": {
            "format": [*writer.losses(context.ontology)],
            "counted": dict(sorted(summary.losses.items())),
        },
        "ontology": {
            "version": context.ontology_version,
            "sha256": hashlib.sha256(dumps(ontology)).hexdigest(),
            "annotations_by_version": {str(one): count for one, count in sorted(summary.ontologies.items())},
            "definition": ontology,
        },
        "guideline_versions": [*guideline_versions],
    }
