"""The review page: the queue of answers that deserve a second look, or one task to decide."""

from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.access import clean_id
from accounts.errors import Forbidden, Missing
from accounts.models import User
from accounts.page_tools import SignedInRequest, page
from annotate.api.people import hides_authors
from annotate.api.review_payload import entry_payload, reviewable, task_payload
from annotate.api.review_rows import entry_rows
from annotate.api.seeded_reviews import find_seeded, seeded_payload
from annotate.models import Review, ReviewEntry, ReviewReason, SeededAnswer
from annotate.pages.label import modules_for
from annotate.querysets import ReviewEntryQuerySet
from labeltypes.ontology import Ontology
from projects.access import Capability, ProjectAccess, access_project
from projects.models import Task

ENTRY = "js/pages/review/index.js"
FIRST_ROWS = 50
MOST_TODAY = 2_000  # reviews by one person since midnight
COUNTED = 10_000  # of what waits; more is said to be more
MOST_CLASSES = 500
# Code, what people read, what it means. Authors are shown the code as it is, so it is made of words.
CODES: tuple[tuple[str, str, str], ...] = (
    ("wrong class", "Wrong class", "The right place or thing, the wrong name"),
    ("missing", "Something is missing", "An object, span or answer that should be there"),
    ("too much", "Something too much", "Marked or said what is not there"),
    ("not accurate", "Not accurate", "The place, the extent or the number is off"),
    ("wrong attribute", "Wrong attribute", "Class and place are right"),
    ("against the guideline", "Against the guideline", "Correct as such, but not how we do it"),
    ("careless", "Looks careless", "Please take the time this needs"),
    ("other", "Something else", "Say it in the comment"),
)
# From author to author through the index: as many steps as people, however many answers wait.
AUTHORS = """
WITH RECURSIVE found AS (
    (SELECT author_id FROM annotate_reviewentry
     WHERE project_id = %(project)s AND closed_at IS NULL AND author_id IS NOT NULL
     ORDER BY author_id LIMIT 1)
    UNION ALL
    SELECT (SELECT author_id FROM annotate_reviewentry
            WHERE project_id = %(project)s AND closed_at IS NULL AND author_id > found.author_id
            ORDER BY author_id LIMIT 1)
    FROM found WHERE author_id IS NOT NULL
)
SELECT author_id FROM found WHERE author_id IS NOT NULL
"""
REASONS = {
    ReviewReason.RANDOM: "Random",
    ReviewReason.LOW_AGREEMENT: "Low agreement",
    ReviewReason.LOW_TRUST: "Low trust or new person",
    ReviewReason.RESUBMITTED: "Resubmitted",
    ReviewReason.REQUESTED: "Requested",
}


@page
def review(request: SignedInRequest, project_id: str) -> HttpResponse:
    """The page with the first rows and the first entry in it, so that nothing has to be waited for."""
    access = access_project(request, project_id)
    filters = read_filters(request, access)
    is_blind = hides_authors(access)
    waiting = ReviewEntry.shown.waiting(access.project.pk, reviewer_id=access.user.pk, is_blind=is_blind)
    version = access.project.ontology
    ontology = version.parsed() if version else None
    boot = {
        **_shown(request, access, waiting, filters),
        "user": str(access.user.pk),
        "name": access.user.display_name,
        "project": {"id": str(access.project.pk), "name": access.project.name},
        "ontology": {"version": version.version, "definition": ontology.to_json()}
        if version and ontology
        else None,
        "filters": filters,
        "today": reviewed_today(access),
        "preferences": access.user.preferences,
        "can_decide": access.can(Capability.JUDGE),
        "urls": urls(access.project.pk),
    }
    context = {
        "project": access.project,
        "boot": boot,
        "modules": [*(modules_for(ontology) if ontology else []), ENTRY],
        "codes": CODES,
        "reasons": REASONS.items(),
        "authors": _authors(access),
        "classes": class_names(ontology) if ontology and not access.is_withheld else [],
        "can_configure": access.can(Capability.CONFIGURE),
        "fills": what_fills(access),
        "exit_url": reverse("project-overview", kwargs={"project_id": access.project.pk}),
    }
    return render(request, "annotate/review.html", context)


def read_filters(request: SignedInRequest, access: ProjectAccess) -> dict[str, str]:
    """The filters in the address that make sense to this person; what is unknown is left out."""
    query = request.GET
    found: dict[str, str] = {}
    if query.get("reason") in ReviewReason.values:
        found["reason"] = query["reason"]
    if query.get("class") and not access.is_withheld:
        found["class"] = query["class"][:200]
    if query.get("author", "").isdigit() and not hides_authors(access):
        found["author"] = query["author"][:18]
    return found


