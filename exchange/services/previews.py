"""A look at a file before it is imported: its first rows, and a guess where its columns go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.errors import DomainError, FieldError
from annotate.versions import ontology_of
from exchange.importing.plan import ITEMS, Plan, check_plan
from exchange.importing.rows import Checker
from exchange.services.imports import check_ready, fill_plan
from exchange.services.uploads import Upload, local_copy
from formats.incoming import FormatError, Imported, Preview, Refused
from formats.reading import preview, read
from labeltypes.base import Field
from labeltypes.ontology import Ontology
from projects.models import Project

ROWS = 20
# Types whose answers stand in a cell as they are; those of all others are JSON.
PLAIN = ("text",)
TEXT_NAMES = ("text", "content", "message", "body", "sentence", "review", "comment", "document")


@dataclass(frozen=True)
class Look:
    """What the import page shows. ``problems``: of the first rows, as the import would report them."""

    plan: Plan
    preview: Preview
    mapping: Mapping[str, Mapping[str, Any]] | None
    problems: Sequence[Refused]
    hints: Sequence[str]


def look_at(*, project: Project, upload: Upload, plan: Plan) -> Look:
    """Read the first rows of an upload. Raises DomainError for wrong options, never for content."""
    ontology = ontology_of(check_ready(project)).ontology
    plan = fill_plan(plan, upload, project)
    check_plan(plan, ontology)
    if plan.format == ITEMS:
        raise DomainError("Choose a format.", fields=[FieldError("format", "is not that of a file")])
    with local_copy(upload.path) as path:
        try:
            found = preview(path, plan.read_options, ROWS)
            mapping = plan.mapping or (None if found.native else guess_mapping(found.columns, ontology))
            plan = Plan(**{**plan.as_params(), "mapping": mapping})
            problems = [*found.problems] if not found.rows else _dry_run(project, plan, path)
        except FormatError as error:
            raise DomainError(
                "This file cannot be read so.", fields=[FieldError("file", str(error))]
            ) from error
    return Look(plan, found, mapping, problems, _hints(found.columns, ontology, mapping))


def _dry_run(project: Project, plan: Plan, path: Any) -> list[Refused]:
    """What the import would say of the first rows; images are looked at only when it is made."""
    if plan.columns is not None and not any(one.kind == "data" for one in plan.columns.columns.values()):
        return [Refused(0, "", "no column goes to the data yet")]
    items: list[Imported] = []
    problems: list[Refused] = []
    for row, _ in zip(read(path, plan.columns, plan.read_options), range(ROWS), strict=False):
        if isinstance(row, Refused):
            problems.append(row)
        elif not row.files:
            items.append(row)
    _, bad = Checker(project, project.ontology_id or 0, None).check(items)
    return sorted(problems + bad, key=lambda one: one.row)


def guess_mapping(columns: Sequence[str], ontology: Ontology) -> dict[str, dict[str, Any]]:
    """Where columns probably go, by their names: what the ontology shows → data, ``id`` → external id,
    ``gold.x`` and ``prediction.x`` → answers, names of fields → nowhere (people decide), all others → meta.
    """
    fields = {field.name: field for field in ontology.fields}
    guessed = {column: _guess(column.strip(), fields) for column in columns}
    for spec in ontology.media:
        if column := _column_for(spec.source, spec.kind, columns, guessed):
            guessed[column] = {"to": "data", "name": spec.source}
    return _once(guessed)


def _guess(column: str, fields: Mapping[str, Field]) -> dict[str, Any]:
    lowered = column.lower()
    if lowered in ("id", "external_id", "externalid"):
        return {"to": "id"}
    for kind in ("gold", "prediction"):
        name = column[len(kind) + 1 :]
        if lowered.startswith(f"{kind}.") and name in fields:
            return {"to": kind, "name": name, "json": not is_plain(fields[name])}
    if column in fields or not column:
        return {"to": "ignore"}
    return {"to": "meta", "name": column.removeprefix("meta.").removeprefix("data.") or column}


def is_plain(field: Field) -> bool:
    """Whether a cell is the answer itself: text, or the name of one choice."""
    return field.type in PLAIN or (field.type == "choice" and not field.flag("multiple"))


def _column_for(
    source: str, kind: str, columns: Sequence[str], guessed: Mapping[str, Mapping[str, Any]]
) -> str | None:
    """The column that holds what a medium shows: by its name, else by a usual one, else the only one left."""
    free = [column for column in columns if guessed[column]["to"] == "meta"]
    for wanted in ({source.lower(), f"data.{source.lower()}"}, set(TEXT_NAMES) if kind == "text" else {kind}):
        for column in columns:
            if column.strip().lower() in wanted and guessed[column]["to"] in ("meta", "ignore"):
                return column
    return free[0] if len(free) == 1 else None


def _once(guessed: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """No place twice: the second column that would go there is left out."""
    taken: set[tuple[str, str]] = set()
    for column, one in guessed.items():
        place = (one["to"], one.get("name", ""))
        if one["to"] != "ignore" and place in taken:
            guessed[column] = {"to": "ignore"}
        taken.add(place)
    return guessed


def _hints(
    columns: Sequence[str], ontology: Ontology, mapping: Mapping[str, Mapping[str, Any]] | None
) -> list[str]:
    names = {field.name for field in ontology.fields}
    return [
        f"Column “{column}” is named like a field. Is it a known answer (gold) or a model's (prediction)?"
        for column in columns
        if mapping is not None and column in names and mapping.get(column, {}).get("to") == "ignore"
    ]
