"""What people say of themselves of their own will, and figures by such groups."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import access_organization, clean_id, signed_in
from accounts.errors import DomainError, Missing
from accounts.models import Organization, OrganizationMembership, OrganizationRole, Scope
from accounts.page_tools import SignedInRequest, form_problems, page
from accounts.replica import from_replica
from projects.access import ProjectAccess, access_project
from quality.models import GroupQuestion
from quality.models.group import LEAST_PEOPLE
from quality.pages.contests import problem_of
from quality.pages.frame import below_quality_shell
from quality.reports.annotator_groups import group_tables
from quality.services.group_questions import (
    define_question,
    drop_question,
    own_answers,
    questions_of,
    state,
    withdraw,
)

OWNER = OrganizationRole.OWNER


@page
def about_me(request: SignedInRequest, organization_id: str) -> HttpResponse:
    """One's own answers, and who sees what of them; POST changes or withdraws them."""
    organization = access_organization(request, organization_id)
    if request.method == "POST":
        if "withdraw" in request.POST:
            withdraw(organization=organization, user=request.user)
            messages.success(request, "Everything is taken back. It is in no figure any more.")
        else:
            questions = questions_of(organization)
            given = {one.pk: request.POST.get(f"question-{one.pk}", "") for one in questions}
            try:
                state(organization=organization, user=request.user, answers=given)
                messages.success(request, "Saved. You can take it back at any time.")
            except DomainError as refusal:
                messages.error(request, problem_of(refusal))
        return redirect("about-me", organization_id=organization.pk)
    return _about(request, organization)


def _about(
    request: SignedInRequest, organization: Organization, refusal: DomainError | None = None
) -> HttpResponse:
    """The page; with a refusal the question that was sent stands in its form, and what is wrong beside it."""
    questions = questions_of(organization)
    mine = own_answers(organization, request.user)
    membership = OrganizationMembership.objects.get(organization=organization, user=request.user)
    context = {
        "organization": organization,
        "questions": [{"question": one, "mine": mine.get(one.pk, "")} for one in questions],
        "has_said": bool(mine),
        "is_owner": membership.role == OWNER,
        "least": LEAST_PEOPLE,
        "refused": form_problems(refusal) if refusal else None,
        "typed": request.POST if refusal else {},
    }
    return render(request, "quality/about_me.html", context, status=refusal.status if refusal else 200)


@page
def group_questions(request: SignedInRequest, organization_id: str) -> HttpResponse:
    """Ask people something about themselves."""
    organization = access_organization(request, organization_id, role=OWNER, scope=Scope.MANAGE)
    least = request.POST.get("least", "")
    try:
        define_question(
            organization=organization,
            by=signed_in(request),
            name=request.POST.get("name", ""),
            options=request.POST.get("options", "").splitlines(),
            in_exports="in_exports" in request.POST,
            least=int(least) if least.isdecimal() and len(least) < 6 else 0,
        )
    except DomainError as refusal:
        return _about(request, organization, refusal)
    return redirect("about-me", organization_id=organization.pk)


@page
def group_question_drop(request: SignedInRequest, organization_id: str, question_id: str) -> HttpResponse:
    """Ask it no more; all answers to it go."""
    organization = access_organization(request, organization_id, role=OWNER, scope=Scope.MANAGE)
    question = GroupQuestion.objects.filter(organization=organization, pk=clean_id(question_id)).first()
    if question is None:
        raise Missing
    drop_question(question=question, by=request.user)
    messages.success(request, f"“{question.name}” is asked no more, and all answers to it are gone.")
    return redirect("about-me", organization_id=organization.pk)


@page
def annotator_groups(request: SignedInRequest, project_id: str) -> HttpResponse:
    """Label rates, agreement and errors by group, as the last full run left them."""
    access = access_project(request, project_id)
    return from_replica(lambda: _show(request, access))


def _show(request: SignedInRequest, access: ProjectAccess) -> HttpResponse:
    context: dict[str, Any] = {"tables": group_tables(access.project), "least": LEAST_PEOPLE}
    return render(
        request, "quality/annotator_groups.html", below_quality_shell(access, "agreement", **context)
    )
