"""The states of a task: one table of every transition, and the only code that writes ``TaskSummary.state``.

Who may cause what stands beside each line; what it does to the queue's row is the same for all:
blocked, done and archived tasks take no answers, all others do while slots are free.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from django.db.models.functions import Now

from accounts.errors import Conflict
from accounts.statements import Prepared
from annotate.models import Pool, QueueEntry
from annotate.services.keys import bring_forward
from projects.models import TaskState as State
from projects.models import TaskSummary


class Cause(StrEnum):
    """What moves a task from one state to another."""

    FILLED = "filled"
    REOPENED = "reopened"
    REVIEW_REQUESTED = "review_requested"
    REVIEW_CLOSED = "review_closed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    RESUBMITTED = "resubmitted"
    REWORK_EXPIRED = "rework_expired"
    AGREED = "agreed"
    LEFT_TO_MODEL = "left_to_model"
    ADJUDICATED = "adjudicated"
    UNDONE = "undone"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    ARCHIVED = "archived"
    RESTORED = "restored"


@dataclass(frozen=True)
class Rule:
    """One cause: from where to where, who or what may bring it about, and its effect on the counters."""

    cause: Cause
    sources: tuple[State, ...]
    targets: tuple[State, ...]
    who: str
    effect: str


WAITING = (State.OPEN, State.ANSWERED, State.REVIEW, State.REWORK)
LOCK = Prepared(
    "lock_entries",
    """
SELECT task_id, pool FROM annotate_queueentry WHERE task_id = ANY(%(tasks)s) ORDER BY task_id FOR UPDATE
""",
    tasks="bigint[]",
)
CLOSED = frozenset({State.BLOCKED, State.DONE, State.ARCHIVED})
ALL = tuple(State)

RULES: tuple[Rule, ...] = (
    Rule(
        Cause.FILLED, (State.OPEN,), (State.ANSWERED,), "a submit, or fewer slots wanted", "answered = wanted"
    ),
    Rule(
        Cause.REOPENED,
        (State.ANSWERED, State.REVIEW, State.DONE),
        (State.OPEN,),
        "a manager: answers discarded, more slots wanted, requeued, taken back from a model",
        "taken and answered fall, or wanted rises; the row gets a new key",
    ),
    Rule(
        Cause.REVIEW_REQUESTED,
        (State.ANSWERED, State.DONE),
        (State.REVIEW,),
        "the share, quality, a manager",
        "none",
    ),
    Rule(
        Cause.REVIEW_CLOSED,
        (State.REVIEW,),
        (State.ANSWERED,),
        "the last entry was closed without effect",
        "none",
    ),
    Rule(
        Cause.ACCEPTED,
        (State.ANSWERED, State.REVIEW),
        (State.DONE,),
        "a reviewer accepts or fixes",
        "no more answers",
    ),
    Rule(
        Cause.REJECTED,
        (*WAITING, State.DONE),
        (State.REWORK,),
        "a reviewer rejects",
        "answered falls by one, the slot stays its author's",
    ),
    Rule(
        Cause.RESUBMITTED,
        (State.REWORK,),
        (State.REVIEW,),
        "the author answers again",
        "answered rises by one",
    ),
    Rule(Cause.REWORK_EXPIRED, (State.REWORK,), (State.OPEN,), "the deadline passes", "taken falls by one"),
    Rule(
        Cause.LEFT_TO_MODEL,
        (State.OPEN,),
        (State.DONE,),
        "a manager's triage, where nobody has begun",
        "no more answers",
    ),
    Rule(Cause.AGREED, (State.ANSWERED,), (State.DONE,), "consensus, by quality", "no more answers"),
    Rule(
        Cause.ADJUDICATED,
        (*WAITING, State.BLOCKED, State.DONE),
        (State.DONE,),
        "a reviewer",
        "no more answers",
    ),
    Rule(
        Cause.UNDONE,
        (State.DONE, State.REWORK),
        (State.OPEN, State.ANSWERED, State.REVIEW),
        "a reviewer takes a verdict or adjudication back",
        "what the verdict did to them is taken back",
    ),
    Rule(Cause.BLOCKED, WAITING, (State.BLOCKED,), "enough people skipped, or a manager", "no more answers"),
    Rule(Cause.UNBLOCKED, (State.BLOCKED,), (State.OPEN, State.ANSWERED), "a manager", "answers again"),
    Rule(
        Cause.ARCHIVED,
        tuple(state for state in ALL if state != State.ARCHIVED),
        (State.ARCHIVED,),
        "a manager",
        "no more answers; where it came from is kept",
    ),
    Rule(
        Cause.RESTORED,
        (State.ARCHIVED,),
        tuple(state for state in ALL if state != State.ARCHIVED),
        "a manager",
        "as before it was archived",
    ),
)
BY_CAUSE = {rule.cause: rule for rule in RULES}

# ``FILLED``, as a part of the statement that writes an answer (services/answer_rows.py).
FILL = """
        state = CASE WHEN s.state = 'open' AND fate.filled THEN 'answered' ELSE s.state END,
        answered_at = CASE WHEN s.state = 'open' AND fate.filled THEN statement_timestamp()
                      ELSE s.answered_at END
