"""What the stage shows: the demo, loaded small, and beside it what breaks pages.

Everything is made by the services that pages and API call, so that it is in the state that they leave.
"""

import io
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from accounts.models import Organization, User
from accounts.services.invitations import invite
from accounts.services.organizations import create_organization
from accounts.services.tokens import create_token
from annotate.models import Annotation, CommentKind, ReviewReason
from annotate.outbox import drain
from annotate.services.comments import post_comment
from annotate.services.queue import add_to_queue, draw
from annotate.services.reviews import Judgement, give_verdict, request_review
from annotate.services.submit import submit
from exchange.demo.load import load_demo
from exchange.importing.plan import Plan
from exchange.services.imports import start_import
from exchange.services.uploads import keep_upload
from projects.access.doors import find_project
from projects.jobs import run_job, start_job
from projects.models import Job, JobState, Membership, Project, Role, Task, TaskSummary
from projects.services.guidelines import acknowledge_guideline
from projects.services.media import add_image
from projects.services.projects import change_project, create_project
from quality.models import AuditSample, Consensus, GoldItem, QualificationAnswer, Reason
from quality.services.audits import AuditAnswer, AuditPlan, judge, next_item, start_audit
from quality.services.comparing import compare_methods
from quality.services.contests import contest
from quality.services.gold import correct_gold, make_gold
from quality.services.grading import grade_annotations
from quality.services.label_errors import start_search
from quality.services.qualification.course import answer_item, begin_practice, begin_quiz, open_items
from quality.services.qualification.terms import Terms, save_terms, set_use
from quality.services.sequential import check_people
from tests.browser.seeds_full import seed_full

LONG_NAME = (
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsvorstandssitzung "
    "تصنيف الرسائل القصيرة 日本語のとても長いプロジェクト名 "
).ljust(200, "ä")[:200]
TEXTS = (
    "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz und Grundstücksverkehrsgenehmigung",
    "هذه رسالة طويلة باللغة العربية لاختبار اتجاه الكتابة من اليمين إلى اليسار مع English في الوسط",
    "日本語の長い文章は空白なしで続くので、折り返しが正しく行われるかどうかを確認する必要があります。",
    "Emoji 👩‍👩‍👧‍👦, combining é and a_very_long_word_without_any_break_" + "x" * 300,
)
ROLES = ("manager", "engineer", "reviewer", "annotator")


def seed() -> tuple[dict[str, str], dict[str, str]]:
    """Make everything; return the sessions by role, and the ids by the name that scenes give them."""
    load_demo(lambda line: None, messages=60, share=0.75)
    people = {role: User.objects.get(email=f"{role}@demo.example") for role in ROLES}
    organization = Organization.objects.get(name="Touchstone demo")
    projects = {
        "sms": Project.objects.get(name="Spam in text messages"),
        "entities": Project.objects.get(name="Names in noisy text"),
        "photos": Project.objects.get(name="Objects in photographs"),
        "empty": _project(organization, people, LONG_NAME, None),
        "wide": _wide(organization, people),
        "words": _words(organization, people),
        "pixels": _pixels(organization, people),
        "course": _course(organization, people),
    }
    newcomer = User.objects.create_user("newcomer@demo.example", name="Nadja Neu")
    create_organization(name="Nothing yet", owner=newcomer)
    for name, role in (("entities", "annotator"), ("photos", "annotator"), ("photos", "engineer")):
        guideline = projects[name].guideline
        assert guideline is not None
        acknowledge_guideline(guideline=guideline, user=people[role])
    _boxes(projects["photos"], people)
    ids = {name: str(project.pk) for name, project in projects.items()}
    ids |= _work(projects["sms"], people) | _jobs(projects, people["manager"])
    ids |= _audits(projects["sms"], people)
    ids |= _watched(projects["sms"])
    ids |= seed_full(people)
    compare_methods(projects["sms"])  # what a worker does after a full run: no worker runs here
    ids["weighed"] = _weighed(projects["sms"])
    ids["organization"] = str(organization.pk)
    told = {"pay": "14 € an hour, paid monthly", "sensitive": "possible"}
    change_project(project=projects["course"], by=people["manager"], settings=told)
    into = {"project_id": projects["course"].pk, "project_role": Role.ANNOTATOR}
    ids["invitation"] = invite(organization=organization, by=people["manager"], **into)[1]
    create_token(user=people["engineer"], organization=organization, name="training", scopes=["read"])
    sessions = {role: _session(user) for role, user in people.items()} | {"newcomer": _session(newcomer)}
    return sessions, ids


