"""People in a project."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import clean_id
from accounts.api.serializers import IdField, StrictSerializer
from accounts.errors import DomainError, FieldError, Missing
from accounts.models import User
from accounts.services.invitations import invite
from projects.access import ProjectAccess, access_project
from projects.models import Membership, Role
from projects.services import memberships as services


class MemberInput(StrictSerializer):
    """``user`` is an id or an e-mail address of somebody in the organization."""

    user = serializers.CharField(max_length=254)
    role = serializers.ChoiceField(choices=Role.choices)


class MemberOutput(serializers.Serializer[Any]):
    id = IdField()
    user = IdField(source="user_id")
    email = serializers.EmailField(source="user.email")
    name = serializers.CharField(source="user.display_name")
    role = serializers.CharField()
    is_expert = serializers.BooleanField()
    paused_at = serializers.DateTimeField()
    pause_reason = serializers.CharField()
    joined_at = serializers.DateTimeField()


class PauseInput(StrictSerializer):
    reason = serializers.CharField(max_length=500)


class ExpertInput(StrictSerializer):
    is_expert = serializers.BooleanField()


class InviteInput(StrictSerializer):
    role = serializers.ChoiceField(choices=Role.choices, default=Role.ANNOTATOR)
    email = serializers.EmailField(required=False, default="")
    days = serializers.IntegerField(min_value=1, max_value=60, default=7)


class Members(APIView):
    @extend_schema(responses=MemberOutput(many=True))
    def get(self, request: Request, project_id: str) -> Response:
        """Everybody in the project."""
        access = access_project(request, project_id)
        members = access.project.memberships.select_related("user").order_by("user__email")
        return Response({"results": MemberOutput(members, many=True).data})

    @extend_schema(request=MemberInput, responses={201: MemberOutput})
    def post(self, request: Request, project_id: str) -> Response:
        """Add somebody of the organization, or change their role."""
        access = access_project(request, project_id)
        data = MemberInput(data=request.data)
        data.is_valid(raise_exception=True)
        user = find_in_organization(access, data.validated_data["user"])
        member = services.add_member(
            project=access.project, user=user, role=data.validated_data["role"], by=access.user
        )
        return Response(MemberOutput(member).data, status=201)


def find_in_organization(access: ProjectAccess, who: str) -> User:
    """A person of the project's organization by id or address; the same refusal for strangers and nobody."""
    people = access.project.organization.members.filter(is_active=True)
    found = (
        people.filter(pk=int(who)) if who.isdigit() and len(who) < 19 else people.filter(email__iexact=who)
    )
    user = found.first()
    if user is None:
        words = "nobody of this organization; an invitation link lets in whoever is not"
        raise DomainError("There is no such person.", fields=[FieldError("user", words)])
    return user


def find_member(access: ProjectAccess, membership_id: str) -> Membership:
    """A membership of this project; Missing for any other."""
    found = (
        access.project.memberships.select_related("user", "project")
        .filter(pk=clean_id(membership_id))
        .first()
    )
    if found is None:
        raise Missing
    return found


class Member(APIView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, project_id: str, membership_id: str) -> Response:
        """Take somebody out of the project; their answers stay."""
        access = access_project(request, project_id)
        services.remove_member(membership=find_member(access, membership_id), by=access.user)
        return Response(status=204)


class MemberPause(APIView):
    @extend_schema(request=PauseInput, responses=MemberOutput)
    def post(self, request: Request, project_id: str, membership_id: str) -> Response:
        """Give this person no more tasks; they see the reason."""
        access = access_project(request, project_id)
        data = PauseInput(data=request.data)
        data.is_valid(raise_exception=True)
        member = services.pause_member(
            membership=find_member(access, membership_id),
            by=access.user,
            reason=data.validated_data["reason"],
        )
        return Response(MemberOutput(member).data)


class MemberResume(APIView):
    @extend_schema(request=None, responses=MemberOutput)
    def post(self, request: Request, project_id: str, membership_id: str) -> Response:
        """Let this person work again."""
        access = access_project(request, project_id)
        member = services.resume_member(membership=find_member(access, membership_id), by=access.user)
        return Response(MemberOutput(member).data)


class MemberExpert(APIView):
    @extend_schema(request=ExpertInput, responses=MemberOutput)
    def post(self, request: Request, project_id: str, membership_id: str) -> Response:
        """Whether this person is an expert: gets first what others find too hard."""
        access = access_project(request, project_id)
        data = ExpertInput(data=request.data)
        data.is_valid(raise_exception=True)
        member = services.set_expert(
            membership=find_member(access, membership_id),
            by=access.user,
            is_expert=data.validated_data["is_expert"],
        )
        return Response(MemberOutput(member).data)


class ProjectInvitations(APIView):
    @extend_schema(request=InviteInput, responses={201: dict[str, str]})
    def post(self, request: Request, project_id: str) -> Response:
        """A link that lets somebody into the organization and this project; shown this once."""
        access = access_project(request, project_id)
        data = InviteInput(data=request.data)
        data.is_valid(raise_exception=True)
        values = data.validated_data
        invitation, secret = invite(
            organization=access.project.organization,
            by=access.user,
            project_id=access.project.pk,
            project_role=values["role"],
            email=values["email"],
            days=values["days"],
        )
        link = request.build_absolute_uri(f"/invitations/{secret}/")
        return Response(
            {"id": str(invitation.pk), "link": link, "expires_at": invitation.expires_at}, status=201
        )
