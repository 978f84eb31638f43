"""Addresses of the exchange app."""

from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_http_methods, require_safe

from exchange.api.exports import ExportFile, ExportManifest
from exchange.pages import exports, imports, jobs

PROJECT = "projects/<str:project_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{PROJECT}import/", require_safe(imports.import_page), name="import"),
    path(
        f"{PROJECT}export/", require_http_methods(["GET", "HEAD", "POST"])(exports.export_page), name="export"
    ),
    path("jobs/<str:job_id>/file/", ExportFile.as_view(), name="job-file"),
    path("jobs/<str:job_id>/manifest/", ExportManifest.as_view(), name="job-manifest"),
    path("jobs/<str:job_id>/", require_http_methods(["GET", "HEAD", "POST"])(jobs.job_page), name="job"),
]
