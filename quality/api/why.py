"""Why a task's answer is what it is."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import IdField, check_query
from accounts.replica import from_replica
from annotate.api.people import hides_authors
from projects.access import access_row
from projects.models import Task
from quality.reports.why import why


class VoiceOut(serializers.Serializer[Any]):
    """``odds``: how many times likelier this answer is if the winner is true than if the rival is."""

    annotation = IdField()
    name = serializers.CharField(allow_blank=True)
    said = serializers.CharField()
    odds = serializers.FloatField()
    right = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class WhyOut(serializers.Serializer[Any]):
    """``rival``: the majority's answer if it differs, else the runner-up; ``prior``: how much rarer it is."""

    field = serializers.CharField()
    winner = serializers.CharField()
    rival = serializers.CharField()
    probability = serializers.FloatField()
    is_gold = serializers.BooleanField()
    differs = serializers.BooleanField()
    prior = serializers.FloatField()
    voices = VoiceOut(many=True)
    sentence = serializers.CharField()


class TaskWhy(APIView):
    @extend_schema(responses=WhyOut(many=True), operation_id="tasks_why")
    def get(self, request: Request, task_id: str) -> Response:
        """Per single choice: who said what, and what each answer weighs for the winner against its rival."""
        task, access = access_row(request, Task.objects.all(), task_id)
        check_query(request, ())
        names = not hides_authors(access)
        rows = from_replica(lambda: WhyOut(why(access.project, task, names=names), many=True).data)
        return Response({"results": rows})
