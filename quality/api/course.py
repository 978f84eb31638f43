"""The way to a certificate for whoever goes it: practice, quiz, own certificates."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.api.serializers import check_query
from accounts.errors import Conflict, Missing
from annotate.api.assignments import KEY_HEADER
from annotate.api.serializers import AssignmentOut, DraftIn, NextIn, ReasonOut, StoredAnswerOut, SubmitIn
from projects.access import ProjectAccess, access_found, access_project
from quality.api.qualification_payloads import (
    certificate_payload,
    feedback_payload,
    next_payload,
    refused,
    result_payload,
)
from quality.models import AttemptKind, Certificate, QualificationAnswer, QualificationAttempt
from quality.reports.remarked import Change
from quality.services.qualification.course import answer_item, begin_practice, begin_quiz, keep_draft


class CertificateOut(serializers.Serializer[Any]):
    """``expires_at`` null: it does not run out."""

    id = serializers.CharField()
    granted_at = serializers.DateTimeField()
    by_quiz = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawal_reason = serializers.CharField(allow_blank=True)


class ClassResultOut(serializers.Serializer[Any]):
    """``mark`` and ``passed`` are null where the class has no pass mark of its own."""

    field = serializers.CharField()
    name = serializers.CharField()
    right = serializers.IntegerField()
    asked = serializers.IntegerField()
    mark = serializers.FloatField(allow_null=True)
    passed = serializers.BooleanField(allow_null=True)


class RemarkedOut(serializers.Serializer[Any]):
    """A quiz marked anew after its gold changed: why (corrected, unfit, or both), and what it came to before.

    ``change``: it passes now; it would not any more and is kept as passed; or neither. What was before
    is null, and ``because`` empty, where it was marked anew before that was kept.
    """

    because = serializers.ListField(child=serializers.ChoiceField(choices=["corrected", "unfit"]))
    right_before = serializers.IntegerField(allow_null=True)
    asked_before = serializers.IntegerField(allow_null=True)
    passed_before = serializers.BooleanField(allow_null=True)
    change = serializers.ChoiceField(choices=Change.choices)


class QuizResultOut(serializers.Serializer[Any]):
    """``right`` of ``asked``, ``needed`` to pass, with a 95 % Wilson interval for the share."""

    right = serializers.IntegerField()
    asked = serializers.IntegerField()
    needed = serializers.IntegerField()
    passed = serializers.BooleanField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    classes = ClassResultOut(many=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    remarked_at = serializers.DateTimeField(allow_null=True)
    remarked = RemarkedOut(allow_null=True)


class CourseItemOut(AssignmentOut):
    """The shape of an assignment; nothing expires."""

    expires = serializers.DateTimeField(allow_null=True)


class FeedbackOut(serializers.Serializer[Any]):
    item = CourseItemOut()
    correct = serializers.BooleanField()
    yours = serializers.JSONField()
    answer = serializers.JSONField()
    explanation = serializers.CharField(allow_blank=True)


class PracticedOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    correct = serializers.BooleanField()


class CourseTermsOut(serializers.Serializer[Any]):
    quiz_length = serializers.IntegerField()
    pass_mark = serializers.FloatField()
    needed = serializers.IntegerField()
    class_marks = serializers.JSONField()
    cooldown_minutes = serializers.IntegerField()
    attempts_most = serializers.IntegerField()
    other_items = serializers.BooleanField()
    validity_days = serializers.IntegerField()


class CourseOut(serializers.Serializer[Any]):
    """Where one stands: ``stage`` says what comes next, ``number`` of ``total`` which item that is."""

    stage = serializers.ChoiceField(choices=["practice", "ready", "quiz", "waiting", "stopped", "certified"])
    number = serializers.IntegerField()
    total = serializers.IntegerField()
    certificate = CertificateOut(allow_null=True)
    is_certified = serializers.BooleanField()
    result = QuizResultOut(allow_null=True)
    next_at = serializers.DateTimeField(allow_null=True)
    attempts_left = serializers.IntegerField(allow_null=True)
    terms = CourseTermsOut()
    practiced = PracticedOut(many=True)
    feedback = FeedbackOut(allow_null=True)


class CourseNextOut(serializers.Serializer[Any]):
    assignments = CourseItemOut(many=True)
    reason = ReasonOut(allow_null=True)
    course = CourseOut(allow_null=True)


class CourseSubmitOut(CourseNextOut):
    annotation = StoredAnswerOut()


class CourseDraftOut(serializers.Serializer[Any]):
    draft = serializers.JSONField()
    expires = serializers.DateTimeField(allow_null=True)


class OwnCertificatesOut(serializers.Serializer[Any]):
    certificates = CertificateOut(many=True)
    quizzes = QuizResultOut(many=True)


def access_item(request: Request, course_item_id: str) -> tuple[QualificationAnswer, ProjectAccess]:
    """The person's own item of practice or quiz; everybody else's does not exist."""
    signed_in(request)
    try:
        wanted = uuid.UUID(course_item_id)
    except ValueError:
        raise Missing from None
    rows = QualificationAnswer.objects.select_related("attempt", "gold__task").defer("gold__task__search")
    item = rows.filter(pk=wanted).first()
    _, access = access_found(request, item and item.attempt)
    if item is None:
        raise Missing
    return item, access


def _check_open(access: ProjectAccess) -> None:
    """Raise Conflict for whoever may neither practice nor take a quiz now."""
    if reason := refused(access):
        raise Conflict(reason.text or "Not now.", code=reason.code)


class CourseNext(APIView):
    @extend_schema(request=NextIn, responses=CourseNextOut, operation_id="qualification_next")
    def post(self, request: Request, project_id: str) -> Response:
        """The next item of practice or quiz, and where one stands; practice begins by itself."""
        access = access_project(request, project_id)
        data = NextIn(data=request.data)
        data.is_valid(raise_exception=True)
        return Response(started_payload(access))


def started_payload(access: ProjectAccess) -> dict[str, Any]:
    """``next_payload``, with practice begun for whoever comes for the first time."""
    payload = next_payload(access)
    course = payload["course"]
    if course and course["stage"] == "practice" and not course["total"]:
        begin_practice(project=access.project, user=access.user)
        payload = next_payload(access)
    return payload


class CoursePractice(APIView):
    @extend_schema(request=None, responses=CourseNextOut, operation_id="qualification_practice")
    def post(self, request: Request, project_id: str) -> Response:
        """Practice once more, from the first item."""
        access = access_project(request, project_id)
        _check_open(access)
        begin_practice(project=access.project, user=access.user)
        return Response(next_payload(access))


class CourseQuiz(APIView):
    @extend_schema(request=None, responses=CourseNextOut, operation_id="qualification_quiz")
    def post(self, request: Request, project_id: str) -> Response:
        """Begin a quiz, or go on with the one under way."""
        access = access_project(request, project_id)
        _check_open(access)
        begin_quiz(project=access.project, user=access.user)
        return Response(next_payload(access))


class CourseItem(APIView):
    @extend_schema(responses=FeedbackOut, operation_id="qualification_item")
    def get(self, request: Request, course_item_id: str) -> Response:
        """A practice item that one has answered, with the accepted answer. Quiz items are never shown."""
        item, access = access_item(request, course_item_id)
        if item.answered_at is None or item.attempt.kind != AttemptKind.PRACTICE:
            raise Missing
        return Response(feedback_payload(access, item))


class CourseDraft(APIView):
    @extend_schema(request=DraftIn, responses=CourseDraftOut, operation_id="qualification_draft")
    def put(self, request: Request, course_item_id: str) -> Response:
        """Save a draft made from revision ``base``; 409 with the newer draft."""
        item, _ = access_item(request, course_item_id)
        data = DraftIn(data=request.data)
        data.is_valid(raise_exception=True)
        row = keep_draft(item=item, **data.validated_data)
        draft = {"value": row.draft, "revision": row.revision, "saved_at": row.saved_at}
        return Response({"draft": draft, "expires": None})


class CourseSubmit(APIView):
    @extend_schema(
        request=SubmitIn,
        responses={201: CourseSubmitOut},
        parameters=[KEY_HEADER],
        operation_id="qualification_submit",
    )
    def post(self, request: Request, course_item_id: str) -> Response:
        """Store the answer; feedback in practice, the result after a quiz; a repeat changes nothing."""
        item, access = access_item(request, course_item_id)
        data = SubmitIn(data=request.data)
        data.is_valid(raise_exception=True)
        done = answer_item(
            item=item,
            project=access.project,
            value=data.validated_data["value"],
            seconds=data.validated_data["seconds"],
            key=request.headers.get("Idempotency-Key", ""),
        ).answer
        done.attempt, done.gold = item.attempt, item.gold
        stored = {
            "id": str(done.pk),
            "assignment": str(done.pk),
            "version": 1,
            "created_at": done.answered_at,
        }
        return Response({"annotation": stored, **next_payload(access, after=done)}, status=201)


class OwnCertificates(APIView):
    @extend_schema(responses=OwnCertificatesOut, operation_id="own_certificates")
    def get(self, request: Request, project_id: str) -> Response:
        """One's own certificates and finished quizzes, newest first."""
        access = access_project(request, project_id)
        check_query(request, ())
        mine = {"project": access.project, "user": access.user}
        certificates = Certificate.objects.filter(**mine).order_by("-pk")[:100]
        quizzes = QualificationAttempt.objects.filter(
            **mine, kind=AttemptKind.QUIZ, finished_at__isnull=False
        ).order_by("-pk")[:100]
        return Response(
            {
                "certificates": [certificate_payload(row) for row in certificates],
                "quizzes": [result_payload(row) for row in quizzes],
            }
        )
