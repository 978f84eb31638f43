"""A world with answers to export, and the people who export them."""

import json
from dataclasses import dataclass
from typing import Any

from annotate.models import Annotation
from annotate.services.summaries import TaskConsensus, apply_consensus
from projects.models import Project
from tests.annotate.steps import answer, hand_out
from tests.exchange.steps import Caller
from tests.world import World, make_project, make_tasks, make_world

ENGINEER = {"eve": "engineer", "ann": "annotator"}


def project_of(world: World, ontology: Any = None) -> Project:
    members = {getattr(world, name): role for name, role in ENGINEER.items()}
    return make_project(world.organization, world.max, ontology, members=members)


@dataclass(frozen=True)
class Scene:
    """A world with answers, and the engineer who exports them."""

    world: World
    eve: Caller
    max: Caller

    def stream(self, status: int = 200, **query: Any) -> bytes:
        return stream(self.eve, status, **query)

    def lines(self, **query: Any) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream(**query).splitlines()]


def stream(caller: Caller, status: int = 200, **query: Any) -> bytes:
    response = caller.client.get(caller.address("export/"), query)
    assert response.status_code == status, response.content
    if status != 200:
        return bytes(response.content)
    assert response.headers["Content-Disposition"].startswith("attachment; filename=")
    return b"".join(response.streaming_content)


def make_scene() -> Scene:
    """Four tasks: two answered (one by two people), one by consensus, one untouched."""
    world = make_world()
    make_tasks(world.project, ["=cmd()", "two 😀", "three", "four"])
    world.project.overlap = 1
    world.project.save()
    answer(world.ann, hand_out(world.project, world.ann)[0])
    answer(world.abe, hand_out(world.project, world.abe)[0], {"sentiment": "negative"})
    second = Annotation.objects.get(user=world.abe)
    result = TaskConsensus(second.task_id, second.value, 1.0, 0.8, ("negative",), final=True)
    apply_consensus(project_id=world.project.pk, results=[result])
    return Scene(world, Caller(world.eve, world.project), Caller(world.max, world.project))
