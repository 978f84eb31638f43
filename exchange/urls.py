"""Addresses of the exchange app."""

from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_http_methods, require_safe

from exchange.pages import imports, jobs

PROJECT = "projects/<str:project_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{PROJECT}import/", require_safe(imports.import_page), name="import"),
    path("jobs/<str:job_id>/", require_http_methods(["GET", "HEAD", "POST"])(jobs.job_page), name="job"),
]
