"""A crowd in which some cheat: who always says yes, clicks through, copies, or grows careless."""

from datetime import timedelta

import numpy as np
from django.utils import timezone

from annotate.models import Annotation, AnnotationVersion
from quality.services.full_run import full_run
from tests.quality.crowd import Crowd, make_crowd, write_all

TASKS = 220
SAME, FAST, COPIED, COPIER, CARELESS = range(5)
HONEST = (5, 6, 7)
AGE = timedelta(days=3)


def cheating_crowd() -> Crowd:
    """Eight people who all answer 220 tasks, ten minutes apart, beginning three days ago; one full run."""
    rng = np.random.default_rng(5)
    crowd = make_crowd(8, TASKS, overlap=8)
    truth = rng.integers(0, 2, TASKS)
    said = np.where(rng.random((TASKS, 8)) < 0.92, truth[:, None], 1 - truth[:, None])
    said[:, SAME] = 1
    said[:, COPIED] = np.where(rng.random(TASKS) < 0.75, truth, 1 - truth)
    said[:, COPIER] = np.where(rng.random(TASKS) < 0.95, said[:, COPIED], 1 - said[:, COPIED])
    late = np.arange(TASKS) >= 150
    said[:, CARELESS] = np.where(late & (rng.random(TASKS) < 0.6), 1 - truth, truth)
    rows = [
        (task, person, {"follows": ("no", "yes")[said[task, person]]})
        for task in range(TASKS)
        for person in range(8)
    ]
    write_all(crowd, rows)
    date(crowd, rng)
    full_run(crowd.project)
    return crowd


def date(crowd: Crowd, rng: np.random.Generator) -> None:
    """When each answer was given, how long it took, and its version: write_all knows of none of these."""
    begin = timezone.now() - AGE
    place = {task.pk: number for number, task in enumerate(crowd.tasks)}
    item = rng.normal(2.5, 0.4, len(place))
    answers = list(Annotation.objects.filter(project=crowd.project).order_by("pk"))
    for answer in answers:
        number = place[answer.task_id]
        is_fast = answer.user_id == crowd.people[FAST].pk
        answer.created_at = begin + timedelta(minutes=10 * number)
        answer.seconds = float(np.exp(item[number] + rng.normal(0, 0.3) - (2.5 if is_fast else 0.0)))
    Annotation.objects.bulk_update(answers, ["created_at", "seconds"], batch_size=2_000)
    AnnotationVersion.objects.bulk_create(
        AnnotationVersion(
            project=crowd.project,
            annotation=answer,
            version=1,
            value=answer.value,
            key=str(answer.pk),
            ontology_id=crowd.project.ontology_id,
            created_by_id=answer.user_id,
            created_at=answer.created_at,
        )
        for answer in answers
    )
