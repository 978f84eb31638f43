"""Hard tasks, mixed-up classes, and what to do about them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import IdField, check_query
from accounts.replica import from_replica
from projects.access import Capability, access_project
from quality.reports.difficulty import advice
from quality.services.difficulty import MOST_TASKS


class HardTaskOut(serializers.Serializer[Any]):
    """``agreeing`` of ``answers`` say the task's class where ``expected`` would; ``chance`` of so few.
    ``about``: of which pair of a ranking or option of a multiple choice, else empty."""

    task = IdField()
    answers = serializers.IntegerField()
    agreeing = serializers.IntegerField()
    expected = serializers.FloatField()
    chance = serializers.FloatField()
    probability = serializers.FloatField()
    about = serializers.CharField()


class MixedUpOut(serializers.Serializer[Any]):
    """``said`` where the others say ``truth``, in ``rate`` of ``trials``; ``user`` for managers only."""

    truth = serializers.CharField()
    said = serializers.CharField()
    count = serializers.FloatField()
    trials = serializers.FloatField()
    rate = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    people = serializers.IntegerField()
    others = serializers.FloatField()
    user = IdField(allow_null=True)


class AdviceOut(serializers.Serializer[Any]):
    """What to do: decide or drop ``hard``, ask more for ``unsure``, mend ``guideline``, train ``people``."""

    field = serializers.CharField()
    tasks = serializers.IntegerField()
    disagreeing = serializers.IntegerField()
    hard_count = serializers.IntegerField()
    hard = HardTaskOut(many=True)
    unsure_count = serializers.IntegerField()
    unsure = HardTaskOut(many=True)
    guideline = MixedUpOut(many=True)
    people = MixedUpOut(many=True)


class DifficultyView(APIView):
    @extend_schema(responses=AdviceOut(many=True), operation_id="difficulty_list")
    def get(self, request: Request, project_id: str) -> Response:
        """Per field, as of the last full run: the 200 hardest and least sure tasks, and what is mixed up."""
        access = access_project(request, project_id)
        check_query(request, ())
        names = access.can(Capability.SEE_PEOPLE)
        rows = from_replica(lambda: advice(access.project, names=names, most=MOST_TASKS, pictured=False))
        return Response({"results": AdviceOut(rows, many=True).data})