"""
# ``AGREED``, as a part of the statement that writes what people agree on (services/summaries.py), and what it
# does to the queue: gold is served on, whatever is known of it.
AGREE = """
    state = CASE WHEN s.state = 'answered' AND r.final THEN 'done' ELSE s.state END,
    done_at = CASE WHEN s.state = 'answered' AND r.final THEN statement_timestamp() ELSE s.done_at END
"""
CLOSE = """
UPDATE annotate_queueentry q SET is_open = false
FROM applied a WHERE a.final AND q.task_id = a.task_id AND q.pool = 'work' AND q.is_open
"""


def allowed(cause: Cause, source: str, target: str) -> bool:
    """Whether the table has this transition."""
    rule = BY_CAUSE[cause]
    return source in rule.sources and target in rule.targets


def move(summary: TaskSummary, cause: Cause, *, target: State | None = None) -> None:
    """Move one task, whose queue row and summary the caller has locked in this order.

    ``target`` is for causes that leave a choice. Raises Conflict for a transition that is not in the table;
    nothing is written then.
    """
    goal = target or _only_target(summary, cause)
    if not allowed(cause, summary.state, goal):
        raise Conflict(f"A task that is {summary.state} cannot become {goal} ({cause}).", code="state")
    _write(summary.project_id, [summary.task_id], summary.state, goal)
    summary.refresh_from_db(fields=["state", "archived_from", "answered_at", "done_at"])


def move_many(
    project_id: int, task_ids: Collection[int], cause: Cause, *, target: State | None = None
) -> int:
    """Move those of these tasks that may be moved by this cause, set-based; return how many were."""
    moved = 0
    lock_entries(task_ids)
    locked = list(
        TaskSummary.objects.select_for_update(no_key=True)
        .filter(project_id=project_id, task_id__in=task_ids, state__in=BY_CAUSE[cause].sources)
        .order_by("task_id")
    )
    groups: dict[tuple[str, State], list[int]] = {}
    for summary in locked:
        goal = target or _only_target(summary, cause)
        if allowed(cause, summary.state, goal):
            groups.setdefault((summary.state, goal), []).append(summary.task_id)
    for (source, goal), ids in groups.items():
        moved += len(ids)
        _write(project_id, ids, source, goal)
    return moved


def lock_entries(task_ids: Collection[int]) -> dict[int, str]:
    """Lock queue rows in the order in which everybody does: by task, and before the summaries.

    Return the pool of each.
    """
    if not task_ids:
        return {}
    return dict(LOCK.rows({"tasks": list(task_ids)}))


def _only_target(summary: TaskSummary, cause: Cause) -> State:
    if cause == Cause.RESTORED:
        return State(summary.archived_from or State.OPEN)
    targets = BY_CAUSE[cause].targets
    if len(targets) != 1:
        raise ValueError(f"{cause} leaves a choice of states: name one")
    return targets[0]


def _write(project_id: int, ids: list[int], source: str, target: State) -> None:
    changes: dict[str, object] = {"state": target, "updated_at": Now()}
    if target == State.ARCHIVED:
        changes["archived_from"] = source
    if target == State.DONE:
        changes["done_at"] = Now()
    elif source == State.DONE and target != State.ARCHIVED:
        changes["done_at"] = None
    if target == State.ANSWERED and source == State.OPEN:
        changes["answered_at"] = Now()
    TaskSummary.objects.filter(pk__in=ids).update(**changes)
    if (source in CLOSED) != (target in CLOSED):
        entries = QueueEntry.objects.filter(pk__in=ids)
        if target == State.DONE:
            entries = entries.filter(pool=Pool.WORK)  # gold is served on, whatever is known of it
        entries.update(is_open=target not in CLOSED)
        if target not in CLOSED:
            bring_forward(project_id, ids)
