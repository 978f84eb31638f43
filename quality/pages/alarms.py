"""What a manager decides about somebody to whom the sequential test on gold objects."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.errors import DomainError
from accounts.page_tools import SignedInRequest, page
from projects.access import access_row
from projects.models import GoldTest, Project
from quality.models import GoldAlarm
from quality.pages.contests import problem_of
from quality.services.alarms import Decision, decide_alarm
from quality.services.sequential import test_of

DONE = {
    Decision.CONFIRM: "{} stays paused.",
    Decision.GO_ON: "{} can go on. A new test begins.",
    Decision.PRACTICE: "{} can go on, with practice. A new test begins.",
}


@page
def alarm_decide(request: SignedInRequest, alarm_id: str) -> HttpResponse:
    """Decide about one person; back to the people."""
    rows = GoldAlarm.objects.select_related("project", "user")
    alarm, access = access_row(request, rows, alarm_id)
    decision, note = request.POST.get("decision", ""), request.POST.get("note", "")
    try:
        decide_alarm(alarm=alarm, project=access.project, by=access.user, decision=decision, note=note)
    except DomainError as refusal:
        messages.error(request, problem_of(refusal))
    else:
        messages.success(request, DONE[Decision(decision)].format(alarm.user.display_name))
    return HttpResponseRedirect(reverse("people", kwargs={"project_id": access.project.pk}))


def about_test(project: Project) -> str:
    """The test in words, with what it costs and how often it errs; empty where it is off."""
    if project.gold_test == GoldTest.OFF:
        return ""
    test = test_of(project)
    return (
        f"A sequential test (Wald) reads each person's gold answers in order until they say enough, and then "
        f"begins anew. Somebody who is right in {test.good:.0%} needs about "
        f"{test.expected_length(test.good):.0f} gold answers for a test, of which about {test.alpha:.1%} "
        f"end with a false alarm. Somebody who is right in {test.bad:.0%} is found by about "
        f"{1 - test.beta:.1%} of the tests, after about {test.expected_length(test.bad):.0f}. "
        f"The interval is Wilson's, 95 %, of the answers of this one test."
    )
