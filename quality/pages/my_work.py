"""A person's own work: how much, and how right as far as the project says. Nothing about others."""

from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import render

from accounts.page_tools import SignedInRequest, page
from annotate.models import ActivityDay
from projects.access import access_project
from projects.shell import shell
from quality.services.feedback import own_accuracy

DAYS = 30


@page
def my_work(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Own answers per day, own totals, own accuracy if the policy allows it."""
    access = access_project(request, project_id)
    own = ActivityDay.objects.filter(project=access.project, user=access.user)
    days = list(reversed(own.order_by("-day")[:DAYS]))
    totals = own.aggregate(answers=Sum("answers"), seconds=Sum("seconds"), corrections=Sum("corrections"))
    context = {
        "days": days,
        "totals": totals,
        "accuracy": own_accuracy(access.project, access.user.pk),
        "plot": {
            "title": "Your answers per day",
            "x": {"label": "Day", "values": [day.day.isoformat() for day in days], "time": True},
            "y": {"label": "Answers", "min": 0},
            "series": [{"label": "Answers", "values": [day.answers for day in days]}],
        },
    }
    return render(request, "quality/my_work.html", shell(access, "work", **context))
