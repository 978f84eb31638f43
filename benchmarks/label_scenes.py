"""What the benchmark of the labeling page opens: projects with text, with images, with a crowded image."""

import random
from io import BytesIO
from typing import Any

from django.db import connection
from PIL import Image

from accounts.models import Organization, User
from annotate.models import Prediction
from annotate.services.queue import add_to_queue
from benchmarks.bench_queue import FILL
from projects.models import Project, ProjectState, Task, TaskSummary
from projects.services.media import add_image
from projects.services.projects import create_project

FIELD = {
    "name": "spam",
    "type": "choice",
    "options": [{"name": "yes", "hotkey": "y"}, "no"],
    "required": True,
}
BOXES = {"name": "objects", "type": "box", "on": "photo", "classes": ["car", "person"]}
TEXT = {"media": [{"name": "text", "kind": "text", "source": "text"}], "fields": [FIELD]}
IMAGE = {"media": [{"name": "photo", "kind": "image", "source": "image"}], "fields": [BOXES, FIELD]}
WIDTH, HEIGHT, PICTURES, RECTANGLES = 1600, 1200, 3, 1000


def live_project(organization: Organization, person: User, ontology: Any, **settings: Any) -> Project:
    """A project in which this person may work."""
    project = create_project(
        organization=organization, by=person, name="Benchmark", ontology=ontology, settings=settings
    )
    project.state = ProjectState.LIVE
    project.save()
    return project


def texts(organization: Organization, person: User) -> Project:
    """A thousand short texts."""
    project = live_project(organization, person, TEXT)
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"project": project.pk, "tasks": 1000})
    return project


def pictures(organization: Organization, person: User, *, rectangles: int = 0) -> Project:
    """A few photos; the first comes with so many rectangles that a model found."""
    project = live_project(organization, person, IMAGE, show_predictions=True)
    for number in range(PICTURES):
        media = add_image(project=project, name=f"{number}.jpg", content=photo(number), by=person)
        task = Task.objects.create(project=project, data={"image": media.key})
        TaskSummary.objects.create(task=task, project=project)
        add_to_queue(project=project, task_ids=[task.pk])
        if rectangles and number == 0:
            value = {"objects": found(rectangles)}
            Prediction.objects.create(project=project, task=task, model="bench", version="1", value=value)
    return project


def photo(number: int) -> BytesIO:
    """A JPEG with enough in it to take its time."""
    dice = random.Random(number)
    small = Image.frombytes("RGB", (WIDTH // 8, HEIGHT // 8), dice.randbytes(WIDTH * HEIGHT * 3 // 64))
    file = BytesIO()
    small.resize((WIDTH, HEIGHT)).save(file, "JPEG", quality=85)
    file.seek(0)
    return file


def found(count: int) -> list[dict[str, Any]]:
    """Rectangles of 20 to 120 pixels anywhere in the picture."""
    dice, regions = random.Random(7), []
    for index in range(count):
        width, height = dice.randint(20, 120), dice.randint(20, 120)
        x, y = dice.randint(0, WIDTH - width), dice.randint(0, HEIGHT - height)
        name = dice.choice(["car", "person"])
        regions.append({"id": f"r{index}", "class": name, "box": [x, y, width, height]})
    return regions
