"""Addresses of the exchange API, below /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from exchange.api.coco import CocoAnswers
from exchange.api.exports import Export, ExportLosses, Exports
from exchange.api.imports import ImportPreview, Imports

PROJECT = "projects/<str:project_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{PROJECT}imports/", Imports.as_view(), name="api-imports"),
    path(f"{PROJECT}imports/preview/", ImportPreview.as_view(), name="api-imports-preview"),
    path(f"{PROJECT}imports/coco/", CocoAnswers.as_view(), name="api-imports-coco"),
    path(f"{PROJECT}export/", Export.as_view(), name="api-export"),
    path(f"{PROJECT}exports/", Exports.as_view(), name="api-exports"),
    path(f"{PROJECT}exports/losses/", ExportLosses.as_view(), name="api-exports-losses"),
]
