"""What every search of the queue has in common: what is open, what somebody never had, and what it brings."""

from dataclasses import dataclass

# Word for word the condition of the partial index ``queue_open_work``.
UNFILLED = "q.pool = 'work' AND q.is_open AND q.taken < q.wanted"
OPEN = f"q.project_id = %(project)s AND {UNFILLED} AND NOT q.for_experts"

# The same of ``queue_open_experts``.
OPEN_TO_EXPERTS = f"q.project_id = %(project)s AND {UNFILLED} AND q.for_experts"

# Of a row of the queue: whether this person is an expert where it stands.
BY_EXPERT = """EXISTS (
        SELECT 1 FROM projects_membership m
        WHERE m.project_id = annotate_queueentry.project_id AND m.user_id = %(user)s AND m.is_expert)"""

# What waits for an expert takes no late answer of others.
MAY_ANSWER = f"(NOT for_experts OR {BY_EXPERT})"

# A sub-select that stays one: as NOT EXISTS the planner may hash everything the person ever did.
NEVER_HAD = """(SELECT a.id FROM annotate_assignment a
    WHERE a.project_id = q.project_id AND a.task_id = q.task_id AND a.user_id = %(user)s
      AND a.state IN ('active', 'submitted', 'skipped')) IS NULL"""

STRETCH = 2_000  # rows that one statement looks at


@dataclass(frozen=True)
class Picked:
    """A task of which one slot was just taken, how it was drawn, and whether it waited for an expert."""

    task_id: int
    drawn: str
    for_experts: bool = False


@dataclass(frozen=True)
class Found:
    """The tasks of which a slot was taken, and how many rows were ``seen`` that this person could have.

    ``goes_on``: there is more to look at, from where the cursor stands now. ``for_experts``: the first so
    many of those seen wait for an expert.
    """

    picked: list[Picked]
    seen: int
    goes_on: bool = False
    for_experts: int = 0
