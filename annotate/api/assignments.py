"""The annotator's routes: next, draft, submit, skip, release."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import clean_id, signed_in
from accounts.api.serializers import checked
from accounts.api.views import APIView
from annotate.api.payloads import drawing_payload, stored_payload
from annotate.api.serializers import (
    DraftIn,
    NextIn,
    NextOut,
    SavedDraftOut,
    SkipIn,
    SubmitIn,
    SubmitOut,
)
from annotate.models import Assignment
from annotate.services.certificates import lacks_certificate
from annotate.services.held import draft_payload, release, save_draft, skip
from annotate.services.leases import find_lease
from annotate.services.queue import Drawing, draw
from annotate.services.submit import submit
from projects.access import ProjectAccess, access_found, access_project

KEY_HEADER = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="Made by the client, once per answer.",
)


def access_assignment(request: Request, assignment_id: str) -> tuple[Assignment, ProjectAccess]:
    """The person's own assignment; everybody else's does not exist."""
    lease, access = find_lease(clean_id(assignment_id), signed_in(request))
    return access_found(request, lease, known=access)


def next_payload(access: ProjectAccess, count: int) -> dict[str, Any]:
    """The next assignments, or none if the client wants none."""
    drawing = draw(access, count) if count else Drawing([], None)
    return drawing_payload(drawing, access.project)


class NextView(APIView):
    """Work for the person who asks."""

    @extend_schema(request=NextIn, responses=NextOut, operation_id="next")
    def post(self, request: Request, project_id: str) -> Response:
        """Give what the person holds, topped up to ``count``; an empty list has a reason."""
        access = access_project(request, project_id)
        data = checked(NextIn, request.data)
        return Response(next_payload(access, data["count"]))


class DraftView(APIView):
    """What was typed so far."""

    @extend_schema(request=DraftIn, responses=SavedDraftOut, operation_id="assignment_draft")
    def put(self, request: Request, assignment_id: str) -> Response:
        """Save a draft made from revision ``base`` and renew the lease; 409 with the newer draft."""
        assignment, access = access_assignment(request, assignment_id)
        data = checked(DraftIn, request.data)
        may_hold = not lacks_certificate(access.project, access.membership)
        draft = save_draft(assignment=assignment, project=access.project, may_hold=may_hold, **data)
        return Response({"draft": draft_payload(draft), "expires": draft.assignment.expires_at})


class SubmitView(APIView):
    """The answer."""

    @extend_schema(
        request=SubmitIn, responses={201: SubmitOut}, parameters=[KEY_HEADER], operation_id="submit"
    )
    def post(self, request: Request, assignment_id: str) -> Response:
        """Store the answer and bring the next assignments; a repeat with the same key changes nothing."""
        assignment, access = access_assignment(request, assignment_id)
        data = checked(SubmitIn, request.data)
        stored = submit(
            assignment=assignment,
            value=data["value"],
            seconds=data["seconds"],
            key=request.META.get("HTTP_IDEMPOTENCY_KEY", ""),
            late_counts=not lacks_certificate(access.project, access.membership),
        )
        answer = {"annotation": stored_payload(stored)}
        return Response(answer | next_payload(access, data["next"]), status=201)


class SkipView(APIView):
    """Passing on a task."""

    @extend_schema(request=SkipIn, responses=NextOut, operation_id="assignment_skip")
    def post(self, request: Request, assignment_id: str) -> Response:
        """Never get this task again, with a reason, and bring the next assignments."""
        assignment, access = access_assignment(request, assignment_id)
        data = checked(SkipIn, request.data)
        skip(assignment=assignment, project=access.project, reason=data["reason"], comment=data["comment"])
        return Response(next_payload(access, data["next"]))


class ReleaseView(APIView):
    """Giving a held task back."""

    @extend_schema(request=None, responses={204: None}, operation_id="assignment_release")
    def post(self, request: Request, assignment_id: str) -> Response:
        """Let others have it; the draft is kept."""
        assignment, _ = access_assignment(request, assignment_id)
        release(assignment=assignment)
        return Response(status=204)
