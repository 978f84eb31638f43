"""Threads on tasks: for annotators from their assignment, for managers and reviewers from the task."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.once import key_of
from accounts.api.serializers import IdField, StrictSerializer, check_query
from annotate.api.assignments import access_assignment
from annotate.api.listing import list_response
from annotate.api.people import hides_authors, person_payload
from annotate.api.serializers import ValueField
from annotate.models import Comment, CommentKind
from annotate.services.comments import find_thread, post_comment, resolve
from projects.access import ProjectAccess, access_project, access_row
from projects.models import Task


class CommentIn(StrictSerializer):
    body = serializers.CharField(max_length=10_000)
    kind = serializers.ChoiceField(
        choices=[CommentKind.QUESTION, CommentKind.COMMENT], default=CommentKind.COMMENT
    )
    pin = ValueField(required=False, allow_null=True)
    thread = IdField(required=False, allow_null=True)


class TaskCommentIn(CommentIn):
    kind = serializers.ChoiceField(choices=CommentKind.choices, default=CommentKind.COMMENT)


class CommentOut(serializers.Serializer[Any]):
    """Without the task: annotators know their tasks by assignment only."""

    id = IdField()
    thread = IdField(source="thread_id", allow_null=True)
    kind = serializers.CharField()
    author = serializers.SerializerMethodField()
    body = serializers.CharField()
    pin = serializers.JSONField(allow_null=True)
    created_at = serializers.DateTimeField()
    resolved_at = serializers.DateTimeField(allow_null=True)

    def get_author(self, comment: Comment) -> dict[str, Any] | None:
        """Who wrote it."""
        return person_payload(comment.author, hidden=False)


class TaskCommentOut(CommentOut):
    """For those who may see tasks."""

    task = IdField(source="task_id")
    assignment = IdField(source="assignment_id", allow_null=True)

    def get_author(self, comment: Comment) -> dict[str, Any] | None:
        """Who wrote it; null in blind review, as whoever asked about a task has probably answered it."""
        return person_payload(comment.author, hidden=bool(self.context.get("hidden")))


def shown_to(access: ProjectAccess) -> dict[str, Any]:
    """The serializer context for threads as this person may see them."""
    return {"hidden": hides_authors(access)}


class AssignmentComments(APIView):
    """What an annotator asked about what they hold or answered."""

    @extend_schema(responses=CommentOut(many=True), operation_id="assignment_comments")
    def get(self, request: Request, assignment_id: str) -> Response:
        """One's own threads on this task, with the replies."""
        assignment, access = access_assignment(request, assignment_id)
        rows = assignment.task.comments.threads_of(access.user.pk).select_related("author").order_by("id")
        return Response({"results": CommentOut(rows, many=True).data})

    @extend_schema(request=CommentIn, responses={201: CommentOut}, operation_id="assignment_comment")
    def post(self, request: Request, assignment_id: str) -> Response:
        """Ask the manager, or remark on the item; pinned to a region, span or time if wished.

        With an Idempotency-Key a repeat returns the first comment.
        """
        assignment, access = access_assignment(request, assignment_id)
        data = CommentIn(data=request.data)
        data.is_valid(raise_exception=True)
        values = dict(data.validated_data)
        threads = assignment.task.comments.threads_of(access.user.pk)
        values["thread"] = find_thread(threads, values.get("thread"))
        values["key"] = key_of(request)
        comment = post_comment(task=assignment.task, by=access.user, assignment=assignment, **values)
        return Response(CommentOut(comment).data, status=201)


class TaskComments(APIView):
    """All threads of a task."""

    @extend_schema(responses=TaskCommentOut(many=True), operation_id="task_comments")
    def get(self, request: Request, task_id: str) -> Response:
        """Everything that was said about the task."""
        task, access = access_row(request, Task.objects.all(), task_id)
        rows = task.comments.select_related("author").order_by("id")
        return Response({"results": TaskCommentOut(rows, many=True, context=shown_to(access)).data})

    @extend_schema(request=TaskCommentIn, responses={201: TaskCommentOut}, operation_id="task_comment")
    def post(self, request: Request, task_id: str) -> Response:
        """Answer, ask or remark; the author of a question is told of the answer."""
        task, access = access_row(request, Task.objects.all(), task_id)
        data = TaskCommentIn(data=request.data)
        data.is_valid(raise_exception=True)
        values = dict(data.validated_data)
        values["thread"] = find_thread(task.comments.all(), values.get("thread"))
        values["key"] = key_of(request)
        comment = post_comment(task=task, by=access.user, **values)
        return Response(TaskCommentOut(comment).data, status=201)


class Questions(APIView):
    """What waits for an answer."""

    @extend_schema(responses=TaskCommentOut(many=True), operation_id="questions")
    def get(self, request: Request, project_id: str) -> Response:
        """A page of open questions, newest first."""
        access = access_project(request, project_id)
        check_query(request, ())
        rows = Comment.objects.open_questions(access.project.pk).select_related("author")
        context = shown_to(access)
        return list_response(
            rows, request, lambda page: TaskCommentOut(page, many=True, context=context).data
        )


class ResolveComment(APIView):
    """Closing a thread."""

    @extend_schema(request=None, responses=TaskCommentOut, operation_id="comment_resolve")
    def post(self, request: Request, comment_id: str) -> Response:
        """Mark a thread as settled."""
        comment, access = access_row(request, Comment.objects.select_related("author"), comment_id)
        return Response(TaskCommentOut(resolve(comment=comment), context=shown_to(access)).data)
