"""Addresses of the annotate API, below /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from annotate.api.assignments import DraftView, NextView, ReleaseView, SkipView, SubmitView

# /assignments/{id}/
assignments = [
    path("assignments/<str:assignment_id>/draft/", DraftView.as_view(), name="api-assignment-draft"),
    path("assignments/<str:assignment_id>/submit/", SubmitView.as_view(), name="api-assignment-submit"),
    path("assignments/<str:assignment_id>/skip/", SkipView.as_view(), name="api-assignment-skip"),
    path("assignments/<str:assignment_id>/release/", ReleaseView.as_view(), name="api-assignment-release"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("projects/<str:project_id>/next/", NextView.as_view(), name="api-next"),
    *assignments,
]
