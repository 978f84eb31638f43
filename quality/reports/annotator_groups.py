"""Figures by annotator group, for pages and the API: what the last full run found fit to be shown."""

from typing import Any

from annotate.pages.previews import class_titles
from labeltypes.base import Field
from projects.models import Project
from quality.services.annotator_groups import AGREEMENT, ERRORS, SHARE
from quality.services.fields import asked_fields
from quality.services.figures import GROUPS, stored_figure

FINDING = 0.05


def group_tables(project: Project) -> dict[str, Any]:
    """``questions``, each with its measures in words; empty where there is nothing to show."""
    stored = stored_figure(project, GROUPS) or {"questions": [], "tests": 0}
    fields = {asked.name: asked.field for asked in asked_fields(project)}
    for question in stored["questions"]:
        for measure in question["measures"]:
            measure["title"] = _title(measure, fields.get(measure["field"]))
            for row in measure["rows"]:
                row["differs"] = row["adjusted"] is not None and row["adjusted"] < FINDING
    return {"questions": stored["questions"], "tests": stored["tests"]}


def _title(measure: dict[str, Any], field: Field | None) -> str:
    """In the words of the ontology; a field that it no longer has keeps its name."""
    asked = field.title if field else measure["field"]
    label = class_titles([field] if field else []).get(measure["label"], measure["label"])
    return {
        SHARE: f"“{asked}”: share of “{label}”",
        AGREEMENT: f"“{asked}”: agreement with others",
        ERRORS: "Errors on gold",
    }[measure["kind"]]
