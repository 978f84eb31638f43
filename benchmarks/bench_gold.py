"""Hidden gold and a clock: what an annotator could learn from how long the server takes.

Through the API without a network, gold and work in turns as the seeded coin falls, half of it gold.
`told apart` is the area under the curve of the best guess by one duration: 0.5 is no better than chance. That
the same statements run is tested (`tests/annotate/test_gold_statements.py`); this holds a clock beside it.
"""

import os
import random
import time
import uuid
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

import numpy as np  # noqa: E402  # after Django is set up
from rest_framework.test import APIClient  # noqa: E402
from scipy.stats import mannwhitneyu  # noqa: E402

from accounts.models import Organization  # noqa: E402
from annotate.models import Assignment, Drawn, Pool  # noqa: E402
from annotate.services import hidden, slots  # noqa: E402
from annotate.services.queue import add_to_queue  # noqa: E402
from benchmarks.bench_queue import make_person, scratch_organization  # noqa: E402
from benchmarks.report import Row, percentile  # noqa: E402
from projects.models import Project, ProjectState, Task, TaskSummary  # noqa: E402
from projects.services.projects import create_project  # noqa: E402

WORK, GOLD, SAMPLES, SEED = 1_500, 1_200, 1_800, 20261121
VALUE = {"spam": "no"}
ONTOLOGY = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [{"name": "spam", "type": "choice", "options": ["yes", "no"], "required": True}],
}
Durations = dict[str, dict[bool, list[float]]]


def run() -> list[Row]:
    """Draw and answer for a while; compare gold with work."""
    dice = hidden.dice
    hidden.dice = random.Random(SEED)  # type: ignore[assignment]  # the same turns every time
    try:
        organization = scratch_organization()
        found = worked(organization)
    finally:
        hidden.dice = dice
    return [row for verb in found for row in compared(verb, found[verb])]


def worked(organization: Organization) -> Durations:
    """Milliseconds of each request, by verb and by whether it was about gold."""
    person = make_person(organization)
    settings = {"gold_share": 0.5, "overlap": 1}
    project = create_project(
        organization=organization, by=person, name="Benchmark", ontology=ONTOLOGY, settings=settings
    )
    project.state = ProjectState.LIVE
    project.save()
    _fill(project)
    client = APIClient(SERVER_NAME="localhost")
    client.force_authenticate(person)
    found: Durations = {verb: {True: [], False: []} for verb in ("next", "draft", "submit")}
    for number in range(SAMPLES):
        milliseconds, drawn = timed(
            lambda: client.post(f"/api/v1/projects/{project.pk}/next/", {}, format="json")
        )
        pk = drawn.json()["assignments"][0]["id"]
        is_gold = Assignment.objects.get(pk=pk).drawn == Drawn.GOLD
        url = f"/api/v1/assignments/{pk}"
        key = {"Idempotency-Key": uuid.uuid4().hex}
        drafted = timed(lambda url=url: client.put(f"{url}/draft/", {"value": VALUE}, format="json"))
        sent = timed(
            lambda url=url, key=key: client.post(
                f"{url}/submit/", {"value": VALUE}, format="json", headers=key
            )
        )
        if number < 50:
            continue  # warm first
        for verb, spent in (("next", milliseconds), ("draft", drafted[0]), ("submit", sent[0])):
            found[verb][is_gold].append(spent)
    return found


def _fill(project: Project) -> None:
    tasks = Task.objects.bulk_create(
        Task(project=project, data={"text": f"Message {number:05}"}) for number in range(WORK + GOLD)
    )
    TaskSummary.objects.bulk_create(TaskSummary(task=task, project=project) for task in tasks)
    ids = [task.pk for task in tasks]
    add_to_queue(project=project, task_ids=ids)
    slots.set_pool(project_id=project.pk, task_ids=random.Random(SEED).sample(ids, GOLD), pool=Pool.GOLD)


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds and the response, which must be one of success."""
    start = time.perf_counter()
    response = act()
    spent = (time.perf_counter() - start) * 1000
    if response.status_code >= 300:
        raise RuntimeError(f"{response.status_code}: {response.content}")
    return spent, response


def compared(verb: str, found: dict[bool, list[float]]) -> list[Row]:
    """How far the medians are apart, and how well a duration tells gold from work."""
    gold, work = found[True], found[False]
    apart = abs(percentile(gold, 50) - percentile(work, 50))
    area = float(mannwhitneyu(gold, work).statistic) / (len(gold) * len(work))
    band = 0.5 + 4 * np.sqrt((len(gold) + len(work) + 1) / (12 * len(gold) * len(work)))
    return [
        Row(f"{verb}: gold and work, medians apart", apart, "ms", "<= 5", f"{percentile(work, 50):.1f} ms"),
        Row(f"{verb}: told apart", max(area, 1 - area), "", f"<= {band:.3f}"),
    ]
