"""The API's documentation as one page, made from the same schema that machines read."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from config import openapi

PREFIX = "/api/v1/"
EXTENSIONS = (openapi.BearerToken, openapi.Session)  # known to the generator once they are imported
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    anchor: str
    summary: str
    description: str
    parameters: list[dict[str, Any]]
    request: list[dict[str, Any]]
    answers: list[dict[str, str]]


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show every operation, grouped by what it is about."""
    return render(request, "api/docs.html", {"groups": groups()})


@lru_cache(maxsize=1)
def groups() -> dict[str, list[Operation]]:
    """Return the operations by the first noun of their path; the schema does not change while we run."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    found: dict[str, list[Operation]] = {}
    for path, methods in sorted(schema["paths"].items()):
        for method in METHODS:
            if method in methods:
                noun = path.removeprefix(PREFIX).partition("/")[0]
                found.setdefault(noun, []).append(operation(method, path, methods[method], schema))
    return found


def operation(method: str, path: str, raw: dict[str, Any], schema: dict[str, Any]) -> Operation:
    """Return what the page shows of one operation; the first line of its description is its summary."""
    summary, _, description = str(raw.get("description", "")).strip().partition("\n")
    return Operation(
        method=method.upper(),
        path=path,
        anchor=str(raw["operationId"]),
        summary=summary,
        description=description.strip(),
        parameters=[
            {"name": item["name"], "where": item["in"], "required": item.get("required", False)}
            | {"type": type_of(item.get("schema", {})), "text": item.get("description", "")}
            for item in raw.get("parameters", [])
        ],
        request=properties(body_of(raw.get("requestBody", {})), schema),
        answers=[
            {"code": code, "text": answer.get("description", ""), "type": type_of(body_of(answer))}
            for code, answer in raw.get("responses", {}).items()
        ],
    )


def body_of(raw: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a body, of its first content type."""
    contents = list(raw.get("content", {}).values())
    return dict(contents[0].get("schema", {})) if contents else {}


def properties(body: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the fields of a body; a reference is looked up among the schema's components."""
    name = str(body.get("$ref", "")).rpartition("/")[2]
    known = schema.get("components", {}).get("schemas", {})
    target = known.get(name, body)
    required = target.get("required", [])
    return [
        {
            "name": field,
            "type": type_of(raw),
            "required": field in required,
            "text": raw.get("description", ""),
        }
        for field, raw in target.get("properties", {}).items()
    ]


def type_of(raw: dict[str, Any]) -> str:
    """Return a short name for a type."""
    if "$ref" in raw:
        return str(raw["$ref"]).rpartition("/")[2]
    for combination in ("allOf", "oneOf", "anyOf"):
        if combination in raw:
            return " or ".join(type_of(part) for part in raw[combination])
    if raw.get("type") == "array":
        return f"list of {type_of(raw.get('items', {}))}"
    return str(raw.get("format") or raw.get("type") or "")