def _watched(project: Project) -> dict[str, str]:
    """Somebody of the simulated crowd with a reason to look at their answers, whatever the run has found."""
    crowd = Membership.objects.filter(project=project, user__email__startswith="simulated-").order_by("pk")
    member = crowd[0]
    tasks = Annotation.objects.filter(project=project, user=member.user_id).order_by("pk")
    reason, _ = Reason.objects.update_or_create(
        project=project,
        kind="fast",
        field="",
        user_id=member.user_id,
        state="open",
        defaults={
            "n": 40,
            "p": 0.0001,
            "q": 0.0007,
            "seen_at": timezone.now(),
            "evidence": {"ratio": 0.21, "low": 0.17, "high": 0.26},
            "tasks": list(tasks.values_list("task_id", flat=True)[:12]),
        },
    )
    return {"person": str(member.pk), "reason": str(reason.pk)}


def _weighed(project: Project) -> str:
    """The least certain task of those that three people answered: consensus has something to explain."""
    gold = GoldItem.objects.filter(project=project).values("task")
    rows = Consensus.objects.filter(project=project, answers__gte=3).exclude(task__in=gold)
    found = rows.earliest("probability", "pk")
    return str(found.task_id)


def _boxes(project: Project, people: dict[str, User]) -> None:
    """Two people draw boxes; both wait for the reviewer."""
    seen = {
        "annotator": [("person", [40, 20, 150, 240]), ("vehicle", [210, 30, 60, 200])],
        "engineer": [("person", [50, 40, 140, 200]), ("thing", [150, 180, 120, 90])],
    }
    heads = []
    for role, boxes in seen.items():
        assignment = draw(find_project(people[role], project.pk), 1).assignments[0]
        objects = [
            {"id": f"{role}{number}", "class": name, "box": box} for number, (name, box) in enumerate(boxes)
        ]
        heads.append(
            submit(assignment=assignment, value={"objects": objects}, seconds=9.0, key=role).annotation
        )
    drain()
    for head in heads:
        request_review(annotation=head, reason=ReviewReason.LOW_AGREEMENT, detail=0.42)


def _session(user: User) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def _project(organization: Organization, people: dict[str, User], name: str, ontology: Any) -> Project:
    project = create_project(
        organization=organization,
        by=people["manager"],
        name=name,
        ontology=ontology,
        launch=ontology is not None,
    )
    for role in (Role.ENGINEER, Role.REVIEWER, Role.ANNOTATOR):
        Membership.objects.create(project=project, user=people[role], role=role)
    return project


def _tasks(project: Project, data: list[dict[str, Any]]) -> None:
    tasks = Task.objects.bulk_create(Task(project=project, data=each) for each in data)
    TaskSummary.objects.bulk_create(TaskSummary(task=task, project=project) for task in tasks)
    add_to_queue(project=project, task_ids=[task.pk for task in tasks])


def _wide(organization: Organization, people: dict[str, User]) -> Project:
    """10,000 classes; texts in scripts and words that pages tend to break on."""
    options = [{"name": f"c{n}", "title": f"Class {n} of ten thousand"} for n in range(10_000)]
    field = {"name": "species", "title": "Species", "type": "choice", "options": options}
    ontology = {"media": [{"name": "text", "kind": "text", "source": "text"}], "fields": [field]}
    project = _project(organization, people, "Ten thousand classes", ontology)
    _tasks(project, [{"text": text} for text in TEXTS])
    return project


