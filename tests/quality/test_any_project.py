"""Projects with fields of any kind and setting, answered at random: runs, single answers, pages, exports.

What somebody thought of has a test of its own; this one is for what nobody thought of.
"""

import os
import random
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import User
from formats.registry import writers
from labeltypes.ontology import Ontology, parse_ontology
from projects.models import ConsensusMethod, Project, Task
from projects.services.derivatives import make_waveform
from projects.services.media import add_file, add_image
from quality.models import Consensus
from quality.services.comparing import compare_methods
from quality.services.full_run import full_run
from quality.services.gold import make_gold
from tests.exchange.steps import picture
from tests.labeltypes.strategies import DOCUMENT, SETTINGS, SOUND, values
from tests.quality.crowd import Crowd, answer, make_crowd, settle
from tools.sounds import RATE, as_wav

# Exports read with connections of their own, so everything is committed; each example is an organization.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

MEDIA = [
    {"name": "text", "kind": "text", "source": "text"},
    {"name": "photo", "kind": "image", "source": "photo"},
    {"name": "sound", "kind": "audio", "source": "sound"},
]
ON = {"span": "text", "box": "photo", "polygon": "photo", "mask": "photo", "segment": "sound"}
POOL = 4  # different values of a field
EXAMPLES = int(os.environ.get("EXAMPLES", "5"))  # some seconds each
METHODS = ConsensusMethod.values
number = iter(range(10**6))


@st.composite
def ontologies(draw: st.DrawFn) -> dict[str, Any]:
    """One to four fields of any kinds, some required."""
    kinds = draw(st.lists(st.sampled_from(sorted(SETTINGS)), min_size=1, max_size=4))
    fields = []
    for place, kind in enumerate(kinds):
        field = {"name": f"f{place}", "type": kind, **draw(SETTINGS[kind]())}
        field |= {"on": ON[kind]} if kind in ON else {}
        fields.append(field | ({"required": True} if draw(st.booleans()) else {}))
    return {"media": MEDIA, "fields": fields}


def test_it_holds() -> None:
    """See the module."""

    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.explicit, Phase.generate],
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def tried(data: st.DataObject) -> None:
        raw = data.draw(ontologies())
        ontology = parse_ontology(raw)
        pools = {field.name: [data.draw(values(field)) for _ in range(POOL)] for field in ontology.fields}
        dice = random.Random(data.draw(st.integers(0, 10**6)))
        method = data.draw(st.sampled_from(METHODS))
        lived_through(raw, ontology, pools, dice, method)

    tried()


def lived_through(
    raw: dict[str, Any], ontology: Ontology, pools: dict[str, list[Any]], dice: random.Random, method: str
) -> None:
    """Answers, gold, a full run, more answers, another; then everything that can be looked at."""
    people, tasks = dice.randint(1, 6), dice.randint(1, 12)
    crowd = make_crowd(people, tasks, ontology=raw, name=f"Any {next(number)}", consensus_method=method)
    boss = manager_of(crowd)
    photo = add_image(project=crowd.project, name="p.png", content=BytesIO(picture(64, 48)), by=boss)
    silence = as_wav(np.zeros(int((SOUND.seconds or 0) * RATE)), RATE)
    sound = add_file(project=crowd.project, name="s.wav", content=BytesIO(silence), by=boss)
    make_waveform(sound)
    data = {"text": DOCUMENT.text, "photo": photo.key, "sound": sound.key}
    Task.objects.filter(project=crowd.project).update(data=data)
    pairs = [(task, person) for task in range(tasks) for person in range(people) if dice.random() < 0.7]
    dice.shuffle(pairs)
    for task, person in pairs[: len(pairs) // 2]:
        answer(crowd.project, crowd.tasks[task], crowd.people[person], said(ontology, pools, dice))
    settle()
    make_gold(
        project=crowd.project, task=crowd.tasks[0], answers=[said(ontology, pools, dice, share=1.0)], by=boss
    )
    full_run(crowd.project)
    compare_methods(crowd.project)
    for task, person in pairs[len(pairs) // 2 :]:
        answer(crowd.project, crowd.tasks[task], crowd.people[person], said(ontology, pools, dice))
    settle()
    first = figures(crowd.project)
    full_run(crowd.project)
    compare_methods(crowd.project)
    second = figures(crowd.project)
    assert set(first) == set(second)
    full_run(crowd.project)
    assert figures(crowd.project) == second, "nothing new, nothing changed"
    looked_at(crowd)


def said(ontology: Ontology, pools: dict[str, list[Any]], dice: random.Random, share: float = 0.8) -> Any:
    """An answer: each field that is required, and others at this share."""
    return {
        field.name: _named(field.name, dice.choice(pools[field.name]))
        for field in ontology.fields
        if field.required or dice.random() < share
    }


def _named(field: str, value: Any) -> Any:
    """Regions with ids that no other field of the answer has."""
    if not (isinstance(value, list) and value and isinstance(value[0], dict)):
        return value
    return [{**region, "id": f"{field}-{region['id']}"} for region in value]


def figures(project: Project) -> dict[tuple[int, str], Any]:
    """What stands as consensus."""
    rows = Consensus.objects.filter(project=project).order_by("task_id", "field")
    return {(row.task_id, row.field): (row.value, row.probability, row.answers) for row in rows}


def looked_at(crowd: Crowd) -> None:
    """Every page and endpoint about the project, a task or a person, by the manager; every export."""
    client = Client()
    client.force_login(manager_of(crowd))
    known = {"project_id": crowd.project.pk, "task_id": crowd.tasks[0].pk, "user_id": crowd.people[0].pk}
    routes = get_resolver().reverse_dict
    for name in sorted(name for name in routes if isinstance(name, str)):
        wanted = routes.getlist(name)[0][0][0][1]
        if wanted and set(wanted) <= set(known):
            found(client, reverse(name, kwargs={key: known[key] for key in wanted}))
    export = f"/api/v1/projects/{crowd.project.pk}/export/"
    for form in writers():
        for more in ("", "&answers=all", "&soft=true"):
            found(client, f"{export}?format={form}{more}")


def found(client: Client, address: str) -> None:
    """No error of ours; views that only take a POST say so."""
    response = client.get(address)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    assert response.status_code in {200, 302, 400, 404, 405, 409}, (address, response.status_code, body[:300])


def manager_of(crowd: Crowd) -> User:
    """Who made the project."""
    return crowd.project.memberships.get(role="manager").user
