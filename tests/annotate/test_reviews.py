"""The review queue, verdicts, rework, undo, adjudication."""

import pytest

from annotate import outbox
from annotate.models import Annotation, Assignment, Notice, QueueEntry, Review, ReviewEntry, ReviewReason
from annotate.services.reviews import request_review
from projects.models import TaskSummary
from tests.annotate.steps import NEGATIVE, POSITIVE, answer, api, expire, hand_out, is_extra, submit
from tests.world import World, make_tasks, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    world = make_world()
    make_tasks(world.project, ["a", "b"])
    return world


@pytest.fixture
def head(world: World) -> Annotation:
    """Ann's answer, waiting for a reviewer."""
    (row,) = hand_out(world.project, world.ann)
    found = Annotation.objects.get(pk=answer(world.ann, row))
    assert request_review(annotation=found, reason=ReviewReason.LOW_AGREEMENT, detail=0.42)
    return found


def judge(user, head, verdict, **more):
    return api(user).post(
        f"/api/v1/annotations/{head.pk}/reviews/", {"verdict": verdict, **more}, format="json"
    )


def undo(user, head):
    return api(user).delete(f"/api/v1/annotations/{head.pk}/reviews/")


def queue(user, world, **query):
    return api(user).get(f"/api/v1/projects/{world.project.pk}/reviews/", query)


def summary(head) -> TaskSummary:
    return TaskSummary.objects.get(pk=head.task_id)


def counts(head) -> tuple[int, int, int]:
    entry = QueueEntry.objects.get(pk=head.task_id)
    return entry.taken, entry.answered, summary(head).answers


def test_it_works(world: World, head: Annotation) -> None:
    (entry,) = queue(world.rita, world).json()["results"]
    assert (entry["reason"], entry["detail"], entry["author"]["name"]) == ("low_agreement", 0.42, "Ann")
    assert summary(head).state == "review"
    assert judge(world.rita, head, "accept").status_code == 201
    done = summary(head)
    assert (done.state, done.value, done.source, done.classes) == ("done", POSITIVE, "review", ["positive"])
    assert not QueueEntry.objects.get(pk=head.task_id).is_open
    assert queue(world.rita, world).json()["results"] == []


def test_a_request_twice_is_one_entry(world: World, head: Annotation) -> None:
    assert not request_review(annotation=head, reason=ReviewReason.RANDOM)
    assert ReviewEntry.objects.count() == 1


def test_nobody_reviews_their_own_work(world: World) -> None:
    (row,) = hand_out(world.project, world.rita)
    own = Annotation.objects.get(pk=answer(world.rita, row))
    request_review(annotation=own, reason=ReviewReason.RANDOM)
    assert judge(world.rita, own, "accept").json()["error"]["code"] == "own_work"
    assert queue(world.rita, world).json()["results"] == []
    assert len(queue(world.max, world).json()["results"]) == 1


def test_annotators_do_not_review(world: World, head: Annotation) -> None:
    assert judge(world.abe, head, "accept").status_code == 403
    assert queue(world.abe, world).status_code == 403
    assert judge(world.otto, head, "accept").status_code == 404


@pytest.mark.parametrize(
    ("verdict", "more", "path"),
    [
        ("fix", {}, "value"),
        ("accept", {"value": POSITIVE}, "value"),
        ("reject", {}, "code"),
        ("maybe", {}, "verdict"),
        ("fix", {"value": {"sentiment": "x"}}, "sentiment"),
    ],
)
def test_an_incomplete_verdict_is_refused(world: World, head: Annotation, verdict, more, path) -> None:
    response = judge(world.rita, head, verdict, **more)
    assert response.status_code == 400
    assert response.json()["error"]["fields"][0]["path"] == path
    assert summary(head).state == "review"


def test_a_verdict_is_given_once(world: World, head: Annotation) -> None:
    judge(world.rita, head, "accept")
    assert judge(world.max, head, "reject", code="wrong").json()["error"]["code"] == "reviewed"


@pytest.mark.parametrize(
    ("verdict", "more"),
    [
        ("accept", {}),
        ("fix", {"value": NEGATIVE}),
        ("reject", {"code": "wrong class", "comment": "Look again", "pin": {"field": "sentiment"}}),
    ],
)
def test_the_same_verdict_sent_again_is_that_verdict(world: World, head: Annotation, verdict, more) -> None:
    """The answer of the server was lost on its way; another verdict is refused all the same."""
    first = judge(world.rita, head, verdict, version=1, **more)
    again = judge(world.rita, head, verdict, version=1, **more)
    assert (again.status_code, again.json()) == (201, first.json())
    assert Review.objects.count() == 1
    other = {"accept": ("reject", {"code": "other"})}.get(verdict, ("accept", {}))
    assert judge(world.rita, head, other[0], **other[1]).status_code == 409
    assert judge(world.max, head, verdict, version=1, **more).status_code == 409


