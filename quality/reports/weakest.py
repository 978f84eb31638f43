"""The class on which a person is worst: what overall accuracy hides when one class is rare."""

from django.db.models import F

from projects.models import Project
from quality.models import Trust
from quality.services.trust import CONSENSUS, GOLD, LEAST_JUDGED


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


def lowest_trust(project: Project) -> tuple[Trust, int] | None:
    """Of the members whose accuracy is known at all the row with the lowest upper bound, by gold where it is;
    and the id of their membership.

    In one query. None while nobody was judged often enough to be named.
    """
    rows = Trust.objects.filter(
        project=project, field="", label="", n__gte=LEAST_JUDGED, user__project_memberships__project=project
    )
    rows = rows.annotate(membership=F("user__project_memberships__pk"))
    known: dict[int, tuple[Trust, int]] = {}
    for row in rows.select_related("user").defer("confusion").order_by("pk"):
        if row.basis == GOLD or row.user_id not in known:
            known[row.user_id] = row, row.membership
    return min(known.values(), key=lambda pair: (pair[0].high, pair[0].user_id), default=None)