def _shown(
    request: SignedInRequest, access: ProjectAccess, waiting: ReviewEntryQuerySet, filters: dict[str, str]
) -> dict[str, Any]:
    """Rows of the queue and the entry or task to begin with."""
    rows = waiting.narrowed(
        author=int(filters["author"]) if "author" in filters else None,
        class_name=filters.get("class"),
        reason=filters.get("reason"),
    )
    entries = list(rows.select_related("author", "task").order_by("id")[:FIRST_ROWS])
    waiting_now = rows[: COUNTED + 1].count() if len(entries) == FIRST_ROWS else len(entries)
    shown: dict[str, Any] = {
        "entries": entry_rows(entries, access),
        "waiting": min(waiting_now, COUNTED),
        "more": waiting_now > COUNTED,
        "first": None,
    }
    if "task" in request.GET and not access.can(Capability.JUDGE):
        raise Forbidden("Your role in this project does not allow this.")
    if "task" in request.GET:
        tasks = Task.objects.filter(project=access.project).select_related("summary")
        task = tasks.filter(pk=clean_id(request.GET["task"])).first()
        if task is None:
            raise Missing
        return {**shown, "first": task_payload(task, access)}
    return {**shown, "first": _first(request, access, entries)}


def _first(
    request: SignedInRequest, access: ProjectAccess, entries: list[ReviewEntry]
) -> dict[str, Any] | None:
    """The answer that the address names, else the first that waits."""
    first = (entries[0].annotation_id or entries[0].seeded_id) if entries else None
    wanted = request.GET.get("answer") or first
    if wanted is None:
        return None
    rows = reviewable(access).exclude(user=access.user)
    head = rows.select_related("task__summary").filter(pk=clean_id(wanted)).first()
    if head is None:
        return seeded_payload(find_seeded(access, wanted), access)
    return entry_payload(head, access)


def _authors(access: ProjectAccess) -> list[dict[str, str]]:
    """Whose answers wait, by name; nobody in blind review."""
    if hides_authors(access):
        return []
    with connection.cursor() as cursor:
        cursor.execute(AUTHORS, {"project": access.project.pk})
        ids = {row[0] for row in cursor.fetchall()} - {access.user.pk}
    people = User.objects.filter(pk__in=ids).order_by("name")
    return [{"id": str(one.pk), "name": one.display_name} for one in people]


def class_names(ontology: Ontology) -> list[str]:
    """The options and classes of all fields, each once, in the ontology's order; at most ``MOST_CLASSES``."""
    definition: Any = ontology.to_json()
    names = [
        str(one["name"])
        for field in definition["fields"]
        for one in [*field.get("options", []), *field.get("classes", [])]
    ]
    return list(dict.fromkeys(names))[:MOST_CLASSES]


def reviewed_today(access: ProjectAccess) -> int:
    """Verdicts of this person since midnight (UTC) that stand, among their newest ``MOST_TODAY``."""
    rows = Review.objects.filter(project=access.project, reviewer=access.user).order_by("-id")
    newest = rows.values("created_at", "undone_at")[:MOST_TODAY]
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    today = Count("created_at", filter=Q(created_at__gte=midnight, undone_at__isnull=True))
    seeded = SeededAnswer.objects.filter(
        project=access.project, reviewer=access.user, judged_at__gte=midnight
    )
    return int(newest.aggregate(n=today)["n"]) + seeded.count()


def what_fills(access: ProjectAccess) -> list[str]:
    """What sends answers to this queue under the project's plan, in sentences."""
    project = access.project
    plan = [
        (project.review_share, f"A random {project.review_share:.0%} of all answers."),
        (
            project.review_below_agreement,
            f"Tasks on which people agree less than {project.review_below_agreement:g}.",
        ),
        (project.review_below_trust, f"Answers of people trusted less than {project.review_below_trust:g}."),
    ]
    always = ["Answers that were sent back and came again.", "Whatever is sent to review from the task list."]
    return [text for share, text in plan if share] + always


def urls(project_id: int) -> dict[str, str]:
    """Addresses the scripts use; ``{}`` stands for an id or a version."""
    here = {"project_id": project_id}
    api = reverse("api-review-queue", kwargs=here)
    tasks = reverse("api-task-review", kwargs={"task_id": 0}).replace("/0/review/", "/{}/")
    return {
        "page": reverse("review", kwargs=here),
        "queue": api,
        "entry": f"{api}{{}}/",
        "verdicts": reverse("api-reviews", kwargs={"annotation_id": 0}).replace("/0/", "/{}/"),
        "task": f"{tasks}review/",
        "decision": f"{tasks}adjudication/",
        "comments": f"{tasks}comments/",
        "ontology": f"{reverse('label', kwargs=here)}ontology/{{}}/",
        "gold": f"{reverse('project-overview', kwargs=here).replace('/projects/', '/api/v1/projects/')}gold/",
        "preferences": reverse("api-preferences"),
    }
