"""Figures by annotator group, for pages and the API: what the last full run found fit to be shown."""

from typing import Any

from projects.models import Project
from quality.services.annotator_groups import AGREEMENT, ERRORS, SHARE
from quality.services.fields import asked_fields
from quality.services.figures import GROUPS, stored_figure

FINDING = 0.05


def group_tables(project: Project) -> dict[str, Any]:
    """``questions``, each with its measures in words; empty where there is nothing to show."""
    stored = stored_figure(project, GROUPS) or {"questions": [], "tests": 0}
    titles = {asked.name: asked.field.title for asked in asked_fields(project)}
    for question in stored["questions"]:
        for measure in question["measures"]:
            measure["title"] = _title(measure, titles)
            for row in measure["rows"]:
                row["differs"] = row["adjusted"] is not None and row["adjusted"] < FINDING
    return {"questions": stored["questions"], "tests": stored["tests"]}


def _title(measure: dict[str, Any], titles: dict[str, str]) -> str:
    field = titles.get(measure["field"], measure["field"])
    return {
        SHARE: f"{field}: share of “{measure['label']}”",
        AGREEMENT: f"{field}: agreement with others",
        ERRORS: "Errors on gold",
    }[measure["kind"]]
