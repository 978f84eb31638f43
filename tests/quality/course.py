"""People on their way to a certificate, in the words of the tests of qualification: over HTTP."""

import uuid
from datetime import timedelta
from typing import Any

from labeltypes.base import JsonObject
from projects.models import Membership
from quality.models import Certificate, QualificationAttempt
from quality.services.gold import GoldInput, make_many
from tests.annotate.steps import api
from tests.quality.crowd import Crowd, make_crowd

YES: JsonObject = {"follows": "yes"}
NO: JsonObject = {"follows": "no"}
PRACTICE, QUIZ = 2, 6


def make_course() -> Crowd:
    """Two people; two items to practice on, six for quizzes of three, all of them yes; twelve are work."""
    crowd = make_crowd(2, PRACTICE + QUIZ + 12, overlap=2)
    put_aside(crowd, range(PRACTICE), "practice")
    put_aside(crowd, range(PRACTICE, PRACTICE + QUIZ), "quiz")
    assert terms(crowd, on=True, quiz_length=3, pass_mark=0.6).status_code == 200
    crowd.project.refresh_from_db()
    return crowd


def put_aside(crowd: Crowd, which: range, use: str) -> None:
    tasks = [crowd.tasks[index] for index in which]
    items = [GoldInput(task.pk, [YES], explanation="Because it follows.") for task in tasks]
    make_many(project=crowd.project, items=items, by=None)
    body = {"tasks": [str(task.pk) for task in tasks], "use": use}
    response = api(boss(crowd)).post(address(crowd, "items/"), body, format="json")
    assert response.json()["changed"] == len(tasks)


def address(crowd: Crowd, part: str = "") -> str:
    return f"/api/v1/projects/{crowd.project.pk}/qualification/{part}"


def boss(crowd: Crowd) -> Any:
    return crowd.project.memberships.get(role="manager").user


def member(crowd: Crowd, person: int = 0) -> Membership:
    return Membership.objects.get(project=crowd.project, user=crowd.people[person])


def terms(crowd: Crowd, **changes: Any) -> Any:
    return api(boss(crowd)).put(address(crowd), changes, format="json")


def post(crowd: Crowd, part: str, body: Any = None, *, person: int = 0) -> Any:
    return api(crowd.people[person]).post(address(crowd, part), body or {}, format="json")


def submit(crowd: Crowd, row: Any, value: JsonObject, *, key: str = "", person: int = 0) -> Any:
    return api(crowd.people[person]).post(
        f"/api/v1/qualification-items/{row['id']}/submit/",
        {"value": value, "seconds": 4, "next": 1},
        format="json",
        headers={"Idempotency-Key": key or uuid.uuid4().hex},
    )


def draws(crowd: Crowd, person: int = 0) -> Any:
    url = f"/api/v1/projects/{crowd.project.pk}/next/"
    return api(crowd.people[person]).post(url, {"count": 2}, format="json").json()


def go_through(crowd: Crowd, shown: Any, values: list[JsonObject], *, person: int = 0) -> Any:
    """Answer one item after the other; what was shown after the last."""
    for value in values:
        response = submit(crowd, shown["assignments"][0], value, person=person)
        assert response.status_code == 201, response.content
        shown = response.json()
    return shown


def practice(crowd: Crowd, person: int = 0) -> None:
    go_through(crowd, post(crowd, "next/", person=person).json(), [YES] * PRACTICE, person=person)


def take_quiz(crowd: Crowd, values: list[JsonObject], person: int = 0) -> Any:
    return go_through(crowd, post(crowd, "quiz/", person=person).json(), values, person=person)["course"]


def decide(crowd: Crowd, action: str, *, person: int = 0, by: Any = None, reason: str = "Because.") -> Any:
    body = {"user": str(crowd.people[person].pk), "action": action, "reason": reason}
    return api(by or boss(crowd)).post(address(crowd, "people/"), body, format="json")


def state(crowd: Crowd, person: int = 0) -> Any:
    rows = api(boss(crowd)).get(address(crowd, "people/")).json()["results"]
    return next(row for row in rows if row["user"] == str(crowd.people[person].pk))


def later(**by: float) -> None:
    """Let every certificate and attempt be so much older."""
    back = timedelta(**by)
    for row in Certificate.objects.all():
        row.granted_at, row.expires_at = row.granted_at - back, row.expires_at and row.expires_at - back
        row.save()
        Membership.objects.filter(project=row.project_id, user=row.user_id).update(
            certified_until=row.expires_at
        )
    for attempt in QualificationAttempt.objects.filter(finished_at__isnull=False):
        attempt.finished_at = attempt.finished_at and attempt.finished_at - back
        attempt.save()
