"""Probes."""

import pytest
from django.test import Client


def test_it_works(client: Client) -> None:
    assert client.get("/healthz").content == b"ok"


@pytest.mark.django_db
def test_ready_names_what_is_down(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "migrations": "ok", "redis": "ok", "worker": "down"}
