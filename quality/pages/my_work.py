"""A person's own work: how much, and how right as far as the project says. Nothing about others."""

from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, Sum
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.errors import DomainError
from accounts.page_tools import SignedInRequest, page
from annotate.api.own_work import own_answers
from annotate.models import ActivityDay, Annotation
from annotate.pages.previews import preview
from annotate.services.certificates import needs_certificate
from labeltypes.base import JsonObject
from projects.access import ProjectAccess, access_project, access_row
from projects.shell import shell
from projects.told import told
from quality.models import Certificate, GoldContest, GoldGrade
from quality.pages.contests import described, problem_of
from quality.pages.person import history_plot
from quality.reports.person import own_report
from quality.reports.remarked import remarked
from quality.services.contests import contest
from quality.services.feedback import own_accuracy
from quality.services.qualification.standing import standing_of

DAYS = 30
MOST_MISSES = 20
MOST_CERTIFICATES = 20


@page
def my_work(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Own answers per day, own totals, own accuracy if the policy allows it, misses that were explained."""
    access = access_project(request, project_id)
    own = ActivityDay.objects.filter(project=access.project, user=access.user)
    days = list(reversed(own.order_by("-day")[:DAYS]))
    totals = own.aggregate(answers=Sum("answers"), seconds=Sum("seconds"), corrections=Sum("corrections"))
    report = own_report(access.project, access.user.pk)
    context = {
        "seconds": report.seconds,
        "questions": [
            {"own": each, "plot": history_plot(each.history, "Like the others, over time")}
            for each in report.questions
        ],
        "days": days,
        "totals": totals,
        "accuracy": own_accuracy(access.project, access.user.pk),
        "misses": _misses(access),
        "course": _course(access),
        "paused": access.membership if access.membership and access.membership.paused_at else None,
        "told": told(access.project, access.membership.role) if access.membership else None,
        "plot": {
            "title": "Your answers per day",
            "x": {"label": "Day", "values": [day.day.isoformat() for day in days], "time": True},
            "y": {"label": "Answers", "min": 0},
            "series": [{"label": "Answers", "values": [day.answers for day in days]}],
        },
    }
    return render(request, "quality/my_work.html", shell(access, "work", **context))


def _course(access: ProjectAccess) -> dict[str, Any] | None:
    """Own certificates and what comes next, where this person needs one or has had one."""
    if not needs_certificate(access.project, access.membership):
        return None
    mine = Certificate.objects.filter(project=access.project, user=access.user)
    standing = standing_of(access.project, access.user.pk)
    return {
        "standing": standing,
        "remarked": remarked(standing.anew),
        "certificates": list(mine.select_related("attempt").order_by("-pk")[:MOST_CERTIFICATES]),
    }


def _misses(access: ProjectAccess) -> list[dict[str, Any]]:
    """The newest answers of which this person was told that they are wrong, or that they contested."""
    contests = GoldContest.objects.filter(user=access.user, gold=OuterRef("gold"))
    shown = GoldGrade.objects.filter(project=access.project, user=access.user, is_burnt=True)
    grades = list(
        shown.filter(Q(correct=False, gold__voided_at__isnull=True) | Exists(contests))
        .select_related("gold", "annotation__task")
        .defer("annotation__task__search")
        .order_by("-graded_at", "-pk")[:MOST_MISSES]
    )
    made = {
        row.gold_id: row
        for row in GoldContest.objects.filter(user=access.user, gold__in=[g.gold_id for g in grades])
    }
    answers = own_answers([grade.annotation for grade in grades])
    return [
        {
            "annotation": grade.annotation_id,
            "item": preview(answer["media"], answer["data"]),
            "at": grade.graded_at,
            "known": [described(access.project, each) for each in grade.gold.answers],
            "yours": described(access.project, _graded(grade, made.get(grade.gold_id))),
            "explanation": grade.gold.explanation,
            "contest": made.get(grade.gold_id),
            "correct": grade.correct,
        }
        for grade, answer in zip(grades, answers, strict=True)
    ]


def _graded(grade: GoldGrade, contest: GoldContest | None) -> JsonObject:
    """What the person had answered: a contest keeps it as it was graded, also if they corrected it since."""
    value: JsonObject = contest.answer if contest else grade.annotation.value
    return value


@page
def my_contest(request: SignedInRequest, annotation_id: str) -> HttpResponse:
    """Contest the known answer to one of one's own answers."""
    annotation, access = access_row(request, Annotation.objects.filter(is_fix=False), annotation_id)
    reason = request.POST.get("reason", "")
    try:
        contest(annotation=annotation, project=access.project, by=access.user, reason=reason)
    except DomainError as refusal:
        messages.error(request, problem_of(refusal))
    else:
        messages.success(request, "Contested. Somebody looks at it, and you find the decision in your inbox.")
    return HttpResponseRedirect(reverse("my-work", kwargs={"project_id": access.project.pk}) + "#misses")
