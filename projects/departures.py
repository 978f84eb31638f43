"""What somebody who leaves an organization had in its projects, put aside and given back."""

from datetime import datetime
from typing import Any

from accounts.models import Departure
from projects.models import Membership, Project
from projects.signals import expert_lost

KEY = "projects"


def put_aside(departure: Departure) -> None:
    """End all memberships in the organization's projects, and write down what they were."""
    rows = Membership.objects.filter(
        user=departure.user_id, project__organization=departure.organization_id
    ).order_by("pk")
    departure.kept[KEY] = [_as_json(row) for row in rows]
    left = [row.project for row in rows.filter(is_expert=True).select_related("project")]
    rows.delete()
    for project in left:
        expert_lost.send(sender=Membership, project=project)


def give_back(departure: Departure) -> None:
    """Make the memberships anew in all projects that are still there and do not have the person again."""
    kept: list[dict[str, Any]] = departure.kept.get(KEY, [])
    wanted = Project.objects.filter(
        organization=departure.organization_id, pk__in=[row["project"] for row in kept]
    ).exclude(memberships__user=departure.user_id)
    still_there = set(wanted.values_list("pk", flat=True))
    for row in kept:
        if row["project"] in still_there:
            _make(departure, row)


def _as_json(row: Membership) -> dict[str, Any]:
    return {
        "project": row.project_id,
        "role": row.role,
        "pseudonym": row.pseudonym,
        "paused_at": row.paused_at.isoformat() if row.paused_at else None,
        "pause_reason": row.pause_reason,
        "is_expert": row.is_expert,
        "joined_at": row.joined_at.isoformat(),
    }


def _make(departure: Departure, row: dict[str, Any]) -> None:
    made = Membership.objects.create(
        project_id=row["project"],
        user_id=departure.user_id,
        role=row["role"],
        pseudonym=row["pseudonym"],
        paused_at=datetime.fromisoformat(row["paused_at"]) if row["paused_at"] else None,
        pause_reason=row["pause_reason"],
        is_expert=row.get("is_expert", False),
    )
    Membership.objects.filter(pk=made.pk).update(joined_at=datetime.fromisoformat(row["joined_at"]))
