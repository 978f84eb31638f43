"""New versions of a project's guideline, and who has read them."""

from django.db import transaction
from django.db.models import Max

from accounts.audit import record
from accounts.errors import DomainError, FieldError
from accounts.models import User
from accounts.statements import Prepared
from projects.models import Guideline, GuidelineAcknowledgement, Project
from projects.signals import guideline_published

LONGEST = 200_000

# By hand, because it is asked with every item that is handed out (a part of that statement), and the text may
# be long.
IS_UNREAD = r"""EXISTS (SELECT 1 FROM projects_guideline g
    WHERE g.id = %(guideline)s AND g.body ~ '\S' AND NOT EXISTS (
        SELECT 1 FROM projects_guidelineacknowledgement k
        WHERE k.guideline_id = g.id AND k.user_id = %(user)s))"""
UNREAD = Prepared("guideline_unread", f"SELECT {IS_UNREAD}", guideline="bigint", user="bigint")


@transaction.atomic
def add_guideline(*, project: Project, body: str, by: User, note: str = "") -> Guideline:
    """Save a new version and make it current; people are asked to acknowledge it before they go on."""
    if len(body) > LONGEST:
        raise DomainError(
            "The guideline is too long.",
            fields=[FieldError("body", f"at most {LONGEST} characters")],
        )
    if "\x00" in body:
        raise DomainError(
            "The guideline is not valid.",
            fields=[FieldError("body", "contains a NUL character")],
        )
    Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    newest = project.guidelines.aggregate(Max("version"))["version__max"] or 0
    first = project.guideline_id is None
    guideline = Guideline.objects.create(
        project=project, version=newest + 1, body=body, note=note, created_by=by
    )
    project.guideline = guideline
    project.save(update_fields=["guideline"])
    if not first:
        guideline_published.send(sender=Project, project=project, guideline=guideline, by=by)
    record(
        organization=project.organization_id,
        actor=by,
        verb="guideline.published",
        subject=f"version {guideline.version}",
        project_id=project.pk,
    )
    return guideline


def acknowledge_guideline(*, guideline: Guideline, user: User) -> None:
    """Note that this person has read this version; twice changes nothing."""
    GuidelineAcknowledgement.objects.get_or_create(
        guideline=guideline, user=user, defaults={"project_id": guideline.project_id}
    )


def needs_acknowledgement(project: Project, user: User) -> bool:
    """Whether this person has the newest guideline still to read. An empty first one needs no reading."""
    if project.guideline_id is None:
        return False
    return bool(UNREAD.rows({"guideline": project.guideline_id, "user": user.pk})[0][0])
