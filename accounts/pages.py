"""Pages about oneself and one's organizations."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import access_organization, clean_id, signed_in
from accounts.api.people import find_person
from accounts.errors import DomainError, Missing
from accounts.models import (
    Invitation,
    Organization,
    OrganizationRole,
    Scope,
    Theme,
    User,
)
from accounts.page_tools import SignedInRequest, form_problems, page
from accounts.services.departures import GRACE, remove_person, restorable, restore_person
from accounts.services.invitations import (
    accept_invitation,
    find_accepted,
    find_invitation,
    invite,
    revoke_invitation,
)
from accounts.services.organizations import (
    change_organization_role,
    create_organization,
)
from accounts.services.people import change_profile
from accounts.services.tokens import create_token, revoke_token
from accounts.signals import invitation_followed, invitation_shown

OWNER = OrganizationRole.OWNER


@page
def profile(request: SignedInRequest) -> HttpResponse:
    """Name and colors."""
    context: dict[str, object] = {"themes": Theme.choices}
    if request.method == "POST":
        name, theme = request.POST.get("name", ""), request.POST.get("theme", "")
        try:
            change_profile(user=request.user, name=name, theme=theme)
        except DomainError as refusal:
            return render(
                request,
                "accounts/profile.html",
                context | {"problems": form_problems(refusal)},
            )
        messages.success(request, "Profile saved.")
        return redirect("profile")
    return render(request, "accounts/profile.html", context)


@page
def tokens(request: SignedInRequest) -> HttpResponse:
    """One's API tokens; a new one's secret is on the page that answers its making, and nowhere else."""
    context: dict[str, object] = {
        "scopes": Scope.values,
        "organizations_of_user": request.user.organizations.order_by("name"),
    }
    if request.method == "POST":
        context |= _new_token(request)
    living = request.user.api_tokens.filter(revoked_at__isnull=True).select_related("organization")
    return render(
        request,
        "accounts/tokens.html",
        context | {"tokens": living.order_by("-created_at")},
    )


def _new_token(request: SignedInRequest) -> dict[str, object]:
    try:
        organization = access_organization(request, request.POST.get("organization"))
        days = request.POST.get("days", "90")
        token, secret = create_token(
            user=request.user,
            organization=organization,
            name=request.POST.get("name", "").strip()[:100] or "token",
            scopes=request.POST.getlist("scopes"),
            days=int(days) if days.isdigit() else 0,
        )
    except DomainError as refusal:
        return {"problems": form_problems(refusal)}
    return {
        "created": token,
        "secret": secret,
        "base_url": request.build_absolute_uri("/"),
    }


@page
def token_revoke(request: SignedInRequest, token_id: str) -> HttpResponse:
    """End one of one's tokens at once."""
    token = request.user.api_tokens.filter(pk=clean_id(token_id)).first()
    if token is None:
        raise Missing
    revoke_token(token=token)
    messages.success(request, f"Token {token.name} revoked.")
    return redirect("tokens")


@page
def organization_new(request: SignedInRequest) -> HttpResponse:
    """Make an organization."""
    context: dict[str, object] = {}
    if request.method == "POST":
        try:
            organization = create_organization(name=request.POST.get("name", ""), owner=request.user)
        except DomainError as refusal:
            context = {
                "problems": form_problems(refusal),
                "name": request.POST.get("name", ""),
            }
        else:
            return redirect("organization", organization_id=organization.pk)
    return render(request, "accounts/organization_new.html", context)


@page
def organization(request: SignedInRequest, organization_id: str) -> HttpResponse:
    """People and invitations; owners may rename the organization."""
    found = access_organization(request, organization_id, role=OWNER)
    if request.method == "POST":
        name = request.POST.get("name", "").strip()[:200]
        if name:
            Organization.objects.filter(pk=found.pk).update(name=name)
        return redirect("organization", organization_id=found.pk)
    return _organization_page(request, found)


def _organization_page(request: SignedInRequest, found: Organization, **more: object) -> HttpResponse:
    context = {
        "organization": found,
        "people": found.memberships.select_related("user").order_by("user__email"),
        "open_invitations": found.invitations.filter(
            accepted_at__isnull=True, revoked_at__isnull=True
        ).order_by("-created_at"),
        "departures": [
            {"departure": one, "until": one.removed_at + GRACE, "projects": len(one.kept.get("projects", []))}
            for one in restorable(found)
        ],
        **more,
    }
    return render(request, "accounts/organization.html", context)


