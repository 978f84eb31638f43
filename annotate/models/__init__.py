"""The work itself: who holds which task, what they answered, what was said about it."""

from annotate.models.activity import ActivityDay, PersonTotal
from annotate.models.adjudication import Adjudication
from annotate.models.annotation import Annotation, AnnotationVersion
from annotate.models.assignment import Assignment, AssignmentState, Draft, Drawn, Skip, SkipReason
from annotate.models.comment import Comment, CommentKind
from annotate.models.notice import Notice, NoticeKind
from annotate.models.outbox import OutboxEvent
from annotate.models.prediction import Prediction
from annotate.models.queue import Pool, QueueCursor, QueueEntry, RankingEpoch
from annotate.models.review import Review, ReviewEntry, ReviewReason, Verdict
from annotate.models.seed import SeededAnswer, SeededPrelabel

__all__ = [
    "ActivityDay",
    "Adjudication",
    "Annotation",
    "AnnotationVersion",
    "Assignment",
    "AssignmentState",
    "Comment",
    "CommentKind",
    "Draft",
    "Drawn",
    "Notice",
    "NoticeKind",
    "OutboxEvent",
    "PersonTotal",
    "Pool",
    "Prediction",
    "QueueCursor",
    "QueueEntry",
    "RankingEpoch",
    "Review",
    "ReviewEntry",
    "ReviewReason",
    "SeededAnswer",
    "SeededPrelabel",
    "Skip",
    "SkipReason",
    "Verdict",
]
