"""Addresses: the pages of each app, and their API under /api/v1/."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

from config import api_docs, health

# They are tried from top to bottom: what annotators ask all day comes first.
api: list[URLPattern | URLResolver] = [
    path("", include("annotate.api.urls")),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", api_docs.docs, name="api-docs"),
    path("", include("accounts.api.urls")),
    path("", include("projects.api.urls")),
    path("", include("quality.api.urls")),
    path("", include("exchange.api.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include(api)),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("", include("accounts.urls")),
    path("", include("projects.urls")),
    path("", include("annotate.urls")),
    path("", include("quality.urls")),
    path("", include("exchange.urls")),
]

if settings.ADMIN_SITE:
    urlpatterns.append(path("admin/", admin.site.urls))