def test_a_verdict_on_an_older_version_shows_the_newer(world: World, head: Annotation) -> None:
    api(world.ann).patch(f"/api/v1/annotations/{head.pk}/", {"value": NEGATIVE, "base": 1}, format="json")
    response = judge(world.rita, head, "accept", version=1)
    assert (response.status_code, response.json()["current"]["value"]) == (409, NEGATIVE)


def test_a_fix_is_the_reviewers_own_answer(world: World, head: Annotation) -> None:
    assert judge(world.rita, head, "fix", value=NEGATIVE).status_code == 201
    head.refresh_from_db()
    fix = Annotation.objects.get(is_fix=True)
    assert (head.value, fix.value, fix.user) == (POSITIVE, NEGATIVE, world.rita)
    assert (summary(head).value, summary(head).source, summary(head).state) == (NEGATIVE, "review", "done")
    assert summary(head).answers == 1


def test_rejected_work_goes_back_and_returns(world: World, head: Annotation) -> None:
    pin = {"field": "sentiment"}
    judge(world.rita, head, "reject", code="wrong_class", comment="Read the end", pin=pin)
    assert summary(head).state == "rework"
    assert counts(head) == (1, 0, 0)
    notice = Notice.objects.get()
    assert (notice.user, notice.kind, notice.text) == (world.ann, "rework", "Read the end")
    rows = hand_out(world.project, world.ann, 2)
    assert rows[0]["rework"]["value"] == POSITIVE
    assert rows[0]["rework"]["reviews"] == [{"code": "wrong_class", "comment": "Read the end", "pin": pin}]
    assert rows[1]["rework"] is None
    answer(world.ann, rows[0], NEGATIVE)
    head.refresh_from_db()
    assert (head.version, head.value, head.rejected_at) == (2, NEGATIVE, None)
    assert counts(head) == (1, 1, 1)
    assert summary(head).state == "review"
    assert ReviewEntry.objects.get(closed_at=None).reason == "resubmitted"
    assert list(head.versions.order_by("version").values_list("drawn", flat=True)) == ["random", "rework"]


def test_rework_past_its_deadline_frees_the_slot(world: World, head: Annotation) -> None:
    judge(world.rita, head, "reject", code="wrong")
    row = hand_out(world.project, world.ann)[0]
    expire(row)
    hand_out(world.project, world.abe, 5)
    assert summary(head).state == "open"
    assert Assignment.objects.get(task=head.task_id, user=world.abe).state == "active"
    assert row["id"] not in [mine["id"] for mine in hand_out(world.project, world.ann, 5)]
    assert is_extra(submit(world.ann, row, NEGATIVE))


def test_undoing_each_verdict(world: World, head: Annotation) -> None:
    for verdict, more in (("accept", {}), ("fix", {"value": NEGATIVE}), ("reject", {"code": "wrong"})):
        assert judge(world.rita, head, verdict, **more).status_code == 201
        assert undo(world.rita, head).status_code == 200
        assert (summary(head).state, summary(head).source, summary(head).value) == ("review", "", None)
        assert counts(head) == (1, 1, 1)
        assert ReviewEntry.objects.filter(closed_at=None).count() == 1
    assert not Notice.objects.exists()
    assert not Annotation.objects.filter(is_fix=True, discarded_at=None).exists()
    assert undo(world.rita, head).json()["error"]["code"] == "no_verdict"


def test_only_the_reviewer_or_a_manager_undoes(world: World, head: Annotation) -> None:
    judge(world.max, head, "accept")
    assert undo(world.rita, head).status_code == 403
    assert undo(world.olga, head).status_code == 200


def test_no_undo_after_the_author_answered_again(world: World, head: Annotation) -> None:
    judge(world.rita, head, "reject", code="wrong")
    answer(world.ann, hand_out(world.project, world.ann)[0], NEGATIVE)
    assert undo(world.rita, head).status_code == 409
    assert Review.objects.get().undone_at is None


def test_bulk_accept_names_what_it_could_not(world: World, head: Annotation) -> None:
    (row,) = hand_out(world.project, world.rita)
    own = answer(world.rita, row)
    url = f"/api/v1/projects/{world.project.pk}/reviews/"
    body = api(world.rita).post(url, {"annotations": [str(head.pk), str(own)]}, format="json").json()
    assert body["accepted"] == 1
    assert [refused["annotation"] for refused in body["refused"]] == [str(own)]


def test_bulk_accept_is_all_or_nothing_about_foreign_ids(world: World, head: Annotation) -> None:
    url = f"/api/v1/projects/{world.project.pk}/reviews/"
    response = api(world.rita).post(url, {"annotations": [str(head.pk), "999999"]}, format="json")
    assert response.status_code == 400
    assert summary(head).state == "review"


