"""The review queue, verdicts, and adjudication."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import clean_id
from accounts.api.serializers import check_query
from accounts.errors import Conflict, Missing
from annotate.api.annotation_serializers import (
    AdjudicationIn,
    AdjudicationOut,
    BulkAcceptIn,
    BulkAcceptOut,
    ReviewIn,
    ReviewOut,
)
from annotate.api.listing import OldestFirst, list_response
from annotate.api.people import hides_authors
from annotate.api.review_payload import reviewable
from annotate.api.review_rows import EntryRowOut, entry_rows
from annotate.api.seeded_reviews import find_seeded, seeded_for
from annotate.models import Annotation, ReviewEntry, ReviewReason, SeededAnswer
from annotate.querysets import ReviewEntryQuerySet
from annotate.services.adjudications import UNSEEN, adjudicate, withdraw_adjudication
from annotate.services.reviews import Judgement, bulk_accept, give_verdict
from annotate.services.seeded_answers import accept_seeded, as_review, judge_seeded, undo_seeded
from annotate.services.undo import undo_verdict
from projects.access import Capability, ProjectAccess, access_found, access_project, access_row
from projects.models import Task

FILTERS = ("author", "class", "reason")


class ReviewQueue(APIView):
    """What waits for a reviewer."""

    @extend_schema(
        responses=EntryRowOut(many=True),
        parameters=[OpenApiParameter(name, str) for name in FILTERS],
        operation_id="review_queue",
    )
    def get(self, request: Request, project_id: str) -> Response:
        """A page of answers that wait, oldest first, each with the reason; never one's own."""
        access = access_project(request, project_id)
        check_query(request, FILTERS)
        rows = waiting_entries(request, access)
        return list_response(rows, request, lambda page: entry_rows(page, access), pages=OldestFirst())

    @extend_schema(request=BulkAcceptIn, responses=BulkAcceptOut, operation_id="review_bulk_accept")
    def post(self, request: Request, project_id: str) -> Response:
        """Accept many answers at once; those that cannot be are named with the reason."""
        access = access_project(request, project_id)
        data = BulkAcceptIn(data=request.data)
        data.is_valid(raise_exception=True)
        ids = list(dict.fromkeys(data.validated_data["annotations"]))
        seeded = seeded_for(access, ids)
        real = [pk for pk in ids if pk not in seeded]
        among = reviewable(access)
        refused = bulk_accept(project=access.project, annotation_ids=real, by=access.user, among=among)
        refused += accept_seeded(list(seeded.values()), access.project)
        rows = [{"annotation": pk, "message": message} for pk, message in sorted(refused)]
        return Response(BulkAcceptOut({"accepted": len(ids) - len(rows), "refused": rows}).data)


def waiting_entries(request: Request, access: ProjectAccess) -> ReviewEntryQuerySet:
    """The entries that the query parameters ask for."""
    query = request.query_params
    if query.get("reason", ReviewReason.RANDOM) not in ReviewReason.values:
        raise exceptions.ValidationError({"reason": f"one of {', '.join(ReviewReason.values)}"})
    if "author" in query and hides_authors(access):
        raise exceptions.ValidationError({"author": "authors are hidden in this project"})
    if "class" in query and access.is_withheld:
        raise exceptions.ValidationError(
            {"class": "what tasks are thought to be is not told in this project"}
        )
    try:
        author = clean_id(query["author"]) if "author" in query else None
    except Missing:
        author = -1
    is_blind = hides_authors(access)
    waiting = ReviewEntry.shown.waiting(access.project.pk, reviewer_id=access.user.pk, is_blind=is_blind)
    rows = waiting.select_related("author", "task")
    return rows.narrowed(author=author, class_name=query.get("class"), reason=query.get("reason"))


