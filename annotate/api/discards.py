"""Setting a person's answers aside, with a count beforehand and an undo."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import clean_id
from accounts.errors import Missing
from accounts.models import User
from annotate.models import Annotation
from annotate.services.discards import count_discard, discard_answers, restore_answers
from projects.access import ProjectAccess, access_project


class DiscardOut(serializers.Serializer[Any]):
    answers = serializers.IntegerField()
    restorable = serializers.IntegerField()


class DiscardDoneOut(serializers.Serializer[Any]):
    answers = serializers.IntegerField()


class MemberDiscard(APIView):
    """The answers of one person in a project."""

    @extend_schema(responses=DiscardOut, operation_id="member_discard_count")
    def get(self, request: Request, project_id: str, user_id: str) -> Response:
        """How many answers a discard would set aside, and how many could be brought back."""
        access, user = _worker(request, project_id, user_id)
        return Response(DiscardOut(count_discard(project=access.project, user=user)).data)

    @extend_schema(request=None, responses=DiscardDoneOut, operation_id="member_discard")
    def post(self, request: Request, project_id: str, user_id: str) -> Response:
        """Set all of them aside and ask others for new answers."""
        access, user = _worker(request, project_id, user_id)
        return Response({"answers": discard_answers(project=access.project, user=user, by=access.user)})

    @extend_schema(responses=DiscardDoneOut, operation_id="member_discard_undo")
    def delete(self, request: Request, project_id: str, user_id: str) -> Response:
        """Bring back what was set aside in the last seven days."""
        access, user = _worker(request, project_id, user_id)
        return Response({"answers": restore_answers(project=access.project, user=user, by=access.user)})


def _worker(request: Request, project_id: str, user_id: str) -> tuple[ProjectAccess, User]:
    """A member of the project, or somebody who left it and whose answers are still there."""
    access = access_project(request, project_id)
    user = User.objects.filter(pk=clean_id(user_id)).first()
    if user is None:
        raise Missing
    is_member = access.project.memberships.filter(user=user).exists()
    if not is_member and not Annotation.objects.filter(project=access.project, user=user).exists():
        raise Missing
    return access, user
