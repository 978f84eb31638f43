"""Addresses of the annotate API, below /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from annotate.api.annotations import AnnotationList, AnnotationVersions, OneAnnotation, TakeIn
from annotate.api.assignments import DraftView, NextView, ReleaseView, SkipView, SubmitView
from annotate.api.comments import AssignmentComments, Questions, ResolveComment, TaskComments
from annotate.api.discards import MemberDiscard
from annotate.api.own_work import Notices, OwnWork
from annotate.api.predictions import Predictions
from annotate.api.preferences import Preferences
from annotate.api.review_entries import ReviewEntryView, TaskReview
from annotate.api.reviews import ReviewQueue, TaskAdjudication, Verdicts
from annotate.api.tasks import TaskActions, TaskList

# /projects/{id}/
projects = [
    path("projects/<str:project_id>/next/", NextView.as_view(), name="api-next"),
    path("projects/<str:project_id>/own-work/", OwnWork.as_view(), name="api-own-work"),
    path("projects/<str:project_id>/notices/", Notices.as_view(), name="api-notices"),
    path("projects/<str:project_id>/tasks/", TaskList.as_view(), name="api-tasks"),
    path("projects/<str:project_id>/tasks/actions/", TaskActions.as_view(), name="api-task-actions"),
    path("projects/<str:project_id>/annotations/", AnnotationList.as_view(), name="api-annotations"),
    path("projects/<str:project_id>/reviews/", ReviewQueue.as_view(), name="api-review-queue"),
    path(
        "projects/<str:project_id>/reviews/<str:annotation_id>/",
        ReviewEntryView.as_view(),
        name="api-review-entry",
    ),
    path("projects/<str:project_id>/questions/", Questions.as_view(), name="api-questions"),
    path("projects/<str:project_id>/predictions/", Predictions.as_view(), name="api-predictions"),
    path(
        "projects/<str:project_id>/members/<str:user_id>/discard/",
        MemberDiscard.as_view(),
        name="api-member-discard",
    ),
]

# /assignments/{id}/
assignments = [
    path("assignments/<str:assignment_id>/submit/", SubmitView.as_view(), name="api-assignment-submit"),
    path("assignments/<str:assignment_id>/draft/", DraftView.as_view(), name="api-assignment-draft"),
    path("assignments/<str:assignment_id>/skip/", SkipView.as_view(), name="api-assignment-skip"),
    path("assignments/<str:assignment_id>/release/", ReleaseView.as_view(), name="api-assignment-release"),
    path(
        "assignments/<str:assignment_id>/comments/",
        AssignmentComments.as_view(),
        name="api-assignment-comments",
    ),
]

# /annotations/{id}/
annotations = [
    path("annotations/<str:annotation_id>/", OneAnnotation.as_view(), name="api-annotation"),
    path(
        "annotations/<str:annotation_id>/versions/",
        AnnotationVersions.as_view(),
        name="api-annotation-versions",
    ),
    path("annotations/<str:annotation_id>/take-in/", TakeIn.as_view(), name="api-annotation-take-in"),
    path("annotations/<str:annotation_id>/reviews/", Verdicts.as_view(), name="api-reviews"),
]

# /tasks/{id}/ and /comments/{id}/
others = [
    path("preferences/", Preferences.as_view(), name="api-preferences"),
    path("tasks/<str:task_id>/adjudication/", TaskAdjudication.as_view(), name="api-adjudication"),
    path("tasks/<str:task_id>/review/", TaskReview.as_view(), name="api-task-review"),
    path("tasks/<str:task_id>/comments/", TaskComments.as_view(), name="api-task-comments"),
    path("comments/<str:comment_id>/resolve/", ResolveComment.as_view(), name="api-comment-resolve"),
]

urlpatterns: list[URLPattern | URLResolver] = [*assignments, *projects, *annotations, *others]