class Verdicts(APIView):
    """The verdicts on one answer."""

    @extend_schema(responses=ReviewOut(many=True), operation_id="annotation_reviews")
    def get(self, request: Request, annotation_id: str) -> Response:
        """All verdicts on the answer, newest first."""
        seed = _seeded(request, annotation_id)
        if seed:
            standing = [as_review(seed[0])] if seed[0].judged_at else []
            return Response({"results": ReviewOut(standing, many=True).data})
        head, _ = access_row(request, Annotation.objects.all(), annotation_id)
        reviews = head.reviews.select_related("reviewer").order_by("-id")
        return Response({"results": ReviewOut(reviews, many=True).data})

    @extend_schema(request=ReviewIn, responses={201: ReviewOut}, operation_id="annotation_review")
    def post(self, request: Request, annotation_id: str) -> Response:
        """Accept, fix or reject the newest version of an answer that is not one's own."""
        seed = _seeded(request, annotation_id)
        if seed:
            judgement = _judgement(request)
            review = judge_seeded(seed=seed[0], project=seed[1].project, judgement=judgement)
            return Response(ReviewOut(review).data, status=201)
        head, access = _answer(request, annotation_id)
        judgement = _judgement(request)
        review = give_verdict(annotation=head, project=access.project, by=access.user, judgement=judgement)
        return Response(ReviewOut(review).data, status=201)

    @extend_schema(responses=ReviewOut, operation_id="annotation_review_undo")
    def delete(self, request: Request, annotation_id: str) -> Response:
        """Take the newest standing verdict back."""
        seed = _seeded(request, annotation_id)
        if seed:
            return Response(ReviewOut(undo_seeded(seed=seed[0])).data)
        head, access = _answer(request, annotation_id)
        newest = head.reviews.filter(undone_at__isnull=True).order_by("-id").first()
        if newest is None:
            raise Conflict("There is no verdict to take back.", code="no_verdict")
        is_manager = access.can(Capability.MANAGE)
        review = undo_verdict(review=newest, by_id=access.user.pk, is_manager=is_manager)
        return Response(ReviewOut(review).data)


def _answer(request: Request, annotation_id: str) -> tuple[Annotation, ProjectAccess]:
    """An answer to judge. Raises Missing for one that this reader may not."""
    head, access = access_row(request, Annotation.objects.all(), annotation_id)
    if access.is_withheld and not reviewable(access).filter(pk=head.pk).exists():
        raise Missing
    return head, access


def _judgement(request: Request) -> Judgement:
    data = ReviewIn(data=request.data)
    data.is_valid(raise_exception=True)
    return Judgement(**data.validated_data)


def _seeded(request: Request, annotation_id: str) -> tuple[SeededAnswer, ProjectAccess] | None:
    """The error seeded for this reviewer under this number, if it is one."""
    rows = SeededAnswer.objects.filter(reviewer=request.user.pk, pk=clean_id(annotation_id))
    seed = rows.select_related("task", "entry", "reviewer").first()
    if seed is None:
        return None
    _, access = access_found(request, seed)
    return (find_seeded(access, seed.pk), access)


class TaskAdjudication(APIView):
    """The final answer of a task."""

    @extend_schema(request=AdjudicationIn, responses={201: AdjudicationOut}, operation_id="adjudicate")
    def post(self, request: Request, task_id: str) -> Response:
        """Make a value or one of the answers final; it stands above consensus and review.

        ``instead_of`` is the decision that one has seen (null for none): 409 if another stands by now.
        """
        task, access = access_row(request, Task.objects.all(), task_id)
        data = AdjudicationIn(data=request.data)
        data.is_valid(raise_exception=True)
        decision = adjudicate(
            task=task,
            project=access.project,
            by=access.user,
            value=data.validated_data.get("value"),
            annotation_id=data.validated_data.get("annotation"),
            reason=data.validated_data["reason"],
            instead_of=data.validated_data.get("instead_of", UNSEEN),
        )
        return Response(AdjudicationOut(decision).data, status=201)

    @extend_schema(responses={204: None}, operation_id="adjudication_withdraw")
    def delete(self, request: Request, task_id: str) -> Response:
        """Take the final answer back."""
        task, access = access_row(request, Task.objects.all(), task_id)
        withdraw_adjudication(task=task, project=access.project)
        return Response(status=204)
