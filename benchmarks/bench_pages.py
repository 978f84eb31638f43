"""Every page and list that managers, reviewers and engineers open, in a project of TASKS (1,000,000) tasks.

The whole view with templates, without the network, in a process whose memory is settled as the web server's
is (config/memory.py). Each is asked for ASKED (15) times; reported are the p95, the number of statements, and
the buffers (8 kB) that they touch. ONLY_PAGES=people,quality for a part.
"""

import os
import time
from urllib.parse import urlencode

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection  # noqa: E402  # after Django is set up
from django.test import Client  # noqa: E402

from accounts.models import User  # noqa: E402
from annotate.models import Annotation  # noqa: E402
from annotate.task_list import ORDERS, cursor_at  # noqa: E402
from benchmarks.bench_queue import scratch_organization  # noqa: E402
from benchmarks.report import Row, percentile  # noqa: E402
from benchmarks.seeds import COMMON, LATE, RARE, seeded_project  # noqa: E402
from config.memory import settle_memory  # noqa: E402
from projects.models import Project, Task  # noqa: E402
from projects.services.counts import fold_state_counts  # noqa: E402
from quality.services.agreement import refresh_agreement  # noqa: E402
from quality.services.figures import refresh_figures  # noqa: E402
from tests.explain import buffers, plan_of, statements_of  # noqa: E402

TASKS = int(os.environ.get("TASKS", "1000000"))
ASKED = int(os.environ.get("ASKED", "15"))
BAR = 200.0
PAGES = (
    *(
        "review",
        "quality",
        "quality/summary",
        "agreement",
        "agreement/pair",
        "people",
        "progress",
        "gold",
        "model",
        "questions",
    ),
    *("export", "import", "guideline", "settings", "my-work"),
)
LISTS = (
    *("tasks", "annotations", "predictions", "gold", "consensus", "agreement", "annotators", "members"),
    *("reviews", "questions", "exports", "imports", "rounds"),
)


def run() -> list[Row]:
    """Seed once, then every address."""
    organization = scratch_organization()
    began = time.perf_counter()
    project, manager, people = seeded_project(organization, TASKS)
    rows = [Row(f"seeding {TASKS:,} tasks", time.perf_counter() - began, "s", repeats=ASKED)]
    fold_state_counts()
    refresh_figures(project)
    refresh_agreement(project)
    return rows + measure(project, manager, people[0])


