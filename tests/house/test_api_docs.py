"""The API's own documentation."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from config.api_docs import PREFIX, groups

pytestmark = pytest.mark.django_db


def test_it_works(client: Client) -> None:
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert b"GET /api/v1/projects/" in page.content


def test_the_schema_is_openapi_3_and_knows_how_to_sign_in(client: Client) -> None:
    schema = client.get("/api/v1/schema/", {"format": "json"}).json()
    assert schema["openapi"].startswith("3.")
    assert set(schema["components"]["securitySchemes"]) == {"token", "session"}


def test_the_schema_comes_without_a_warning(tmp_path: Path) -> None:
    """A warning means that clients made from the schema get a wrong type, or a name that changes."""
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))


def test_every_operation_says_what_it_does_and_no_other_does_the_same() -> None:
    said: dict[str, list[str]] = {}
    for operations in groups().values():
        for one in operations:
            if one.path.startswith(PREFIX):
                said.setdefault(one.summary, []).append(f"{one.method} {one.path}")
    assert "" not in said
    assert {summary: where for summary, where in said.items() if len(where) > 1} == {}
    assert [summary for summary in said if not summary.endswith(".")] == []