def _course(organization: Organization, people: dict[str, User]) -> Project:
    """Qualification: the annotator has missed an item in practice; the engineer failed a quiz, remarked."""
    field = {"name": "tone", "type": "choice", "options": ["calm", "angry"]}
    ontology = {"media": [{"name": "text", "kind": "text", "source": "text"}], "fields": [field]}
    project = _project(organization, people, "Tone of letters", ontology)
    _tasks(project, [{"text": f"Letter number {number}"} for number in range(10)])
    tasks = list(project.tasks.order_by("pk"))
    for number, task in enumerate(tasks[:8]):
        make_gold(project=project, task=task, answers=[{"tone": "calm"}], by=None, explanation="No reproach.")
        use = "practice" if number < 2 else "quiz"
        set_use(project=project, task_ids=[task.pk], use=use, by=people["manager"])
    save_terms(project=project, terms=Terms(quiz_length=3), on=True, by=people["manager"])
    begin_practice(project=project, user=people["annotator"])
    _answer_course(project, people["annotator"], 1)
    begin_practice(project=project, user=people["engineer"])
    _answer_course(project, people["engineer"], 2)
    begin_quiz(project=project, user=people["engineer"])
    _answer_course(project, people["engineer"], 3)
    missed = QualificationAnswer.objects.filter(attempt__kind="quiz").earliest("position").gold
    right = [{"tone": "angry"}]
    correct_gold(gold=missed, project=project, answers=right, explanation="", by=people["manager"])
    drain()
    return project


def _answer_course(project: Project, user: User, count: int) -> None:
    for item in open_items(project, user.pk)[1][:count]:
        answer_item(item=item, project=project, value={"tone": "angry"}, seconds=4.0, key="k")


def _words(organization: Organization, people: dict[str, User]) -> Project:
    """One text of 20,000 words."""
    field = {"name": "names", "type": "span", "on": "text", "classes": ["person", "place"]}
    ontology = {"media": [{"name": "text", "kind": "text", "source": "text"}], "fields": [field]}
    project = _project(organization, people, "Twenty thousand words", ontology)
    lines = ["Call me Ishmael. Some years ago, never mind how long, I thought I would sail a little."] * 1_250
    _tasks(project, [{"text": "\n".join(lines)}])
    return project


def _pixels(organization: Organization, people: dict[str, User]) -> Project:
    """One image of 40 million pixels, longer names than any list has room for."""
    field = {"name": "objects", "type": "box", "on": "photo", "classes": ["car", TEXTS[0][:60]]}
    ontology = {"media": [{"name": "photo", "kind": "image", "source": "image"}], "fields": [field]}
    project = _project(organization, people, "Forty million pixels", ontology)
    file = io.BytesIO()
    Image.linear_gradient("L").resize((8000, 5000)).save(file, "JPEG", quality=60)
    file.seek(0)
    media = add_image(project=project, name=f"{TEXTS[0]}.jpg", content=file, by=people["manager"])
    _tasks(project, [{"image": media.key}])
    return project


def _work(project: Project, people: dict[str, User]) -> dict[str, str]:
    """The annotator answers, asks, and gets something sent back; the reviewer accepts something."""
    annotator, reviewer = people["annotator"], people["reviewer"]
    if project.guideline is not None:
        acknowledge_guideline(guideline=project.guideline, user=annotator)
    gold = set(GoldItem.objects.filter(project=project).values_list("task_id", flat=True))
    answers: list[Annotation] = []
    missed: list[Annotation] = []  # the queue mixes gold in by chance: go on until two answers are to no gold
    while len(answers) < 5 or len(missed) < 2:
        number = len(answers)
        assignment = draw(find_project(annotator, project.pk), 1).assignments[0]
        answer = submit(
            assignment=assignment,
            value={"kind": "ham" if number % 2 else "spam"},
            seconds=4.0,
            key=f"00000000-0000-4000-8000-{number:012}",
        ).annotation
        answers.append(answer)
        if number >= 2 and answer.task_id not in gold:
            missed.append(answer)
    assignment = draw(find_project(annotator, project.pk), 1).assignments[0]
    question = post_comment(
        task=assignment.task, by=annotator, body=TEXTS[1], kind="question", assignment=assignment
    )
    kind, body = CommentKind.ANSWER, "Yes, **spam**."
    post_comment(task=assignment.task, by=people["manager"], body=body, kind=kind, thread=question)
    post_comment(task=answers[0].task, by=annotator, body="Is this one spam?", kind="question")
    drain()
    rejection = Judgement(verdict="reject", code="wrong class", comment="Somebody ordered this parcel.")
    give_verdict(annotation=answers[0], project=project, by=reviewer, judgement=rejection)
    give_verdict(annotation=answers[1], project=project, by=reviewer, judgement=Judgement(verdict="accept"))
    drain()
    _missed(project, missed[:2], people)
    shown = GoldItem.objects.filter(project=project, retired_at=None).first()
    return {"task": str(answers[2].task_id), "gold_task": str(shown.task_id if shown else answers[2].task_id)}


