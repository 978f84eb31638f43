"""Addresses of the quality API, below /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from quality.api.figures import AgreementView, AnnotatorsView, ConsensusView, Rounds
from quality.api.gold import Gold, PromoteAnnotation

urlpatterns: list[URLPattern | URLResolver] = [
    path("projects/<str:project_id>/gold/", Gold.as_view(), name="api-gold"),
    path("projects/<str:project_id>/consensus/", ConsensusView.as_view(), name="api-consensus"),
    path("projects/<str:project_id>/agreement/", AgreementView.as_view(), name="api-agreement"),
    path("projects/<str:project_id>/annotators/", AnnotatorsView.as_view(), name="api-annotators"),
    path("projects/<str:project_id>/rounds/", Rounds.as_view(), name="api-rounds"),
    path("annotations/<str:annotation_id>/gold/", PromoteAnnotation.as_view(), name="api-annotation-gold"),
]
