"""What quality does after a commit: follows the outbox. Each is safe to run again."""

from annotate.outbox import register_consumer
from quality.services.grading import follow_discards, grade_events
from quality.services.qualification.remarking import remark_events
from quality.services.regrading import regrade_events
from quality.services.rejudging import follow_overlap, follow_stopping
from quality.services.seeding import follow_corrections
from quality.services.votes import follow_answers

ANSWER_EVENTS = (
    "submitted",
    "corrected",
    "taken_in",
    "reviewed",
    "review_undone",
    "discarded",
    "restored_answer",
    "adjudication_withdrawn",
    "gold_made",
    "gold_retired",
    "restored",
    "unblocked",
)


def register() -> None:
    """Called once at start-up."""
    register_consumer("gold", ["submitted", "corrected"], grade_events)
    register_consumer("gold-counts", ["discarded", "restored_answer"], follow_discards)
    register_consumer("gold-corrections", ["gold_made", "gold_voided"], regrade_events)
    register_consumer("quizzes", ["gold_made", "gold_voided"], remark_events)
    register_consumer("seeded-errors", ["gold_made"], follow_corrections)
    register_consumer("votes", ANSWER_EVENTS, follow_answers)
    register_consumer("dynamic-overlap", ["overlap_changed"], follow_overlap)
    register_consumer("stopping", ["stopping_changed"], follow_stopping)
