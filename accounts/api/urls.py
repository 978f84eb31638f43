"""Addresses of the API of the accounts app, under /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from accounts.api.organizations import Invitations, Organizations
from accounts.api.people import DepartureRestore, Departures, OrganizationPeople, OrganizationPerson
from accounts.api.tokens import Token, Tokens

ORGANIZATION = "organizations/<str:organization_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("organizations/", Organizations.as_view(), name="api-organizations"),
    path(f"{ORGANIZATION}people/", OrganizationPeople.as_view(), name="api-organization-people"),
    path(
        f"{ORGANIZATION}people/<str:person_id>/",
        OrganizationPerson.as_view(),
        name="api-organization-person",
    ),
    path(f"{ORGANIZATION}departures/", Departures.as_view(), name="api-organization-departures"),
    path(
        f"{ORGANIZATION}departures/<str:departure_id>/restore/",
        DepartureRestore.as_view(),
        name="api-organization-restore",
    ),
    path(
        f"{ORGANIZATION}invitations/",
        Invitations.as_view(),
        name="api-organization-invitations",
    ),
    path("tokens/", Tokens.as_view(), name="api-tokens"),
    path("tokens/<str:token_id>/", Token.as_view(), name="api-token"),
]