def _missed(project: Project, answers: list[Annotation], people: dict[str, User]) -> None:
    """Two answers that were graded as wrong, with feedback at once; one is contested."""
    Project.objects.filter(pk=project.pk).update(feedback="at_once")
    for answer in answers:
        other = "spam" if answer.value["kind"] == "ham" else "ham"
        task = Task.objects.get(pk=answer.task_id)
        make_gold(
            project=project,
            task=task,
            answers=[{"kind": other}],
            by=people["manager"],
            explanation="Somebody asked for it: rule 2.",
        )
    grade_annotations(project.pk, [answer.pk for answer in answers])
    reason = f"Nobody asked for it. {TEXTS[0]} {TEXTS[1]}"
    contest(annotation=answers[0], project=project, by=people["annotator"], reason=reason)
    terms = {"gold_test": "pause", "gold_test_bad": 0.05, "gold_test_error": 0.2}
    Project.objects.filter(pk=project.pk).update(**terms)
    tested = Project.objects.get(pk=project.pk)
    GoldItem.objects.filter(task=answers[0].task_id).update(contested=2)
    others = Membership.objects.filter(project=project, user__email__startswith="simulated-")
    check_people(tested, set(others.values_list("user_id", flat=True)))


def _audits(project: Project, people: dict[str, User]) -> dict[str, str]:
    """An audit that was judged, two labels of it wrong, and one that is being judged; labels in doubt."""
    found = {}
    for name, size in (("audit", 24), ("open_audit", 12)):
        plan = AuditPlan(target=0.8, field="kind", by="class", size=size, seed=size)
        sample = start_audit(project=project, by=people["manager"], plan=plan)
        assert sample.job_id is not None
        run_job(sample.job_id)
        found[name] = str(sample.pk)
    wrong = 2
    sample = AuditSample.objects.get(pk=found["audit"])
    while item := next_item(sample=sample, user=people["manager"]):
        value = {"kind": "ham"} if wrong and item.value != {"kind": "ham"} else item.value
        wrong -= value != item.value
        judge(item=item, by=people["manager"], answer=AuditAnswer(value, comment=TEXTS[0]))
    run_job(start_search(project=project, by=people["manager"]).pk)
    return found


def _jobs(projects: dict[str, Project], manager: User) -> dict[str, str]:
    """An import with refused rows, and a job that failed for good."""
    rows = b"id,text\na,fine\n" + "".join(f"a,{text}\n" for text in TEXTS).encode() + b"b,x\x00y\n"
    project = projects["wide"]
    upload = keep_upload(project=project, name="rows.csv", content=ContentFile(rows, name="rows.csv"))
    imported = start_import(project=project, by=manager, upload=upload, plan=Plan())
    run_job(imported.pk)
    failed = start_job(project=projects["sms"], kind="consensus", by=manager, params={})
    Job.objects.filter(pk=failed.pk).update(
        state=JobState.FAILED, error="The server was stopped three times while this job was at work."
    )
    return {"import_job": str(imported.pk), "failed_job": str(failed.pk)}
