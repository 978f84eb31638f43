"""Addresses of pages about oneself and one's organizations."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_http_methods, require_POST

from accounts import pages

get_or_post = require_http_methods(["GET", "HEAD", "POST"])

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
    path("profile/", get_or_post(pages.profile), name="profile"),
    path("tokens/", get_or_post(pages.tokens), name="tokens"),
    path(
        "tokens/<str:token_id>/revoke/",
        require_POST(pages.token_revoke),
        name="token-revoke",
    ),
    path(
        "organizations/new/",
        get_or_post(pages.organization_new),
        name="organization-new",
    ),
    path(
        "organizations/<str:organization_id>/",
        get_or_post(pages.organization),
        name="organization",
    ),
    path(
        "organizations/<str:organization_id>/invite/",
        require_POST(pages.organization_invite),
        name="organization-invite",
    ),
    path(
        "organizations/<str:organization_id>/people/<str:person_id>/",
        require_POST(pages.organization_person),
        name="organization-person",
    ),
    path(
        "organizations/<str:organization_id>/departures/<str:departure_id>/restore/",
        require_POST(pages.organization_restore),
        name="organization-restore",
    ),
    path(
        "organizations/<str:organization_id>/invitations/<str:invitation_id>/revoke/",
        require_POST(pages.invitation_revoke),
        name="invitation-revoke",
    ),
    path("invitations/<str:secret>/", get_or_post(pages.invitation), name="invitation"),
]
