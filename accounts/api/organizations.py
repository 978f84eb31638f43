"""Organizations of the person who asks."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import access_organization, signed_in, token_of
from accounts.api.once import KEY_HEADER, key_of
from accounts.api.serializers import IdField, StrictSerializer
from accounts.errors import Missing
from accounts.models import OrganizationRole, Scope
from accounts.services.invitations import invite
from accounts.services.once import make_once
from accounts.services.organizations import create_organization


class OrganizationInput(StrictSerializer):
    name = serializers.CharField(max_length=200)


class OrganizationOutput(serializers.Serializer[Any]):
    id = IdField()
    name = serializers.CharField()


class InvitationInput(StrictSerializer):
    email = serializers.EmailField(required=False, default="")
    role = serializers.ChoiceField(choices=OrganizationRole.choices, default=OrganizationRole.MEMBER)
    days = serializers.IntegerField(min_value=1, max_value=60, default=7)


class Organizations(APIView):
    @extend_schema(responses=OrganizationOutput(many=True), operation_id="organizations_list")
    def get(self, request: Request) -> Response:
        """The organizations you belong to (with a token: the token's)."""
        user, token = signed_in(request, Scope.READ), token_of(request)
        mine = user.organizations.order_by("name", "pk")
        if token is not None:
            mine = mine.filter(pk=token.organization_id)
        return Response(OrganizationOutput(mine, many=True).data)

    @extend_schema(request=OrganizationInput, responses={201: OrganizationOutput}, parameters=[KEY_HEADER])
    def post(self, request: Request) -> Response:
        """Make an organization; you become its owner. With an Idempotency-Key a repeat makes no other."""
        user = signed_in(request, Scope.MANAGE)
        data = OrganizationInput(data=request.data)
        data.is_valid(raise_exception=True)
        made = make_once(
            user=user,
            key=key_of(request),
            request=["organization", request.data],
            make=lambda: create_organization(name=data.validated_data["name"], owner=user).pk,
        )
        organization = user.organizations.filter(pk=made).first()
        if organization is None:
            raise Missing
        return Response(OrganizationOutput(organization).data, status=201)


class Invitations(APIView):
    @extend_schema(request=InvitationInput, responses={201: dict[str, Any]})
    def post(self, request: Request, organization_id: str) -> Response:
        """Make an invitation; ``link`` is shown this once."""
        organization = access_organization(
            request, organization_id, role=OrganizationRole.OWNER, scope=Scope.MANAGE
        )
        data = InvitationInput(data=request.data)
        data.is_valid(raise_exception=True)
        invitation, secret = invite(organization=organization, by=signed_in(request), **data.validated_data)
        link = request.build_absolute_uri(f"/invitations/{secret}/")
        return Response(
            {
                "id": str(invitation.pk),
                "link": link,
                "expires_at": invitation.expires_at,
            },
            status=201,
        )
