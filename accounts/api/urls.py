"""Addresses of the API of the accounts app, under /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from accounts.api.organizations import Invitations, OrganizationPeople, Organizations
from accounts.api.tokens import Token, Tokens

urlpatterns: list[URLPattern | URLResolver] = [
    path("organizations/", Organizations.as_view(), name="api-organizations"),
    path(
        "organizations/<str:organization_id>/people/",
        OrganizationPeople.as_view(),
        name="api-organization-people",
    ),
    path(
        "organizations/<str:organization_id>/invitations/",
        Invitations.as_view(),
        name="api-organization-invitations",
    ),
    path("tokens/", Tokens.as_view(), name="api-tokens"),
    path("tokens/<str:token_id>/", Token.as_view(), name="api-token"),
]
