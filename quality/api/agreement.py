"""Agreement by REST: coefficients, classes, people, pairs, their differences, slices."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import clean_id
from accounts.api.serializers import check_query
from accounts.replica import from_replica
from projects.access import access_project
from projects.models import Project
from quality.api.agreement_serializers import (
    AgreementOut,
    ClassAgreementOut,
    DifferenceOut,
    PairAgreementOut,
    PersonAgreementOut,
    SliceAgreementOut,
)
from quality.models import Agreement
from quality.reports.agreement import Parts, choose_field, is_finding, names_of, pair_of, parts
from quality.services.agreement import ABOUT, CLASSES, PAIRS, PEOPLE, SLICES
from quality.services.fields import Asked
from quality.services.figures import stored_figures

FIELD = OpenApiParameter("field", str, description="Name of a field; the first without it.")
PERSON = [OpenApiParameter(name, str, description="Id of a user.") for name in ("first", "second")]


def _asked(request: Request, project: Project, allowed: Iterable[str] = ()) -> Asked | None:
    """The field that is asked for; 400 for one that is not there, None in a project without any."""
    check_query(request, ["field", *allowed])
    name = request.query_params.get("field", "")
    asked = choose_field(project, name)
    if asked is None and name:
        raise exceptions.ValidationError({"field": "there is no such field"})
    return asked


def _parts(project: Project, asked: Asked | None, kind: str) -> Parts:
    return parts(project, asked.name, [kind]) if asked else Parts({}, None)


def _answer(asked: Asked | None, results: Any, found: Parts, **more: Any) -> Response:
    name = asked.name if asked else None
    return Response({"field": name, "computed_at": found.computed_at, **more, "results": results})


class AgreementView(APIView):
    @extend_schema(responses=AgreementOut(many=True), operation_id="agreement_list")
    def get(self, request: Request, project_id: str) -> Response:
        """Coefficients per field as of the last full run, with 95 % bootstrap intervals."""
        access = access_project(request, project_id)
        check_query(request, ())

        def read() -> Any:
            about = stored_figures(access.project, ABOUT)
            rows = list(Agreement.objects.filter(project=access.project).order_by("field", "coefficient"))
            for row in rows:
                row.__dict__["raters"] = about.get(row.field, {}).get("raters")
            return AgreementOut(rows, many=True).data

        return Response({"results": from_replica(read)})


class ClassAgreement(APIView):
    @extend_schema(
        parameters=[FIELD], responses=ClassAgreementOut(many=True), operation_id="agreement_classes"
    )
    def get(self, request: Request, project_id: str) -> Response:
        """Per class: alpha of having it or not, and specific agreement, with 95 % bootstrap intervals."""
        access = access_project(request, project_id)
        asked = _asked(request, access.project)
        found = from_replica(lambda: _parts(access.project, asked, CLASSES))
        return _answer(asked, ClassAgreementOut(found.part(CLASSES) or [], many=True).data, found)


class PersonAgreement(APIView):
    @extend_schema(
        parameters=[FIELD], responses=PersonAgreementOut(many=True), operation_id="agreement_people"
    )
    def get(self, request: Request, project_id: str) -> Response:
        """Each person and all others who answered the same tasks, with 95 % intervals."""
        access = access_project(request, project_id)
        asked = _asked(request, access.project)
        found = from_replica(lambda: _parts(access.project, asked, PEOPLE))
        rows = found.part(PEOPLE) or []
        names = names_of(row["user"] for row in rows)
        people = [{**row, "user": {"id": row["user"], "name": names[row["user"]]}} for row in rows]
        return _answer(asked, PersonAgreementOut(people, many=True).data, found)


class PairAgreement(APIView):
    @extend_schema(parameters=[FIELD], responses=PairAgreementOut(many=True), operation_id="agreement_pairs")
    def get(self, request: Request, project_id: str) -> Response:
        """Every two of those who are compared most, on the tasks they share; `hidden` others are left out."""
        access = access_project(request, project_id)
        asked = _asked(request, access.project)
        found = from_replica(lambda: _parts(access.project, asked, PAIRS))
        matrix = found.part(PAIRS) or {"people": [], "pairs": [], "hidden": 0}
        names = names_of(matrix["people"])
        pairs = [
            {**row, **{side: {"id": row[side], "name": names[row[side]]} for side in ("first", "second")}}
            for row in matrix["pairs"]
        ]
        return _answer(asked, PairAgreementOut(pairs, many=True).data, found, hidden=matrix["hidden"])


class PairDifferences(APIView):
    @extend_schema(
        parameters=[FIELD, *PERSON], responses=DifferenceOut(many=True), operation_id="agreement_differences"
    )
    def get(self, request: Request, project_id: str) -> Response:
        """The tasks on which two people differ most, both answers; without names the two who differ most."""
        access = access_project(request, project_id)
        asked = _asked(request, access.project, ["first", "second"])
        first, second = (
            clean_id(text) if (text := request.query_params.get(key, "")) else None
            for key in ("first", "second")
        )
        pair = from_replica(lambda: pair_of(access.project, asked, first, second)) if asked else None
        people = None
        if pair is not None:
            people = [{"id": str(each), "name": pair.names[each]} for each in (pair.first, pair.second)]
        results = DifferenceOut(pair.differences if pair else [], many=True).data
        return Response({"field": asked.name if asked else None, "people": people, "results": results})


class SliceAgreement(APIView):
    @extend_schema(
        parameters=[FIELD], responses=SliceAgreementOut(many=True), operation_id="agreement_slices"
    )
    def get(self, request: Request, project_id: str) -> Response:
        """By metadata, guideline version, week; `adjusted` p-values allow for many tests."""
        access = access_project(request, project_id)
        asked = _asked(request, access.project)
        found = from_replica(lambda: _parts(access.project, asked, SLICES))
        stored = found.part(SLICES) or {"slices": [], "tasks": 0, "tests": 0}
        rows = [{**row, "differs": is_finding(row)} for row in stored["slices"]]
        results = SliceAgreementOut(rows, many=True).data
        return _answer(asked, results, found, tasks=stored["tasks"], tests=stored["tests"])
