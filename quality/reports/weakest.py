"""The class on which a person is worst: what overall accuracy hides when one class is rare."""

from projects.models import Project
from quality.models import Trust
from quality.services.trust import CONSENSUS


def weakest_classes(project: Project, field: str = "") -> dict[int, Trust]:
    """Per user id their class with the lowest upper bound of accuracy by consensus; of one field, or of all.

    Somebody who always gives the most frequent answer looks right most of the time; the upper bound on the
    other class is what gives them away, and few judgements leave it high.
    """
    rows = Trust.objects.filter(project=project, basis=CONSENSUS).exclude(field="").exclude(label="")
    if field:
        rows = rows.filter(field=field)
    lowest = rows.order_by("user_id", "high", "pk").distinct("user_id").defer("confusion")
    return {row.user_id: row for row in lowest}
