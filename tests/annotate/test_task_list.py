"""The task list: filters, orders, pages, counts and bulk actions."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEvent, User
from annotate.api.tasks import TaskOut, task_row
from annotate.models import Annotation, QueueEntry, ReviewEntry
from annotate.task_list import listed, read_view
from projects.jobs import run_job
from projects.models import Job, Project, Task, TaskSummary
from tests.annotate.steps import answer, hand_out
from tests.world import World, make_project, make_tasks, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def call(world: World, who: str = "max", **query: Any) -> dict[str, Any]:
    client = Client()
    client.force_login(getattr(world, who))
    return client.get(f"/api/v1/projects/{world.project.pk}/tasks/", query).json()


def act(world: World, body: dict[str, Any], status: int = 200) -> dict[str, Any]:
    client = Client()
    client.force_login(world.max)
    address = f"/api/v1/projects/{world.project.pk}/tasks/actions/"
    answer = client.post(address, body, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def answer_all(user: User, project: Project, count: int) -> list[int]:
    """Let somebody answer so many tasks; their ids."""
    heads = [answer(user, row) for row in hand_out(project, user, count)]
    return list(Annotation.objects.filter(pk__in=heads).values_list("task_id", flat=True))


def ids(answer: dict[str, Any]) -> list[int]:
    return [int(row["task"]) for row in answer["results"]]


def test_it_works(world: World) -> None:
    tasks = make_tasks(world.project, ["one", "two", "three"])
    make_tasks(make_project(world.organization, world.max), 2)
    answer = call(world)
    assert ids(answer) == [task.pk for task in tasks]
    assert answer["count"] == {"number": 3, "exact": True}
    assert answer["next"] is answer["previous"] is None
    assert answer["results"][0]["data"] == {"text": "one"}


def test_rows_are_what_the_documentation_says(world: World) -> None:
    tasks = make_tasks(world.project, 2)
    Task.objects.filter(pk=tasks[0].pk).update(meta={"lang": "de"}, external_id="a")
    answered = answer_all(world.ann, world.project, 1)
    TaskSummary.objects.filter(pk__in=answered).update(
        answered_at=timezone.now(), agreement=0.25, value={"sentiment": "neutral"}, classes=["neutral"]
    )
    for task in Task.objects.of(world.project):
        assert task_row(task) == TaskOut(task).data


@pytest.mark.parametrize("order", ["import", "-import", "priority", "-priority", "agreement", "-agreement"])
def test_pages_go_both_ways_over_every_row_once(world: World, order: str) -> None:
    tasks = make_tasks(world.project, 11)
    for index, task in enumerate(tasks):  # many equal keys
        TaskSummary.objects.filter(pk=task.pk).update(agreement=(index % 3) / 10, priority=index % 2)
    client = Client()
    client.force_login(world.max)
    address, pages = f"/api/v1/projects/{world.project.pk}/tasks/?limit=4&order={order}", []
    while address:
        pages.append(client.get(address).json())
        address = pages[-1]["next"]
    forward = [task for page in pages for task in ids(page)]
    assert [len(ids(page)) for page in pages] == [4, 4, 3]
    assert sorted(forward) == [task.pk for task in tasks]
    keys = {task.pk: task for task in Task.objects.of(world.project)}
    column = order.removeprefix("-")
    if column != "import":
        values = [getattr(keys[pk].summary, column) for pk in forward]
        assert values == sorted(values, reverse=order.startswith("-"))
    back = [pages[-1]]
    while back[-1]["previous"]:
        back.append(client.get(back[-1]["previous"]).json())
    assert [ids(page) for page in back] == [ids(page) for page in reversed(pages)]


@pytest.mark.parametrize("most_read", [3, 100])
@pytest.mark.parametrize(
    "narrow", ["meta", "meta,class", "meta,person", "person,class", "meta,q,person,class"]
)
@pytest.mark.parametrize("order", ["import", "-import", "priority", "-agreement"])
def test_many_matches_far_from_where_the_order_begins(
    world: World, monkeypatch: pytest.MonkeyPatch, order: str, narrow: str, most_read: int
) -> None:
    """Whichever way the page is found: from the rows in order, from the smallest filter, from all."""
    monkeypatch.setattr("annotate.task_list.counts.COUNT_EXACTLY", 2)
    monkeypatch.setattr("annotate.task_list.rows.LOOKED_AT", 1)
    monkeypatch.setattr("annotate.task_list.counts.MOST_READ", most_read)
    tasks = make_tasks(world.project, 40)
    middle = [task.pk for task in tasks[12:28]]
    Task.objects.filter(pk__in=middle).update(meta={"batch": 9})
    for index, task in enumerate(tasks):
        TaskSummary.objects.filter(pk=task.pk).update(
            priority=index // 3,
            agreement=index / 100 if index % 4 else None,
            classes=["positive"] if index % 3 else ["neutral"],
        )
    moment = timezone.now()
    Annotation.objects.bulk_create(
        Annotation(
            project=world.project, task=task, user=person, value={}, created_at=moment, updated_at=moment
        )
        for index, task in enumerate(tasks)
        for person in (world.ann, world.abe)
        if person == world.abe or (index > 9 and index % 5)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    values = {"meta": "batch=9", "class": "positive", "person": str(world.ann.pk), "q": "text"}
    asked = {name: values[name] for name in narrow.split(",")}
    found, address = (
        [],
        f"/api/v1/projects/{world.project.pk}/tasks/?limit=3&order={order}&{urlencode(asked)}",
    )
    client = Client()
    client.force_login(world.max)
    counted = []
    while address:
        page = client.get(address).json()
        found += ids(page)
        counted.append(page["count"])
        address = page["next"]
    matching = {
        task.pk: index
        for index, task in enumerate(tasks)
        if ("meta" not in asked or task.pk in middle)
        and ("class" not in asked or index % 3)
        and ("person" not in asked or (index > 9 and index % 5))
    }
    wanted = [pk for pk, index in matching.items() if index % 4 or "agreement" not in order]
    assert found == (wanted[::-1] if order.startswith("-") else wanted)
    assert all(count["number"] == len(matching) for count in counted if count["exact"])


def test_filters(world: World) -> None:
    tasks = make_tasks(world.project, ["red apple", "green apple", "blue sky"])
    Task.objects.filter(pk=tasks[0].pk).update(meta={"lang": "de", "page": 7, "ok": True})
    TaskSummary.objects.filter(pk=tasks[1].pk).update(agreement=0.4, probability=0.9, classes=["positive"])
    TaskSummary.objects.filter(pk=tasks[2].pk).update(state="done", agreement=0.8)
    first, second, third = ([task.pk] for task in tasks)
    assert ids(call(world, q="apple")) == first + second
    assert ids(call(world, q="apple green")) == second
    assert ids(call(world, q="%%%_'); select pg_sleep(5)--")) == []
    assert ids(call(world, meta="lang=de")) == first
    assert ids(call(world, meta="page=7")) == first
    assert ids(call(world, meta="ok=true")) == first
    assert ids(call(world, meta=["lang=de", "page=8"])) == []
    assert ids(call(world, state="done")) == third
    assert ids(call(world, state="done,open")) == first + second + third
    assert ids(call(world, agreement_to="0.5")) == second
    assert ids(call(world, agreement_from="0.5")) == third
    assert ids(call(world, probability_from="0.9")) == second
    assert ids(call(world, **{"class": "positive"})) == second
    assert ids(call(world, person=str(world.ann.pk))) == []


def test_filter_by_person(world: World) -> None:
    make_tasks(world.project, 3)
    answered = answer_all(world.ann, world.project, 1)
    assert ids(call(world, person=str(world.ann.pk))) == answered
    assert ids(call(world, person=str(world.abe.pk))) == []


def test_blind_reviewers_cannot_filter_by_person(world: World) -> None:
    world.project.blind_review = True
    world.project.save()
    assert call(world, "rita", person=str(world.ann.pk))["error"]["fields"][0]["path"] == "person"


@pytest.mark.parametrize(
    "query",
    [
        {"gold": "true"},
        {"order": "created_by__password"},
        {"project__organization__name": "x"},
        {"_connector": "OR"},
        {"state": "gone"},
        {"agreement_from": "nan"},
        {"agreement_from": "2"},
        {"meta": "nokey"},
        {"limit": "1000000"},
        {"limit": "0"},
        {"cursor": "nonsense"},
        {"cursor": "W10"},
        {"q": "\0"},
        {"q": ["a", "b"]},
    ],
)
def test_unknown_filters_are_refused(world: World, query: dict[str, Any]) -> None:
    answer = call(world, **query)
    assert answer["error"]["fields"][0]["path"] == next(iter(query))


def test_a_cursor_of_another_order_is_refused(world: World) -> None:
    make_tasks(world.project, 3)
    cursor = call(world, limit="1")["next"].rpartition("cursor=")[2]
    assert call(world, order="agreement", cursor=cursor)["error"]["fields"][0]["path"] == "cursor"


def test_one_row_costs_what_fifty_do(world: World) -> None:
    make_tasks(world.project, 1)
    client = Client()
    client.force_login(world.max)

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    page, api = f"/projects/{world.project.pk}/data/", f"/api/v1/projects/{world.project.pk}/tasks/"
    queries(page)
    before = queries(page), queries(api)
    Task.objects.bulk_create(Task(project=world.project, data={"text": f"t{n}"}) for n in range(49))
    new = Task.objects.filter(project=world.project, summary__isnull=True)
    TaskSummary.objects.bulk_create(TaskSummary(task=task, project=world.project) for task in new)
    assert (queries(page), queries(api)) == before


def test_big_counts_are_estimates(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotate.task_list.counts.COUNT_EXACTLY", 2)
    make_tasks(world.project, 5)
    count = call(world, q="text", limit="3")["count"]
    assert count["exact"] is False
    assert count["number"] >= 3
    assert call(world, q="text")["count"] == {"number": 5, "exact": True}, "what fits the page is counted"
    assert call(world)["count"] == {"number": 5, "exact": True}, "states alone are counted as tasks move"


def test_priority_and_its_undo(world: World) -> None:
    tasks = make_tasks(world.project, 3)
    outcome = act(world, {"action": "prioritize", "value": 5, "tasks": [str(tasks[2].pk)]})
    assert outcome["changed"] == 1
    assert ids(call(world, order="-priority"))[0] == tasks[2].pk
    for request in outcome["undo"]:
        act(world, request)
    assert set(TaskSummary.objects.values_list("priority", flat=True)) == {0}
    assert AuditEvent.objects.filter(verb="tasks.prioritize").count() == 2


def test_delete_and_its_undo(world: World) -> None:
    tasks = make_tasks(world.project, 3)
    outcome = act(world, {"action": "archive", "tasks": [str(task.pk) for task in tasks[:2]]})
    assert outcome["changed"] == 2
    assert ids(call(world)) == [tasks[2].pk]
    assert ids(call(world, state="archived")) == [tasks[0].pk, tasks[1].pk]
    assert QueueEntry.objects.filter(is_open=True).count() == 1
    for request in outcome["undo"]:
        act(world, request)
    assert len(ids(call(world))) == 3
    assert QueueEntry.objects.filter(is_open=True).count() == 3


def test_send_to_review_and_requeue(world: World) -> None:
    make_tasks(world.project, 2)
    answered = answer_all(world.ann, world.project, 1)
    assert act(world, {"action": "review", "tasks": [str(answered[0])]})["changed"] == 1
    assert ReviewEntry.objects.filter(task=answered[0], reason="requested").exists()
    act(world, {"action": "requeue", "value": 1, "tasks": [str(answered[0])]})
    assert QueueEntry.objects.get(pk=answered[0]).wanted == 2


def test_mark_as_gold_and_its_undo(world: World) -> None:
    tasks = make_tasks(world.project, 3)
    TaskSummary.objects.filter(pk=tasks[0].pk).update(value={"sentiment": "neutral"}, source="consensus")
    everything = [str(task.pk) for task in tasks]
    outcome = act(world, {"action": "gold", "tasks": everything})
    assert outcome["changed"] == 1
    assert QueueEntry.objects.get(pool="gold").pk == tasks[0].pk
    assert act(world, {"action": "gold", "tasks": everything}, 400)["error"]["fields"][0]["path"] == "tasks"
    for request in outcome["undo"]:
        act(world, request)
    assert not QueueEntry.objects.filter(pool="gold").exists()


def test_all_that_match_as_a_job(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotate.task_actions.MOST_AT_ONCE", 2)
    make_tasks(world.project, ["apple one", "apple two", "apple three", "pear"])
    job = act(world, {"action": "archive", "filter": {"q": "apple"}}, 202)
    run_job(int(job["id"]))
    done = Job.objects.get(pk=job["id"])
    assert (done.state, done.result["changed"]) == ("done", 3)
    assert len(ids(call(world))) == 1


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"action": "explode", "tasks": ["1"]}, "action"),
        ({"action": "archive"}, "tasks"),
        ({"action": "archive", "tasks": ["1"], "filter": {}}, "tasks"),
        ({"action": "archive", "tasks": []}, "tasks"),
        ({"action": "archive", "filter": {"gold": "1"}}, "gold"),
        ({"action": "prioritize", "value": 1000, "tasks": ["1"]}, "value"),
    ],
)
def test_bad_actions(world: World, body: dict[str, Any], path: str) -> None:
    make_tasks(world.project, 1)
    assert act(world, body, 400)["error"]["fields"][0]["path"].startswith(path)


def test_tasks_of_others_are_not_touched(world: World) -> None:
    ours = make_tasks(world.project, 1)[0]
    other = make_tasks(make_project(world.other, world.otto), 1)[0]
    act(world, {"action": "archive", "tasks": [str(ours.pk), str(other.pk)]}, 400)
    assert not TaskSummary.objects.filter(state="archived").exists()


def test_deep_pages_use_the_index(world: World) -> None:
    """The condition on the sort key is one comparison of rows, not an OR that reads all before it."""
    tasks = make_tasks(world.project, 5)
    view = read_view({"order": ["priority"], "limit": ["2"]})
    cursor = listed(world.project, view)[0].next
    with CaptureQueriesContext(connection) as caught:
        listed(world.project, read_view({"order": ["priority"], "limit": ["2"], "cursor": [str(cursor)]}))
    assert "(priority, task_id) > (0, " in caught[1]["sql"]
    assert tasks


@pytest.mark.parametrize("query", ["", "?view=grid", "?q=nothing", "?state=archived"])
def test_the_page(world: World, query: str) -> None:
    make_tasks(world.project, ["<b>bold</b>", "مرحبا"])
    client = Client()
    client.force_login(world.max)
    page = client.get(f"/projects/{world.project.pk}/data/{query}")
    assert page.status_code == 200
    assert "<b>bold" not in page.content.decode()


def test_what_a_row_says_is_text(world: World) -> None:
    hostile = """<i>"'&"""
    [task] = make_tasks(world.project, [f"{hostile} and more than forty characters of it"])
    summary = task.summary
    summary.classes, summary.priority, summary.agreement = [hostile], -2, 0.5
    summary.save()
    client = Client()
    client.force_login(world.max)
    page = client.get(f"/projects/{world.project.pk}/data/").content.decode()
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    assert hostile not in body
    assert body.count("&lt;i&gt;&quot;&#x27;&amp;") == 3  # its name, its text, its answer
    assert "</svg>-2</span>" in body
    assert '<td class="number optional">0.50</td><td class="number optional">–</td>' in body
    assert f'value="{task.pk}"' in body
    client.force_login(world.rita)  # who may not act selects nothing
    assert "data-select" not in client.get(f"/projects/{world.project.pk}/data/").content.decode()


def test_a_wrong_view_is_a_page_that_says_so(world: World) -> None:
    client = Client()
    client.force_login(world.max)
    page = client.get(f"/projects/{world.project.pk}/data/?order=password")
    assert page.status_code == 400
    assert "This view cannot be shown" in page.content.decode()


def test_the_page_of_a_task(world: World) -> None:
    make_tasks(world.project, 2)
    answered = answer_all(world.ann, world.project, 1)
    client = Client()
    client.force_login(world.rita)
    page = client.get(f"/projects/{world.project.pk}/tasks/{answered[0]}/")
    assert page.status_code == 200
    assert "answered" in page.content.decode()
    other = make_project(world.organization, world.max, members={world.rita: "reviewer"})
    assert client.get(f"/projects/{other.pk}/tasks/{answered[0]}/").status_code == 404
