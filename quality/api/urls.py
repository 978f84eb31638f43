"""Addresses of the quality API, below /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from quality.api.alarms import AlarmDecision, Alarms
from quality.api.contests import ContestAnnotation, ContestDecision, Contests, OwnContests
from quality.api.figures import AgreementView, AnnotatorsView, ConsensusView, Rounds
from quality.api.gold import Gold, PromoteAnnotation

urlpatterns: list[URLPattern | URLResolver] = [
    path("projects/<str:project_id>/gold/", Gold.as_view(), name="api-gold"),
    path("projects/<str:project_id>/consensus/", ConsensusView.as_view(), name="api-consensus"),
    path("projects/<str:project_id>/agreement/", AgreementView.as_view(), name="api-agreement"),
    path("projects/<str:project_id>/annotators/", AnnotatorsView.as_view(), name="api-annotators"),
    path("projects/<str:project_id>/rounds/", Rounds.as_view(), name="api-rounds"),
    path("projects/<str:project_id>/alarms/", Alarms.as_view(), name="api-alarms"),
    path("alarms/<str:alarm_id>/decision/", AlarmDecision.as_view(), name="api-alarm-decision"),
    path("projects/<str:project_id>/contests/", Contests.as_view(), name="api-contests"),
    path("projects/<str:project_id>/contests/own/", OwnContests.as_view(), name="api-own-contests"),
    path("contests/<str:contest_id>/decision/", ContestDecision.as_view(), name="api-contest-decision"),
    path("annotations/<str:annotation_id>/contest/", ContestAnnotation.as_view(), name="api-contest"),
    path("annotations/<str:annotation_id>/gold/", PromoteAnnotation.as_view(), name="api-annotation-gold"),
]