def test_filters_of_the_review_queue(world: World, head: Annotation) -> None:
    for query, found in (
        ({"author": world.ann.pk}, 1),
        ({"author": world.abe.pk}, 0),
        ({"class": "positive"}, 1),
        ({"class": "negative"}, 0),
        ({"reason": "low_agreement"}, 1),
        ({"reason": "random"}, 0),
        ({"author": "nobody"}, 0),
    ):
        assert len(queue(world.rita, world, **query).json()["results"]) == found, query
    assert queue(world.rita, world, reason="x").status_code == 400
    assert queue(world.rita, world, task="1").status_code == 400


def test_blind_review_hides_authors(world: World, head: Annotation) -> None:
    world.project.blind_review = True
    world.project.save()
    (entry,) = queue(world.rita, world).json()["results"]
    assert entry["author"] is None
    assert queue(world.rita, world, author=world.ann.pk).status_code == 400
    listed = api(world.rita).get(f"/api/v1/projects/{world.project.pk}/annotations/").json()["results"]
    assert listed[0]["person"] is None
    assert "Ann" not in str(listed)


def test_a_share_of_answers_is_drawn_and_always_the_same() -> None:
    from annotate.consumers import is_drawn

    drawn = [number for number in range(10_000) if is_drawn(1, number, 0.1)]
    assert 900 < len(drawn) < 1_100
    assert drawn == [number for number in range(10_000) if is_drawn(1, number, 0.1)]
    assert set(drawn) <= {number for number in range(10_000) if is_drawn(1, number, 0.3)}
    assert not any(is_drawn(1, number, 0.0) for number in range(100))
    assert all(is_drawn(1, number, 1.0) for number in range(100))


def test_the_share_reaches_the_queue_after_the_commit() -> None:
    world = make_world(review_share=1.0)
    make_tasks(world.project, 1)
    head = Annotation.objects.get(pk=answer(world.ann, hand_out(world.project, world.ann)[0]))
    assert not ReviewEntry.objects.exists()
    outbox.drain()
    assert ReviewEntry.objects.get().reason == "random"
    assert summary(head).state == "review"


def adjudicate(user, head, **body):
    return api(user).post(f"/api/v1/tasks/{head.task_id}/adjudication/", body, format="json")


def test_adjudication_stands_above_review(world: World, head: Annotation) -> None:
    assert adjudicate(world.rita, head, value=NEGATIVE, reason="Sarcasm").status_code == 201
    assert (summary(head).state, summary(head).value) == ("done", NEGATIVE)
    assert not ReviewEntry.objects.filter(closed_at=None).exists()
    judge(world.rita, head, "accept")
    assert (summary(head).source, summary(head).value) == ("adjudication", NEGATIVE)
    assert adjudicate(world.max, head, annotation=str(head.pk)).status_code == 201
    assert summary(head).value == POSITIVE
    assert api(world.max).delete(f"/api/v1/tasks/{head.task_id}/adjudication/").status_code == 204
    assert (summary(head).source, summary(head).value) == ("review", POSITIVE)


def test_a_decision_sent_again_changes_nothing(world: World, head: Annotation) -> None:
    first, again = (adjudicate(world.rita, head, value=NEGATIVE, instead_of=None) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()


def test_a_decision_that_nobody_saw_is_not_overwritten(world: World, head: Annotation) -> None:
    """Kept in a browser without a connection, it comes after somebody else has decided."""
    other = adjudicate(world.max, head, value=POSITIVE).json()["id"]
    late = adjudicate(world.rita, head, value=NEGATIVE, instead_of=None)
    assert (late.status_code, late.json()["error"]["code"]) == (409, "decided")
    assert summary(head).value == POSITIVE
    assert adjudicate(world.rita, head, value=NEGATIVE, instead_of=other).status_code == 201
    assert summary(head).value == NEGATIVE


def test_adjudication_refusals(world: World, head: Annotation) -> None:
    assert adjudicate(world.rita, head).status_code == 400
    assert adjudicate(world.rita, head, value=POSITIVE, annotation=str(head.pk)).status_code == 400
    assert adjudicate(world.rita, head, annotation="999999").status_code == 400
    assert adjudicate(world.rita, head, value={"sentiment": "x"}).status_code == 400
    assert adjudicate(world.abe, head, value=POSITIVE).status_code == 403
    assert adjudicate(world.otto, head, value=POSITIVE).status_code == 404
    own = Annotation.objects.get(pk=answer(world.max, hand_out(world.project, world.max)[0]))
    assert adjudicate(world.max, own, annotation=str(own.pk)).json()["error"]["code"] == "own_work"


def test_withdrawing_leaves_the_task_to_consensus(world: World, head: Annotation) -> None:
    adjudicate(world.rita, head, value=NEGATIVE)
    api(world.rita).delete(f"/api/v1/tasks/{head.task_id}/adjudication/")
    assert (summary(head).state, summary(head).source, summary(head).value) == ("answered", "", None)
