"""Seeded errors in the review queue, in the shapes of answers (docs/adr/0020-seeded-errors.md)."""

from collections.abc import Sequence
from typing import Any

from accounts.access import clean_id
from accounts.errors import Missing
from annotate.api.annotation_serializers import AnnotationOut, EntryOut
from annotate.api.people import hides_authors
from annotate.api.review_payload import comments_of, verdict_payload, without_task
from annotate.items import resolve
from annotate.models import SeededAnswer
from annotate.services.seeded_answers import as_annotation, as_fix, as_review
from annotate.versions import ontology_of
from projects.access import ProjectAccess


def seeded_for(access: ProjectAccess, ids: Sequence[int]) -> dict[int, SeededAnswer]:
    """Those of these numbers that are errors seeded for this reviewer, where no author is shown."""
    if not hides_authors(access):
        return {}
    rows = SeededAnswer.objects.filter(project=access.project, reviewer=access.user, pk__in=ids)
    return {seed.pk: seed for seed in rows.select_related("task", "entry", "reviewer")}


def find_seeded(access: ProjectAccess, annotation_id: str | int) -> SeededAnswer:
    """The one that has this number. Raises Missing."""
    number = clean_id(annotation_id)
    seed = seeded_for(access, [number]).get(number)
    if seed is None:
        raise Missing
    return seed


def seeded_payload(seed: SeededAnswer, access: ProjectAccess) -> dict[str, Any]:
    """As ``entry_payload`` shows an answer that nobody else has given yet, with consensus following it."""
    judged = verdict_payload(as_review(seed)) if seed.judged_at else None
    version = ontology_of(seed.ontology_id).version
    heads = [head for head in (as_annotation(seed), as_fix(seed, access.user)) if head is not None]
    rows = AnnotationOut(heads, many=True, context={"hidden": True}).data
    shown = EntryOut(seed.entry, context={"hidden": True}).data if not judged else None
    found = {
        "task": {
            "id": str(seed.task_id),
            "external_id": seed.task.external_id,
            "state": seed.state,
            "agreement": None,
        },
        "ontology_version": version,
        "item": resolve(seed.task, seed.ontology_id).payload,
        "answers": [
            {
                **row,
                "own": head.is_fix,
                "ontology_version": version,
                "judged": None if head.is_fix else judged,
            }
            for row, head in zip(rows, heads, strict=True)
        ],
        "consensus": {
            "value": seed.value,
            "probability": seed.probability,
            "agreement": None,
            "source": "consensus",
        }
        if seed.probability is not None
        else None,
        "decision": None,
        "comments": comments_of(seed.task, access),
        "subject": str(seed.pk),
        "entry": shown,
        "previous": None,
    }
    return without_task(found) if access.is_withheld else found
