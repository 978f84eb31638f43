"""The people of an organization: who they are, as what, out, and back within a week."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import access_organization, clean_id, signed_in
from accounts.api.serializers import IdField, StrictSerializer
from accounts.errors import Missing
from accounts.models import Departure, Organization, OrganizationMembership, OrganizationRole, Scope
from accounts.services.departures import GRACE, remove_person, restorable, restore_person
from accounts.services.organizations import change_organization_role


class PersonOutput(serializers.Serializer[Any]):
    id = IdField()
    user = IdField(source="user_id")
    email = serializers.EmailField(source="user.email")
    name = serializers.CharField(source="user.display_name")
    role = serializers.CharField()


class PersonInput(StrictSerializer):
    role = serializers.ChoiceField(choices=OrganizationRole.choices)


class DepartureOutput(serializers.Serializer[Any]):
    """Somebody who can be brought back until ``until``."""

    id = IdField()
    user = IdField(source="user_id")
    email = serializers.EmailField(source="user.email")
    name = serializers.CharField(source="user.display_name")
    role = serializers.CharField()
    removed_at = serializers.DateTimeField()
    until = serializers.SerializerMethodField()

    def get_until(self, departure: Departure) -> str:
        """When it is too late."""
        return (departure.removed_at + GRACE).isoformat()


def owned(request: Request, organization_id: str, scope: Scope = Scope.MANAGE) -> Organization:
    """An organization of which the person is an owner."""
    return access_organization(request, organization_id, role=OrganizationRole.OWNER, scope=scope)


def find_person(organization: Organization, person_id: str) -> OrganizationMembership:
    """A person of this organization; Missing for any other."""
    people = organization.memberships.select_related("user", "organization")
    person = people.filter(pk=clean_id(person_id)).first()
    if person is None:
        raise Missing
    return person


class OrganizationPeople(APIView):
    @extend_schema(responses=PersonOutput(many=True))
    def get(self, request: Request, organization_id: str) -> Response:
        """The people of an organization."""
        organization = access_organization(request, organization_id, role=OrganizationRole.OWNER)
        people = organization.memberships.select_related("user").order_by("user__email")
        return Response(PersonOutput(people, many=True).data)


class OrganizationPerson(APIView):
    """One of them."""

    @extend_schema(request=PersonInput, responses=PersonOutput)
    def patch(self, request: Request, organization_id: str, person_id: str) -> Response:
        """Make somebody owner or member; 409 for the last owner."""
        person = find_person(owned(request, organization_id), person_id)
        data = PersonInput(data=request.data)
        data.is_valid(raise_exception=True)
        role = data.validated_data["role"]
        change_organization_role(membership=person, role=role, by=signed_in(request))
        return Response(PersonOutput(person).data)

    @extend_schema(responses=DepartureOutput)
    def delete(self, request: Request, organization_id: str, person_id: str) -> Response:
        """Take somebody out of the organization, its projects and tokens; their answers stay.

        For a week …/departures/{id}/restore/ brings them back; 409 for the last owner.
        """
        person = find_person(owned(request, organization_id), person_id)
        departure = remove_person(membership=person, by=signed_in(request))
        return Response(DepartureOutput(departure).data)


class Departures(APIView):
    """Who left within the last week."""

    @extend_schema(responses=DepartureOutput(many=True), operation_id="departures_list")
    def get(self, request: Request, organization_id: str) -> Response:
        """People who were taken out within the last week, the latest first."""
        organization = owned(request, organization_id, Scope.READ)
        return Response(DepartureOutput(restorable(organization), many=True).data)


class DepartureRestore(APIView):
    """Undo of a removal."""

    @extend_schema(request=None, responses=PersonOutput)
    def post(self, request: Request, organization_id: str, departure_id: str) -> Response:
        """Bring somebody back with their role, their projects and their roles there; tokens are gone."""
        departure = restorable(owned(request, organization_id)).filter(pk=clean_id(departure_id)).first()
        if departure is None:
            raise Missing
        return Response(PersonOutput(restore_person(departure=departure, by=signed_in(request))).data)
