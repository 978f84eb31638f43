"""A reviewer's own answer in place of another's, which stays as it was."""

import uuid
from typing import TYPE_CHECKING

from django.db.models.functions import Now

from accounts.models import User
from annotate.models import Annotation
from annotate.services.submit import clean_seconds, write_version
from annotate.services.values import clean_under_either
from projects.models import Project

if TYPE_CHECKING:
    from annotate.services.reviews import Judgement


def write_fix(head: Annotation, *, project: Project, by: User, judgement: "Judgement") -> Annotation:
    """Store the fix as the reviewer's annotation of the task: a new one, or a new version of their own."""
    last = head.versions.get(version=head.version)
    value, ontology_id = clean_under_either(
        judgement.value, head.task, project.ontology_id or 0, last.ontology_id
    )
    now = Annotation.objects.annotate(now=Now()).values_list("now", flat=True).get(pk=head.pk)
    seconds = clean_seconds(judgement.seconds)
    fix = (
        Annotation.objects.select_for_update(of=("self",), no_key=True)
        .filter(project_id=head.project_id, task_id=head.task_id, user=by, is_fix=True)
        .first()
    )
    if fix is None:
        fix = Annotation(
            project_id=head.project_id, task_id=head.task_id, user=by, is_fix=True, created_at=now, version=0
        )
    fix.version += 1
    fix.value, fix.seconds, fix.updated_at, fix.discarded_at = value, fix.seconds + seconds, now, None
    fix.save()
    write_version(
        fix,
        value=value,
        seconds=seconds,
        key=judgement.key or uuid.uuid4().hex,
        by_id=by.pk,
        now=now,
        ontology_id=ontology_id,
        guideline_id=project.guideline_id,
    )
    return fix
