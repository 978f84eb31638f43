"""Entries of the review queue as a list shows them."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from annotate.api.annotation_serializers import EntryOut
from annotate.api.people import hides_authors
from annotate.items import resolve_all
from annotate.models import ReviewEntry
from annotate.pages.previews import preview
from projects.access import ProjectAccess


class EntryRowOut(EntryOut):
    """With the beginning of the item's text, or the address of a thumbnail."""

    text = serializers.SerializerMethodField()
    image = serializers.SerializerMethodField()

    def get_text(self, entry: ReviewEntry) -> str:
        """Empty when there is no text."""
        return str(self.context["previews"][entry.task_id]["text"])

    def get_image(self, entry: ReviewEntry) -> str:
        """Empty when there is no picture."""
        return str(self.context["previews"][entry.task_id]["image"])


def entry_rows(entries: Sequence[ReviewEntry], access: ProjectAccess) -> Any:
    """Entries (with task and author) as rows, with one query for all media of them."""
    ontology_id = access.project.ontology_id
    items = resolve_all((entry.task, ontology_id) for entry in entries) if ontology_id else []
    previews: dict[int, dict[str, str]] = {
        entry.task_id: preview(item.payload["media"], item.payload["data"])
        for entry, item in zip(entries, items, strict=False)
    }
    context = {"hidden": hides_authors(access), "previews": previews}
    return EntryRowOut(entries, many=True, context=context).data
