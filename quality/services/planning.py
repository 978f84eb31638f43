"""Plans tried on simulated people before launch: what they would cost and reach."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from accounts.errors import Conflict, DomainError, FieldError
from accounts.models import User
from projects.jobs import JobContext, job_handler, start_job
from projects.models import Job, JobState, Project
from projects.queries import count_states
from projects.services.projects import change_project
from quality.models import FittedModel, Trust
from quality.services.fields import Asked
from quality.services.figures import matrix_fields
from quality.services.trust import CONSENSUS
from stats.consensus.overlap import StoppingRule
from stats.planning.crowd import CrowdModel, assumed_crowd, measured_crowd
from stats.planning.simulation import Outcome, Plan, simulate

JOB = "simulation"
SEED = 20261128
RUNS = 20
MOST_TASKS = 500  # simulated; costs are scaled to the tasks there are
MOST_PEOPLE = 200
MOST_PLANS = 8
MOST_ANSWERS = 15
MOST_CLASSES = 20  # of more only those that occur are in a model
LEAST_MEASURED = 2  # people with a matrix of their own
LEAST_COMPARED = 1.0  # judgements that gold or the others are worth, before somebody counts as measured
DEFAULT_TASKS = 1_000


@dataclass(frozen=True)
class PlanSetup:
    """A plan as a manager states it; ``least == most`` is a fixed number."""

    least: int
    most: int
    until: float = 0.95
    worth: float = 0.0

    @property
    def dynamic(self) -> bool:
        """Whether the number depends on the task."""
        return self.least < self.most

    @property
    def until_percent(self) -> str:
        """As people write it."""
        return f"{self.until * 100:g} %"

    @property
    def worth_percent(self) -> str:
        """As people write it; empty where it does not matter."""
        return f"{self.worth * 100:g} %" if self.worth else ""


@dataclass(frozen=True)
class Setup:
    """What is assumed. ``measured``: people and class shares as the last full run found them."""

    field: str
    measured: bool
    people: int
    accuracy: float
    spread: float
    shares: tuple[float, ...]
    tasks: int
    gold_share: float
    review_share: float
    plans: tuple[PlanSetup, ...]


BOUNDS: dict[str, tuple[float, float]] = {
    "people": (1, MOST_PEOPLE),
    "accuracy": (0, 1),
    "spread": (0, 0.5),
    "tasks": (1, 10**9),
    "gold_share": (0, 0.5),
    "review_share": (0, 1),
}
WHOLE = {"people", "tasks"}
PLAN_PARTS = {"least", "most", "until", "worth"}


def planable_fields(project: Project) -> list[Asked]:
    """Fields that can be simulated: one choice among few enough classes."""
    return [
        asked
        for asked in matrix_fields(project)
        if asked.label_type.scale(asked.field) == "nominal" and 2 <= len(asked.codes) <= MOST_CLASSES
    ]


def default_setup(project: Project) -> Setup:
    """The project's own settings, measured where there is something; three fixed plans and a dynamic one.

    Raises DomainError where no field can be simulated.
    """
    fields = planable_fields(project)
    if not fields:
        raise DomainError(
            f"Only choices of one among 2 to {MOST_CLASSES} options can be simulated; there are none.",
            code="nothing_to_simulate",
        )
    chosen = next((asked for asked in fields if asked.name == project.overlap_field), fields[0])
    tasks = sum(count_states([project]).get(project.pk, {}).values())
    matrices, _ = measured(project, chosen)
    people = len(matrices) if len(matrices) >= LEAST_MEASURED else 10
    most = max(project.overlap_max, project.overlap + 1)
    dynamic = PlanSetup(project.overlap, most, project.overlap_until, project.overlap_worth)
    if not project.dynamic_overlap:
        dynamic = PlanSetup(2, 5)
    return Setup(
        field=chosen.name,
        measured=len(matrices) >= LEAST_MEASURED,
        people=min(people, MOST_PEOPLE),
        accuracy=0.85,
        spread=0.1,
        shares=(),
        tasks=tasks or DEFAULT_TASKS,
        gold_share=project.gold_share,
        review_share=project.review_share,
        plans=(PlanSetup(1, 1), PlanSetup(3, 3), PlanSetup(5, 5), dynamic),
    )


def measured(project: Project, asked: Asked) -> tuple[list[list[list[float]]], list[float]]:
    """Confusion matrices of people, and the shares of the classes, as the last full run left them.

    Only of people who were compared with gold or with what others say of the same tasks: whoever was not
    agrees with the consensus of their own answers alone.
    """
    model = FittedModel.objects.filter(project=project, field=asked.name, unit="").first()
    if model is None or len(model.codes) < 2:
        return [], []
    rows = Trust.objects.filter(project=project, field=asked.name, label="").order_by("user_id")
    judged: dict[int, float] = defaultdict(float)
    for row in rows:
        judged[row.user_id] += row.n
    found = [
        row.confusion.get("")
        for row in rows
        if row.basis == CONSENSUS and judged[row.user_id] >= LEAST_COMPARED
    ]
    return [matrix for matrix in found if matrix and len(matrix) == len(model.codes)], model.marginals


def clean_setup(project: Project, raw: Mapping[str, Any]) -> Setup:
    """What was asked for, the rest as by default. Raises DomainError that names every wrong part."""
    base = default_setup(project)
    errors: list[FieldError] = []
    given: dict[str, Any] = {}
    for name, value in raw.items():
        message = _problem(project, name, value)
        if message:
            errors.append(FieldError(name, message))
        elif name == "plans":
            given[name] = tuple(
                PlanSetup(
                    int(plan["least"]),
                    int(plan["most"]),
                    float(plan.get("until", 0.95)),
                    float(plan.get("worth", 0.0)),
                )
                for plan in value
            )
        elif name == "shares":
            given[name] = tuple(float(share) for share in value)
        else:
            given[name] = int(value) if name in WHOLE else value
    if errors:
        raise DomainError("The simulation cannot be run so.", fields=errors)
    setup = Setup(**({**vars(base), **given}))
    _check_together(project, setup)
    return setup


def _problem(project: Project, name: str, value: Any) -> str:
    if name in BOUNDS:
        return _problem_of_number(name, value)
    if name == "field":
        known = [asked.name for asked in planable_fields(project)]
        return "" if value in known else f"must be one of {', '.join(known)}"
    if name == "measured":
        return "" if isinstance(value, bool) else "must be true or false"
    if name == "shares":
        is_list = isinstance(value, list | tuple) and all(_is_number(share) and share >= 0 for share in value)
        return "" if is_list else "must be numbers that are not negative, one for each class"
    if name == "plans":
        return _problem_of_plans(value)
    return "unknown"


def _problem_of_number(name: str, value: Any) -> str:
    low, high = BOUNDS[name]
    if not _is_number(value) or (name in WHOLE and value != int(value)):
        return "must be a whole number" if name in WHOLE else "must be a number"
    return "" if low <= value <= high else f"must be from {low:g} to {high:g}"


def _problem_of_plans(value: Any) -> str:
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= MOST_PLANS:
        return f"must be 1 to {MOST_PLANS} plans"
    return next((problem for problem in map(_problem_of_plan, value) if problem), "")


def _problem_of_plan(plan: Any) -> str:
    if not isinstance(plan, dict) or not {"least", "most"} <= plan.keys() <= PLAN_PARTS:
        return "a plan has least, most, until and worth"
    least, most, until, worth = plan["least"], plan["most"], plan.get("until", 0.95), plan.get("worth", 0.0)
    if not all(_is_number(count) and count == int(count) for count in (least, most)):
        return "least and most must be whole numbers"
    if not 1 <= least <= most <= MOST_ANSWERS:
        return f"must have 1 ≤ least ≤ most ≤ {MOST_ANSWERS}"
    if not _is_number(until) or not 0.5 <= until <= 0.999:
        return "until must be from 0.5 to 0.999"
    return "" if _is_number(worth) and 0 <= worth <= 0.5 else "worth must be from 0 to 0.5"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _check_together(project: Project, setup: Setup) -> None:
    asked = next(each for each in planable_fields(project) if each.name == setup.field)
    if setup.shares and (len(setup.shares) != len(asked.codes) or not sum(setup.shares)):
        words = f"must be {len(asked.codes)} numbers, not all zero: one for each class"
        raise DomainError("The simulation cannot be run so.", fields=[FieldError("shares", words)])
    if setup.measured and len(measured(project, asked)[0]) < LEAST_MEASURED:
        words = "no full run has measured two people on this field yet"
        raise DomainError("The simulation cannot be run so.", fields=[FieldError("measured", words)])
    if max(plan.most for plan in setup.plans) > setup.people:
        words = (
            f"must be at least {max(plan.most for plan in setup.plans)}: a plan asks so many about one task"
        )
        raise DomainError("The simulation cannot be run so.", fields=[FieldError("people", words)])


@transaction.atomic
def start_simulation(*, project: Project, by: User | None, setup: Setup) -> Job:
    """Queue a simulation. Raises Conflict while one of this project is not finished."""
    Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    unfinished = [JobState.QUEUED, JobState.RUNNING]
    if Job.objects.filter(project=project, kind=JOB, state__in=unfinished).exists():
        raise Conflict("A simulation is at work already.", code="simulation_running")
    params = {**asdict(setup), "shares": list(setup.shares)}
    return start_job(project=project, kind=JOB, by=by, params=params, total=RUNS)


def setup_of(params: Mapping[str, Any]) -> Setup:
    """The setup that a job was started with."""
    plans = tuple(PlanSetup(**plan) for plan in params["plans"])
    return Setup(**{**params, "plans": plans, "shares": tuple(params["shares"])})


@job_handler(JOB)
def run_simulation(context: JobContext) -> Mapping[str, Any]:
    """Every plan on the same simulated people; the same setup gives the same figures."""
    setup = setup_of(context.params)
    outcomes = outcomes_of(context.project, setup, context)
    return {"plans": [asdict(outcome) for outcome in outcomes], "runs": RUNS, "seed": SEED}


def outcomes_of(project: Project, setup: Setup, context: JobContext | None = None) -> Sequence[Outcome]:
    """What each plan of the setup would come to."""
    return simulate(
        crowd_of(project, setup),
        [
            Plan(
                StoppingRule(plan.least, plan.most, plan.until, plan.worth),
                setup.gold_share,
                setup.review_share,
            )
            for plan in setup.plans
        ],
        tasks=min(setup.tasks, MOST_TASKS),
        people=setup.people,
        runs=RUNS,
        seed=SEED,
        said=context.progress if context is not None else None,
    )


def crowd_of(project: Project, setup: Setup) -> CrowdModel:
    """The people and classes to simulate. Raises DomainError if what was measured is gone."""
    asked = next((each for each in planable_fields(project) if each.name == setup.field), None)
    if asked is None:
        raise DomainError("The field is no longer there.", code="nothing_to_simulate")
    matrices, marginals = measured(project, asked) if setup.measured else ([], [])
    if setup.measured and len(matrices) < LEAST_MEASURED:
        raise DomainError("Nobody is measured on this field any more.", code="nothing_measured")
    shares = setup.shares or marginals or [1.0] * len(asked.codes)
    if matrices:
        return measured_crowd(shares, matrices)
    return assumed_crowd(shares, setup.accuracy, setup.spread)


def apply_plan(*, project: Project, by: User, setup: Setup, number: int) -> Project:
    """Make the plan with this number (from 0) the project's. Raises DomainError if there is none."""
    if not 0 <= number < len(setup.plans):
        raise DomainError("No such plan.", fields=[FieldError("plan", "not found")])
    plan = setup.plans[number]
    settings: dict[str, Any] = {
        "overlap": plan.least,
        "dynamic_overlap": plan.dynamic,
        "gold_share": setup.gold_share,
        "review_share": setup.review_share,
    }
    if plan.dynamic:
        settings |= {
            "overlap_max": plan.most,
            "overlap_until": plan.until,
            "overlap_worth": plan.worth,
            "overlap_field": setup.field,
        }
    return change_project(project=project, by=by, settings=settings)
