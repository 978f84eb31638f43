"""The part of a full run that looks at people: their figures, and reasons to look at their answers."""

from collections.abc import Sequence

from projects.models import Project
from quality.services.findings import find_reasons
from quality.services.given import load_given
from quality.services.inference import FieldFit
from quality.services.leaning import leans_of
from quality.services.reasons import dealt_with, keep_findings
from quality.services.watching import speeds, store_figures, watch_fields


def refresh_watch(project: Project, fits: Sequence[FieldFit]) -> None:
    """Figures of everybody and the reasons, from the arrays of the run and one more reading of the answers.

    Twice without new answers gives the same rows.
    """
    given = load_given(project)
    watched = watch_fields(fits, given)
    speed = speeds(given)
    store_figures(project, watched, given, speed, leans_of(fits))
    keep_findings(project, find_reasons(watched, given, speed, dealt_with(project)))
