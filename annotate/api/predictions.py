"""Models' answers in and out."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import clean_id
from accounts.api.serializers import IdField, StrictSerializer, check_query
from accounts.errors import Missing
from annotate.api.listing import list_response
from annotate.api.serializers import ValueField
from annotate.models import Prediction
from annotate.services.predictions import PredictionInput, store_predictions
from projects.access import access_project

MOST_ITEMS = 10_000


class PredictionItemIn(StrictSerializer):
    task = IdField(required=False)
    id = serializers.CharField(max_length=200, required=False)
    value = ValueField()
    score = serializers.FloatField(min_value=0, max_value=1, required=False, allow_null=True)

    def validate(self, attrs: dict[str, object]) -> dict[str, object]:
        """Exactly one name for the task."""
        if ("task" in attrs) == ("id" in attrs):
            raise serializers.ValidationError({"task": "give either task or id"})
        return attrs


class PredictionsIn(StrictSerializer):
    model = serializers.CharField(max_length=100)
    version = serializers.CharField(max_length=100)
    items = serializers.ListField(child=PredictionItemIn(), min_length=1, max_length=MOST_ITEMS)


class PredictionProblemOut(serializers.Serializer[Any]):
    row = serializers.IntegerField()
    path = serializers.CharField()
    message = serializers.CharField()


class PredictionsStoredOut(serializers.Serializer[Any]):
    stored = serializers.IntegerField()
    errors = PredictionProblemOut(many=True)  # type: ignore[assignment]  # a field, taken out by DRF


class PredictionOut(serializers.Serializer[Any]):
    id = IdField()
    task = IdField(source="task_id")
    model = serializers.CharField()
    version = serializers.CharField()
    value = serializers.JSONField()
    score = serializers.FloatField(allow_null=True)
    created_at = serializers.DateTimeField()


class Predictions(APIView):
    """Predictions of a project."""

    @extend_schema(
        responses=PredictionOut(many=True),
        parameters=[OpenApiParameter(name, str) for name in ("task", "model", "version")],
        operation_id="predictions",
    )
    def get(self, request: Request, project_id: str) -> Response:
        """A page of predictions, newest first."""
        access = access_project(request, project_id)
        check_query(request, ("task", "model", "version"))
        query = request.query_params
        rows = Prediction.objects.filter(project=access.project)
        if "task" in query:
            try:
                rows = rows.filter(task_id=clean_id(query["task"]))
            except Missing:
                rows = rows.none()
        if "model" in query:
            rows = rows.filter(model=query["model"])
        if "version" in query:
            rows = rows.filter(version=query["version"])
        return list_response(rows, request, lambda page: PredictionOut(page, many=True).data)

    @extend_schema(request=PredictionsIn, responses=PredictionsStoredOut, operation_id="predictions_store")
    def post(self, request: Request, project_id: str) -> Response:
        """Store what is valid, in place of what this version of the model said before; report the rest."""
        access = access_project(request, project_id)
        data = PredictionsIn(data=request.data)
        data.is_valid(raise_exception=True)
        items = [
            PredictionInput(row["value"], row.get("score"), row.get("task"), row.get("id"))
            for row in data.validated_data["items"]
        ]
        stored, problems = store_predictions(
            project=access.project,
            model=data.validated_data["model"],
            version=data.validated_data["version"],
            items=items,
        )
        return Response(PredictionsStoredOut({"stored": stored, "errors": problems}).data)
