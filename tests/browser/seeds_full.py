"""Quality pages with something on them: two projects with long names and texts from right to left.

One has a crowd that says what groups it is in, meets seeded errors and gives reasons to look; in the
other a model's answers stand under a triage, and one class of it was found wrong.
"""

from django.utils import timezone

from accounts.models import OrganizationMembership, OrganizationRole, User
from annotate import outbox
from annotate.models import Annotation, Drawn, ReviewReason, SeededAnswer, SeededPrelabel
from annotate.services.predictions import PredictionInput, store_predictions
from annotate.services.reviews import Judgement, request_review
from annotate.services.seeded_answers import judge_seeded
from projects.jobs import run_job
from projects.models import Job, Membership, Project, Role, Task
from quality.models import Reason, SeedPlan, TriageItem
from quality.services import triage
from quality.services.full_run import full_run
from quality.services.gold import GoldInput, make_many
from quality.services.group_questions import define_question, state
from quality.services.label_errors import start_search
from quality.services.seed_plans import set_plan
from quality.services.seeding import seed_prelabels
from quality.services.seeding_reviews import seed_reviews
from quality.services.triage_watch import watch_runs
from tests.quality.crowd import Crowd, answer, make_crowd, write_all
from tests.quality.triage_world import check, measure, triaged

LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
ARABIC = "هذه رسالة طويلة باللغة العربية لاختبار اتجاه الكتابة من اليمين إلى اليسار"
NAMES = (
    "Maximiliane-Charlotte von und zu Hohenlohe-Langenburg-Schillingsfürst",
    "عبد الرحمن بن محمد الأنصاري",
)
FOLLOWS = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [
        {
            "name": "follows",
            "title": "Folgt der zweite Satz aus dem ersten?",
            "type": "choice",
            "required": True,
            "options": [{"name": "no", "title": LONG}, {"name": "yes", "title": "نعم، بالتأكيد"}],
        }
    ],
}
TONE = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [
        {
            "name": "sentiment",
            "type": "choice",
            "required": True,
            "options": [
                {"name": "positive", "title": "رأي إيجابي"},
                {"name": "negative", "title": LONG},
                {"name": "neutral", "title": "中立的な意見"},
            ],
        }
    ],
}
PEOPLE, TASKS, GOLD = 11, 40, 12


def seed_full(people: dict[str, User]) -> dict[str, str]:
    """The ids that scenes name."""
    crowd = make_crowd(PEOPLE, TASKS, ontology=FOLLOWS, show_predictions=True, gold_share=0.1, name=LONG)
    project = crowd.project
    _join(project, people)
    for user, name in zip(crowd.people, NAMES, strict=False):
        User.objects.filter(pk=user.pk).update(name=name)
    _texts(project)
    _groups(crowd)
    _prelabels(crowd, people["manager"])
    full_run(project)
    run_job(start_search(project=project, by=people["manager"]).pk)
    _reviews(crowd, people)
    return {
        "full": str(project.pk),
        "full_organization": str(project.organization_id),
        "full_person": str(crowd.people[0].pk),
        "full_reviewer": str(people["reviewer"].pk),
        "full_reason": _reasons(crowd),
        "triaged": _triaged(people),
    }


def _join(project: Project, people: dict[str, User]) -> None:
    """The people of the stage are in it too; the manager owns its organization."""
    for role, user in people.items():
        rank = OrganizationRole.OWNER if role == Role.MANAGER else OrganizationRole.MEMBER
        OrganizationMembership.objects.create(organization=project.organization, user=user, role=rank)
        Membership.objects.create(project=project, user=user, role=role)


def _texts(project: Project) -> None:
    """Every other text from right to left."""
    tasks = list(Task.objects.filter(project=project).order_by("pk"))
    for number, task in enumerate(tasks):
        task.data = {"text": f"{ARABIC} {number}" if number % 2 else f"{LONG} {number}"}
    Task.objects.bulk_update(tasks, ["data"])


