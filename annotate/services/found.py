"""What every search of the queue has in common: what is open, what somebody never had, and what it brings."""

from dataclasses import dataclass

# Word for word the condition of the partial index ``queue_open_work``.
OPEN = "q.project_id = %(project)s AND q.pool = 'work' AND q.is_open AND q.taken < q.wanted"

# A sub-select that stays one: as NOT EXISTS the planner may hash everything the person ever did.
NEVER_HAD = """(SELECT a.id FROM annotate_assignment a
    WHERE a.project_id = q.project_id AND a.task_id = q.task_id AND a.user_id = %(user)s
      AND a.state IN ('active', 'submitted', 'skipped')) IS NULL"""

STRETCH = 2_000  # rows that one statement looks at


@dataclass(frozen=True)
class Picked:
    """A task of which one slot was just taken, and how it was drawn."""

    task_id: int
    drawn: str


@dataclass(frozen=True)
class Found:
    """The tasks of which a slot was taken, and how many rows were ``seen`` that this person could have.

    ``goes_on``: there is more to look at, from where the cursor stands now.
    """

    picked: list[Picked]
    seen: int
    goes_on: bool = False
