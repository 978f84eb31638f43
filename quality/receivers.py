"""What quality does when the floors below announce something."""

from typing import Any

from projects.jobs import start_job
from projects.models import Project
from projects.signals import ontology_published
from quality.services.full_run import JOB


def connect() -> None:
    """Called once at start-up."""
    ontology_published.connect(rebuild_under_new_ontology, dispatch_uid="quality.ontology")


def rebuild_under_new_ontology(*, project: Project, old: Any, **_: Any) -> None:
    """Votes and consensus are readings under an ontology: a new version means reading all answers anew."""
    if old is not None:
        start_job(project=project, kind=JOB, by=None, params={"rebuild_votes": True})