def _groups(crowd: Crowd) -> None:
    """Everybody answers and says what they speak; the two groups answer differently."""
    asked = define_question(
        organization=crowd.project.organization,
        by=crowd.people[0],
        name="Muttersprache (die Sprache, in der Sie zuerst sprechen lernten)",
        options=["Deutsch", "العربية"],
    )
    for number, user in enumerate(crowd.people):
        said = "Deutsch" if number < 6 else "العربية"
        state(organization=crowd.project.organization, user=user, answers={asked.pk: said})
    work = range(TASKS - GOLD)
    said_no = [
        (task, who, (task + who * 7) % 10 < 2 + 5 * (who < 6)) for task in work for who in range(PEOPLE)
    ]
    write_all(crowd, [(task, who, {"follows": "no" if no else "yes"}) for task, who, no in said_no])


def _prelabels(crowd: Crowd, manager: User) -> None:
    """Four people meet errors among the pre-labels: the first leaves all as they are shown."""
    project = crowd.project
    right = {"follows": "yes"}
    items = [PredictionInput(right, 0.9, task=task.pk) for task in crowd.tasks]
    store_predictions(project=project, model="m", version="1", items=items)
    gold = [GoldInput(task.pk, [right]) for task in crowd.tasks[TASKS - GOLD :]]
    make_many(project=project, items=gold, by=manager)
    outbox.drain()
    set_plan(project=project, by=manager, prelabel_share=0.5, most_a_day=50)
    seed_prelabels(SeedPlan.objects.select_related("project").get(project=project))
    SeededPrelabel.objects.filter(project=project).update(valid_from=project.created_at)
    for number, user in enumerate(crowd.people[:4]):
        for place, seed in enumerate(SeededPrelabel.objects.filter(user=user).select_related("task")):
            value = right if place < number * 2 else seed.value
            answer(project, seed.task, user, value, drawn=Drawn.GOLD)
    outbox.drain()


def _reviews(crowd: Crowd, people: dict[str, User]) -> None:
    """The reviewer is given errors among what waits, and accepts the first."""
    project = Project.objects.get(pk=crowd.project.pk)
    project.blind_review = True
    project.save(update_fields=["blind_review"])
    for head in Annotation.objects.filter(project=project, task__in=crowd.tasks[: TASKS - GOLD])[:20]:
        request_review(annotation=head, reason=ReviewReason.RANDOM)
    set_plan(project=project, by=people["manager"], prelabel_share=0.5, review_share=0.2, most_a_day=50)
    seed_reviews(SeedPlan.objects.select_related("project").get(project=project))
    for number, seed in enumerate(SeededAnswer.objects.filter(project=project).order_by("pk")[:3]):
        verdict = (
            Judgement(verdict="accept") if number == 0 else Judgement(verdict="reject", code="wrong class")
        )
        judge_seeded(seed=seed, project=project, judgement=verdict)


def _reasons(crowd: Crowd) -> str:
    """Two people who agree too much, and one who always says the same; the first one's id."""
    terms = {"project": crowd.project, "field": "follows", "user": crowd.people[0], "seen_at": timezone.now()}
    copied = {"same": 37, "usual": 16.4}
    always = {"label": "no", "share": 0.94, "expected": 0.31, "entropy": 0.33, "expected_entropy": 0.89}
    tasks = [task.pk for task in crowd.tasks[:5]]
    pair = Reason.objects.create(
        kind="copying", other=crowd.people[1], n=40, p=1e-6, q=1e-5, evidence=copied, tasks=tasks, **terms
    )
    Reason.objects.create(kind="same", n=40, p=1e-4, q=0.0007, evidence=always, tasks=tasks, **terms)
    return str(pair.pk)


def _triaged(people: dict[str, User]) -> str:
    """In force; the audit found one class wrong, which went back to people."""
    found = triaged(checked=200, waiting=200, worst=0.6, ontology=TONE)
    project = found.world.project
    Project.objects.filter(pk=project.pk).update(name=f"{LONG} {ARABIC}")
    _join(project, people)
    measure(found)
    run = triage.start_run(project=project, by=found.world.max, target=0.05, audit_share=0.2)
    run_job(Job.objects.get(pk=run.job_id).pk)
    audits = TriageItem.objects.filter(run=run, is_audit=True)
    for code, wrong in (("positive", 4), ("negative", 0)):
        kept = set(audits.filter(code=code).values_list("task_id", flat=True))
        tasks = [task for task in found.waiting if task.pk in kept][:6]
        check(found, tasks, lambda number, wrong=wrong: number >= wrong)
    watch_runs()
    for job in Job.objects.filter(project=project, kind=triage.BACK):
        run_job(job.pk)
    return str(project.pk)
