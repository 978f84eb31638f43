"""After the answer: corrections, history, lists, threads, notices."""

import pytest

from annotate import outbox
from annotate.models import Annotation, Comment, Notice
from projects.services.guidelines import add_guideline
from projects.services.ontologies import add_ontology
from tests.annotate.steps import NEGATIVE, POSITIVE, answer, api, hand_out
from tests.world import SENTIMENT, World, make_tasks, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    world = make_world()
    make_tasks(world.project, ["a", "b", "c"])
    return world


@pytest.fixture
def head(world: World) -> Annotation:
    return Annotation.objects.get(pk=answer(world.ann, hand_out(world.project, world.ann)[0]))


def correct(user, head, value=None, base=1, key="", **more):
    headers = {"Idempotency-Key": key} if key else {}
    body = {"value": NEGATIVE if value is None else value, "base": base, **more}
    return api(user).patch(f"/api/v1/annotations/{head.pk}/", body, format="json", headers=headers)


def test_it_works(world: World, head: Annotation) -> None:
    response = correct(world.ann, head, seconds=2)
    assert response.status_code == 200, response.content
    assert (response.json()["version"], response.json()["value"]) == (2, NEGATIVE)
    versions = api(world.ann).get(f"/api/v1/annotations/{head.pk}/versions/").json()["results"]
    assert [version["value"] for version in versions] == [NEGATIVE, POSITIVE]


def test_a_correction_of_an_older_version_shows_the_newest(world: World, head: Annotation) -> None:
    correct(world.ann, head)
    response = correct(world.ann, head, {"sentiment": "neutral"}, base=1)
    assert response.status_code == 409
    assert response.json()["current"] == {"version": 2, "value": NEGATIVE}


def test_a_correction_sent_twice_is_one_version(world: World, head: Annotation) -> None:
    for _ in range(2):
        assert correct(world.ann, head, key="k").json()["version"] == 2
    assert correct(world.ann, head, POSITIVE, key="k").status_code == 422


@pytest.mark.parametrize("person", ["abe", "rita", "max", "otto"])
def test_only_the_author_corrects(world: World, head: Annotation, person: str) -> None:
    assert correct(getattr(world, person), head).status_code == 404


def test_a_project_may_forbid_corrections(world: World, head: Annotation) -> None:
    world.project.allow_corrections = False
    world.project.save()
    assert correct(world.ann, head).json()["error"]["code"] == "corrections_off"


def test_a_settled_answer_stays(world: World, head: Annotation) -> None:
    url = f"/api/v1/annotations/{head.pk}/reviews/"
    api(world.rita).post(url, {"verdict": "accept"}, format="json")
    assert correct(world.ann, head).json()["error"]["code"] == "reviewed"


def test_a_wrong_value_is_refused(world: World, head: Annotation) -> None:
    assert correct(world.ann, head, {"sentiment": "x"}).status_code == 400


def test_an_old_answer_is_mended_under_its_own_ontology(world: World, head: Annotation) -> None:
    options = [{"name": "good"}, {"name": "bad"}]
    newer = {**SENTIMENT, "fields": [{**SENTIMENT["fields"][0], "options": options}]}
    add_ontology(project=world.project, definition=newer, by=world.max)
    assert correct(world.ann, head, NEGATIVE).status_code == 200
    assert correct(world.ann, head, {"sentiment": "good"}, base=2).status_code == 200
    ontologies = head.versions.order_by("version").values_list("ontology__version", flat=True)
    assert list(ontologies) == [1, 1, 2]


def test_annotators_list_their_own_answers_only(world: World, head: Annotation) -> None:
    answer(world.abe, hand_out(world.project, world.abe)[0])
    url = f"/api/v1/projects/{world.project.pk}/annotations/"
    own = api(world.ann).get(url).json()["results"]
    assert [row["id"] for row in own] == [str(head.pk)]
    assert not {"task", "person", "discarded"} & set(own[0])
    assert api(world.ann).get(url, {"task": "1"}).status_code == 400
    everybody = api(world.rita).get(url).json()["results"]
    assert {row["person"]["name"] for row in everybody} == {"Ann", "Abe"}


def test_filters_of_the_list(world: World, head: Annotation) -> None:
    url = f"/api/v1/projects/{world.project.pk}/annotations/"
    for query, found in (
        ({"task": head.task_id}, 1),
        ({"task": "999999"}, 0),
        ({"task": "x"}, 0),
        ({"person": world.ann.pk}, 1),
        ({"person": world.abe.pk}, 0),
        ({"since": "2020-01-01T00:00:00Z"}, 1),
        ({"since": "2999-01-01T00:00:00Z"}, 0),
    ):
        assert len(api(world.max).get(url, query).json()["results"]) == found, query
    for query in (
        {"since": "yesterday"},
        {"since": "2020-13-01T00:00:00Z"},
        {"user": "1"},
        {"ordering": "value"},
    ):
        assert api(world.max).get(url, query).status_code == 400, query


def test_others_answers_do_not_exist_for_annotators(world: World, head: Annotation) -> None:
    for path in ("", "versions/"):
        url = f"/api/v1/annotations/{head.pk}/{path}"
        assert api(world.abe).get(url).status_code == 404
        assert api(world.otto).get(url).status_code == 404
        assert api(world.rita).get(url).status_code == 200


