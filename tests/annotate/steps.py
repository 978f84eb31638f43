"""What people do, in the words of these tests: over HTTP, as the browser does."""

import uuid
from typing import Any

from django.db import connection
from rest_framework.test import APIClient

from accounts.models import User
from annotate.models import Annotation
from projects.models import Project

POSITIVE: dict[str, Any] = {"sentiment": "positive"}
NEGATIVE: dict[str, Any] = {"sentiment": "negative"}


def api(user: User) -> APIClient:
    """A client that is signed in as this person."""
    client = APIClient()
    client.force_authenticate(user)
    return client


def hand_out(project: Project, user: User, count: int = 1) -> list[dict[str, Any]]:
    """The assignments that this person gets."""
    response = api(user).post(f"/api/v1/projects/{project.pk}/next/", {"count": count}, format="json")
    assert response.status_code == 200, response.content
    return list(response.json()["assignments"])


def submit(user: User, row: dict[str, Any], value: Any = None, key: str = "", **more: Any) -> Any:
    """The response to an answer."""
    return api(user).post(
        f"/api/v1/assignments/{row['id']}/submit/",
        {"value": POSITIVE if value is None else value, **more},
        format="json",
        headers={"Idempotency-Key": key or uuid.uuid4().hex},
    )


def is_extra(response: Any) -> bool:
    """Whether an answer that was just given came too late to count; its author is not told."""
    return Annotation.objects.get(pk=response.json()["annotation"]["id"]).is_extra


def answer(user: User, row: dict[str, Any], value: Any = None) -> int:
    """Submit and return the annotation's id."""
    response = submit(user, row, value)
    assert response.status_code == 201, response.content
    return int(response.json()["annotation"]["id"])


def texts(rows: list[dict[str, Any]]) -> list[str]:
    """What these assignments show."""
    return [row["media"]["text"]["text"] for row in rows]


def expire(row: dict[str, Any], minutes: int = 1) -> None:
    """Let a lease have run out so many minutes ago, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE annotate_assignment SET expires_at = now() - make_interval(mins => %s) WHERE id = %s",
            [minutes, int(row["id"])],
        )