def measure(project: Project, manager: User, person: User) -> list[Row]:
    """One row for each address."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(manager)
    client.get("/")
    settle_memory()  # else now and then a page waits for a look through all modules, as no visitor does
    wanted = [name for name in os.environ.get("ONLY_PAGES", "").split(",") if name]
    return [
        _one(client, name, address)
        for name, address in addresses(project, person).items()
        if not wanted or any(part in name for part in wanted)
    ]


def _one(client: Client, name: str, address: str) -> Row:
    def get() -> float:
        start = time.perf_counter()
        response = client.get(address)
        if response.status_code != 200:
            raise RuntimeError(f"{address}: {response.status_code} {response.content[:300]!r}")
        return (time.perf_counter() - start) * 1000

    get()
    statements = statements_of(get)
    touched = sum(buffers(plan_of(statement)) for statement in statements)
    times = [get() for _ in range(ASKED)]
    note = f"{len(statements)} statements, {touched:,} buffers"
    p95, least = percentile(times, 95), min(times)
    return Row(name, p95, "ms", f"<= {BAR:.0f}", note, low=least, high=max(times), repeats=ASKED)


def addresses(project: Project, person: User) -> dict[str, str]:
    """Name → address of everything."""
    base, api = f"/projects/{project.pk}", f"/api/v1/projects/{project.pk}"
    ids = _ids(project)
    found = {"home": "/", "overview": f"{base}/"}
    found |= {f"data, {name}": f"{base}/data/?{query}" for name, query in views(project, person, ids).items()}
    found |= {f"page {name}": f"{base}/{name}/" for name in PAGES}
    found |= {
        "page task": f"{base}/tasks/{ids[1]}/",
        "page review, one class": f"{base}/review/?class=topic-03",
        "page review, one author": f"{base}/review/?author={person.pk}",
        "page review, one reason": f"{base}/review/?reason=low_trust",
        "page people/classes": f"{base}/people/classes/?field=topic",
        "page quality/cell, diagonal": f"{base}/quality/cell/?field=topic&consensus=topic-03&answer=topic-03",
        "page quality/cell, rare": f"{base}/quality/cell/?field=topic&consensus=topic-03&answer=topic-04",
    }
    found |= {f"api {name}": f"{api}/{name}/" for name in LISTS}
    return found | {
        "api tasks, 1,000 rows": f"{api}/tasks/?limit=1000",
        "api annotations, one task": f"{api}/annotations/?task={ids[1]}",
        "api annotations, one person": f"{api}/annotations/?person={person.pk}",
        "api annotations, since tomorrow": f"{api}/annotations/?since=2099-01-01T00:00:00Z",
        "api annotations, deep": f"{api}/annotations/?{_deep(project)}",
        "api consensus, one field": f"{api}/consensus/?field=topic",
        "api consensus, no such field": f"{api}/consensus/?field=nothing",
    }


def views(project: Project, person: User, ids: list[int]) -> dict[str, str]:
    """Views of the task list: every filter, every order, the first, a middle and a deep page."""
    by_agreement: list[tuple[str, object]] = [("order", "agreement")]
    filters: dict[str, list[tuple[str, object]]] = {
        "everything": [],
        "grid": [("view", "grid")],
        "done": [("state", "done")],
        "blocked": [("state", "blocked")],
        "open and blocked": [("state", "open,blocked")],
        "archived": [("state", "archived")],
        "one person": [("person", person.pk)],
        "nobody": [("person", 1)],
        "one class": [("class", "topic-07")],
        "no such class": [("class", "nothing")],
        "low agreement": [("agreement_to", 0.2)],
        "high probability": [("probability_from", 0.999)],
        "language": [("meta", "lang=de")],
        "late batch": [("meta", "batch=9")],
        "no such batch": [("meta", "batch=77")],
        "rare word": [("q", RARE)],
        "common word": [("q", COMMON)],
        "late word": [("q", LATE)],
        "no such word": [("q", "zzzz")],
        "two words": [("q", f"{COMMON} {LATE}")],
        "class, state and word": [("class", "topic-07"), ("state", "done"), ("q", COMMON)],
        "class and word by agreement": [("class", "topic-07"), ("q", COMMON), ("order", "agreement")],
        "class and late batch": [("class", "topic-07"), ("meta", "batch=9")],
        "person and word by agreement": [("person", person.pk), ("q", COMMON), ("order", "agreement")],
        "person and late batch": [("person", person.pk), ("meta", "batch=9")],
        "late word and person by priority": [("q", LATE), ("person", person.pk), ("order", "-priority")],
        "person and early batch by agreement": [*by_agreement, ("person", person.pk), ("meta", "batch=0")],
        "person and rare word": [("person", person.pk), ("q", RARE)],
        "person and class": [("person", person.pk), ("class", "topic-07")],
        "class and late word by time": [("class", "topic-07"), ("q", LATE), ("order", "-answered")],
        "late batch and low agreement": [("meta", "batch=9"), ("agreement_to", 0.2)],
        "late batch and late word": [("meta", "batch=9"), ("q", LATE), ("order", "probability")],
        "language by agreement": [*by_agreement, ("meta", "lang=de")],
        "language and low agreement": [("meta", "lang=de"), ("agreement_to", 0.2)],
        "person and low agreement": [("person", person.pk), ("agreement_to", 0.5)],
    }
    found = {name: urlencode(pairs) for name, pairs in filters.items()}
    for sign in ("", "-"):
        for order in ORDERS:
            found[f"by {sign}{order}"] = urlencode({"order": sign + order})
            found[f"common word by {sign}{order}"] = urlencode({"order": sign + order, "q": COMMON})
            found[f"late batch by {sign}{order}"] = urlencode({"order": sign + order, "meta": "batch=9"})
    tasks = Task.objects.select_related("summary").in_bulk(ids)
    for name, pk in zip(("middle", "deep"), ids[1:], strict=True):
        for order in ORDERS:
            cursor = cursor_at("n", ORDERS[order], tasks[pk])
            found[f"by {order}, {name} page"] = urlencode({"order": order, "cursor": cursor})
        found[f"common word, {name} page"] = urlencode(
            {"q": COMMON, "cursor": cursor_at("n", ORDERS["import"], tasks[pk])}
        )
    return found


def _ids(project: Project) -> list[int]:
    """Tasks at the head, in the middle of what is answered, and near its end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(task_id) FROM projects_tasksummary WHERE project_id = %s", [project.pk])
        first = int(cursor.fetchone()[0])
    return [first, first + int(TASKS * 0.27), first + int(TASKS * 0.54)]


def _deep(project: Project) -> str:
    """DRF's cursor of a page near the end of all answers."""
    from base64 import b64encode

    oldest = Annotation.objects.filter(project=project).order_by("pk").values_list("pk", flat=True)[0]
    return urlencode({"cursor": b64encode(urlencode({"p": oldest + 1000}).encode()).decode()})