def test_own_work(world: World, head: Annotation) -> None:
    add_guideline(project=world.project, body="One", by=world.max)
    add_guideline(project=world.project, body="Two", by=world.max, note="Sarcasm is negative")
    outbox.drain()
    url = f"/api/v1/projects/{world.project.pk}/own-work/"
    body = api(world.ann).get(url).json()
    (row,) = body["results"]
    assert (row["value"], row["media"]["text"]["text"], row["ontology_version"]) == (POSITIVE, "a", 1)
    assert "task" not in row
    assert (body["today"]["answers"], body["can_correct"]) == (1, True)
    notice = body["notices"][0]
    number = world.project.guidelines.count()
    assert (notice["kind"], notice["text"]) == ("guideline", "Sarcasm is negative")
    assert notice["payload"] == {"version": number}
    notices = f"/api/v1/projects/{world.project.pk}/notices/"
    theirs = Notice.objects.filter(user=world.abe).latest("id")
    sent = {"notices": [notice["id"], str(theirs.pk)]}
    assert api(world.ann).post(notices, sent, format="json").status_code == 204
    left = api(world.ann).get(url).json()["notices"]
    assert notice["id"] not in [one["id"] for one in left]
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_own_work_costs_the_same_for_one_and_for_many(world: World, django_assert_max_num_queries) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for _ in range(2):
        answer(world.ann, hand_out(world.project, world.ann)[0])
        with CaptureQueriesContext(connection) as captured:
            api(world.ann).get(f"/api/v1/projects/{world.project.pk}/own-work/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def ask(user, row, **body):
    return api(user).post(f"/api/v1/assignments/{row['id']}/comments/", body, format="json")


def test_a_question_its_answer_and_the_notice(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    question = ask(world.ann, row, kind="question", body="Is irony negative?", pin={"field": "sentiment"})
    assert question.status_code == 201, question.content
    assert "task" not in question.json()
    waiting = api(world.max).get(f"/api/v1/projects/{world.project.pk}/questions/").json()["results"]
    assert [one["body"] for one in waiting] == ["Is irony negative?"]
    reply = {"body": "Yes.", "kind": "answer", "thread": question.json()["id"]}
    url = f"/api/v1/tasks/{waiting[0]['task']}/comments/"
    assert api(world.rita).post(url, reply, format="json").status_code == 201
    assert api(world.max).get(f"/api/v1/projects/{world.project.pk}/questions/").json()["results"] == []
    notice = Notice.objects.get()
    assert (notice.user, notice.kind, notice.text) == (world.ann, "answer", "Yes.")
    thread = api(world.ann).get(f"/api/v1/assignments/{row['id']}/comments/").json()["results"]
    assert [one["body"] for one in thread] == ["Is irony negative?", "Yes."]


def test_a_repeated_question_is_asked_once(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    url, body = f"/api/v1/assignments/{row['id']}/comments/", {"kind": "question", "body": "Why?"}
    one, two = (
        api(world.ann).post(url, body, format="json", headers={"Idempotency-Key": "k"}) for _ in range(2)
    )
    assert (one.status_code, two.status_code) == (201, 201)
    assert one.json() == two.json()
    assert Comment.objects.count() == 1
    other = {"kind": "question", "body": "How?"}
    assert api(world.ann).post(url, other, format="json", headers={"Idempotency-Key": "k"}).status_code == 422
    assert (
        api(world.ann).post(url, other, format="json", headers={"Idempotency-Key": "k" * 101}).status_code
        == 400
    )
    assert ask(world.ann, row, **body).status_code == 201, "without a key each one counts"
    assert Comment.objects.count() == 2


def test_annotators_read_their_own_threads_only() -> None:
    world = make_world(overlap=2)
    make_tasks(world.project, 1)
    (hers,), (his,) = hand_out(world.project, world.ann), hand_out(world.project, world.abe)
    question = ask(world.ann, hers, kind="question", body="Why?").json()
    assert api(world.abe).get(f"/api/v1/assignments/{his['id']}/comments/").json()["results"] == []
    assert ask(world.abe, his, body="Because", thread=question["id"]).status_code == 400
    assert api(world.abe).get(f"/api/v1/assignments/{hers['id']}/comments/").status_code == 404


@pytest.mark.parametrize(
    "body",
    [{"body": ""}, {"body": "  "}, {"kind": "answer", "body": "x"}, {"body": "x", "thread": "999999"}, {}],
)
def test_wrong_comments_are_refused(world: World, body: dict[str, str]) -> None:
    (row,) = hand_out(world.project, world.ann)
    assert ask(world.ann, row, **body).status_code == 400
    assert not Comment.objects.exists()


def test_threads_can_be_closed_by_those_who_comment(world: World) -> None:
    (row,) = hand_out(world.project, world.ann)
    question = ask(world.ann, row, kind="question", body="Why?").json()
    url = f"/api/v1/comments/{question['id']}/resolve/"
    assert api(world.ann).post(url).status_code == 403
    assert api(world.otto).post(url).status_code == 404
    assert api(world.eve).post(url).json()["resolved_at"] is not None
