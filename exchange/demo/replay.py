"""Let simulated people work: draw, answer, submit, as the API does it."""

import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from accounts.models import Organization, User
from accounts.services.people import add_person
from annotate.outbox import drain
from annotate.services.queue import draw
from annotate.services.submit import submit
from exchange.demo.crowd import Simulated
from projects.access.doors import find_project
from projects.models import Membership, Project, Role
from projects.services.guidelines import acknowledge_guideline

Progress = Callable[[int], None]


def hire(crowd: Sequence[Simulated], *, organization: Organization, project: Project) -> dict[int, Simulated]:
    """Make the simulated people members of the project; they have no password and cannot sign in."""
    hired = {}
    for index, simulated in enumerate(crowd):
        address = f"simulated-{project.pk}-{index + 1}@demo.example"
        if not User.objects.filter(email=address).exists():
            User.objects.create_user(address, name=simulated.name)  # no password at all
        user, _ = add_person(email=address, organization=organization)
        Membership.objects.get_or_create(project=project, user=user, defaults={"role": Role.ANNOTATOR})
        if project.guideline is not None:
            acknowledge_guideline(guideline=project.guideline, user=user)
        hired[user.pk] = simulated
    return hired


def replay(
    project: Project,
    crowd: Mapping[int, Simulated],
    truths: Mapping[int, Any],
    *,
    answers: int,
    seed: int,
    progress: Progress,
) -> int:
    """Have the crowd give up to ``answers`` answers in random turns; returns how many it gave.

    ``truths`` maps task ids to what is true there. The same seed gives the same turns and answers.
    """
    rng = random.Random(seed)
    waiting = list(User.objects.filter(pk__in=crowd).order_by("pk"))
    given = 0
    while waiting and given < answers:
        user = rng.choice(waiting)
        drawing = draw(find_project(user, project.pk), 1)
        if not drawing.assignments:
            waiting.remove(user)
            continue
        assignment, simulated = drawing.assignments[0], crowd[user.pk]
        submit(
            assignment=assignment,
            value=simulated.answer(truths[assignment.task_id], rng),
            seconds=max(0.5, rng.gauss(simulated.seconds, simulated.seconds / 4)),
            key=str(uuid.UUID(int=rng.getrandbits(128))),
        )
        given += 1
        if given % 100 == 0:
            drain()
            progress(given)
    drain()
    return given