@page
def organization_invite(request: SignedInRequest, organization_id: str) -> HttpResponse:
    """Make an invitation; the link is on the page that answers, and nowhere else."""
    found = access_organization(request, organization_id, role=OWNER, scope=Scope.MANAGE)
    days = request.POST.get("days", "7")
    try:
        _, secret = invite(
            organization=found,
            by=request.user,
            role=request.POST.get("role", OrganizationRole.MEMBER),
            email=request.POST.get("email", "").strip()[:254],
            days=int(days) if days.isdigit() else 0,
        )
    except DomainError as refusal:
        return _organization_page(request, found, problems=form_problems(refusal))
    link = request.build_absolute_uri(reverse("invitation", args=[secret]))
    return _organization_page(request, found, link=link)


@page
def organization_person(request: SignedInRequest, organization_id: str, person_id: str) -> HttpResponse:
    """Change somebody's role, or take them out."""
    found = access_organization(request, organization_id, role=OWNER, scope=Scope.MANAGE)
    membership = find_person(found, person_id)
    try:
        if request.POST.get("action") == "remove":
            remove_person(membership=membership, by=request.user)
            messages.success(
                request, f"{membership.user.display_name} is out. For a week this can be undone below."
            )
        else:
            role = request.POST.get("role", "")
            change_organization_role(membership=membership, role=role, by=request.user)
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect("organization", organization_id=found.pk)


@page
def organization_restore(request: SignedInRequest, organization_id: str, departure_id: str) -> HttpResponse:
    """Undo a removal: role, projects and roles there are as they were."""
    found = access_organization(request, organization_id, role=OWNER, scope=Scope.MANAGE)
    departure = restorable(found).filter(pk=clean_id(departure_id)).first()
    if departure is None:
        raise Missing
    restore_person(departure=departure, by=request.user)
    messages.success(request, f"{departure.user.display_name} is back, with all roles.")
    return redirect("organization", organization_id=found.pk)


@page
def invitation_revoke(request: SignedInRequest, organization_id: str, invitation_id: str) -> HttpResponse:
    """Close a link that nobody has used."""
    found = access_organization(request, organization_id, role=OWNER, scope=Scope.MANAGE)
    invitation = Invitation.objects.filter(organization=found, pk=clean_id(invitation_id)).first()
    if invitation is None:
        raise Missing
    revoke_invitation(invitation=invitation, by=request.user)
    messages.success(request, "Invitation revoked.")
    return redirect("organization", organization_id=found.pk)


def invitation(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Where the link leads: says who invites to what; signing up is open to whoever holds it."""
    found = find_invitation(secret)
    if found is None:
        return _gone(request, secret)
    if request.method == "POST":
        return _accept(request, found)
    if not request.user.is_authenticated:
        request.session["invited"] = found.pk
    context = {"invitation": found, "is_other_address": _is_other_address(request, found)}
    for _, said in invitation_shown.send(sender=Invitation, invitation=found):
        if isinstance(said, dict):
            context |= said
    return render(request, "accounts/invitation.html", context)


def _gone(request: HttpRequest, secret: str) -> HttpResponse:
    """A used link still leads whoever has used it to where it led."""
    accepted = find_accepted(secret, request.user) if request.user.is_authenticated else None
    if accepted is not None:
        return _follow(accepted, signed_in(request))
    return render(request, "accounts/invitation_gone.html", status=404)


def _follow(invitation: Invitation, user: User) -> HttpResponse:
    """On to what somebody was invited to: a page of the floors above, else the first page."""
    said = invitation_followed.send(sender=Invitation, invitation=invitation, user=user)
    return redirect(next((address for _, address in said if address), reverse("home")))


def _is_other_address(request: HttpRequest, found: Invitation) -> bool:
    """Whether somebody is signed in for whom the link was not made."""
    user = request.user
    return bool(found.email and user.is_authenticated and found.email.lower() != user.email.lower())


@page
def _accept(request: SignedInRequest, found: Invitation) -> HttpResponse:
    try:
        accept_invitation(invitation=found, user=signed_in(request))
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect("home")
    messages.success(request, f"Welcome to {found.organization.name}.")
    return _follow(found, request.user)
