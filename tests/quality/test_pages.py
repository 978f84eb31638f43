"""Every page: empty, full, for the roles; in as many queries for much as for little."""

import json
import re

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from projects.jobs import run_job
from projects.models import Job, JobState, Membership, Project, Role
from quality.models import GoldItem
from quality.services.full_run import JOB, full_run
from quality.services.gold import make_gold
from quality.services.truth import record_truth
from tests.quality.crowd import Crowd, answer, make_crowd, settle, simulate
from tests.world import make_user

pytestmark = pytest.mark.django_db

PAGES = ("quality", "people", "model", "my-work", "gold", "progress")


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _manager(project: Project) -> User:
    return Membership.objects.get(project=project, role=Role.MANAGER).user


def _work(crowd: Crowd, tasks: int, seed: int = 3) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 2, tasks)
    skill = np.array([0.9] * len(crowd.people))
    for task, person, code in simulate(rng, truth, skill, min(3, len(crowd.people))):
        answer(crowd.project, crowd.tasks[task], crowd.people[person], {"follows": ("no", "yes")[code]})
    settle()
    known = {
        task.pk: {"follows": ("no", "yes")[true]} for task, true in zip(crowd.tasks, truth, strict=False)
    }
    record_truth(project=crowd.project, values=known)
    full_run(crowd.project)


@pytest.mark.parametrize("page", PAGES)
def test_it_works_empty(page: str) -> None:
    crowd = make_crowd(1, 1)
    response = _client(_manager(crowd.project)).get(f"/projects/{crowd.project.pk}/{page}/")
    assert response.status_code == 200, response.content[:500]


def test_the_pages_show_what_was_computed() -> None:
    crowd = make_crowd(5, 24, overlap=3)
    manager = _manager(crowd.project)
    make_gold(project=crowd.project, task=crowd.tasks[-1], answers=[{"follows": "yes"}], by=manager)
    _work(crowd, 20)
    client, base = _client(manager), f"/projects/{crowd.project.pk}"
    quality = client.get(f"{base}/quality/").content.decode()
    assert "Krippendorff" in quality
    assert "Compared with the known truth" in quality
    assert "Does trust find the careless?" in quality
    assert 'id="matrix-0"' in quality
    people = client.get(f"{base}/people/").content.decode()
    assert "Worker 4" in people
    assert "/people/classes/?field=follows" in people
    classes = client.get(f"{base}/people/classes/", {"field": "follows"}).content.decode()
    assert classes.count("Worker 4") == 2, "a row for each of the two classes"
    assert "Worker" not in client.get(f"{base}/people/classes/", {"field": "nothing"}).content.decode()
    assert client.get(f"{base}/gold/{crowd.tasks[-1].pk}/").status_code == 200
    cell = client.get(f"{base}/quality/cell/", {"field": "follows", "consensus": "yes", "answer": "yes"})
    assert "Text number" in cell.content.decode()


@pytest.mark.parametrize("page", ["quality", "people", "model", "gold"])
def test_queries_do_not_grow_with_the_data(page: str) -> None:
    small, large = make_crowd(3, 4, overlap=3), make_crowd(8, 30, overlap=3, name="Large")
    _work(small, 4)
    _work(large, 28)
    counts = []
    for crowd in (small, large):
        client = _client(_manager(crowd.project))
        address = f"/projects/{crowd.project.pk}/{page}/"
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[1] <= counts[0] + 1, counts


def _run(project: Project, state: str, error: str = "") -> Job:
    now = timezone.now()
    return Job.objects.create(
        organization=project.organization,
        project=project,
        kind=JOB,
        state=state,
        error=error,
        finished_at=now,
    )


def test_a_failed_run_says_so_and_why_and_offers_another() -> None:
    project = make_crowd(2, 2).project
    client, address = _client(_manager(project)), f"/projects/{project.pk}/quality/"
    assert "not computed yet" in client.get(address).content.decode()
    failed = _run(project, JobState.FAILED, "The disk is full.")
    page = client.get(address).content.decode()
    assert "not computed yet" not in page
    assert "never computed" in page
    assert "The last full run failed</strong>" in page
    assert failed.finished_at is not None
    assert f'datetime="{failed.finished_at:%Y-%m-%dT%H:%M}' in page
    assert "The disk is full." in page
    assert "Run it again" in page
    assert "No full run has succeeded yet" in page


def test_a_failed_run_leaves_the_figures_of_the_one_before() -> None:
    project = make_crowd(2, 2).project
    client, address = _client(_manager(project)), f"/projects/{project.pk}/quality/"
    _run(project, JobState.DONE)
    assert "The last full run" not in client.get(address).content.decode()
    _run(project, JobState.FAILED, "The disk is full.")
    page = client.get(address).content.decode()
    assert "computed <time" in " ".join(page.split())
    assert "The figures below are those of the run before" in page
    client.post(f"{address}run/")
    waiting = client.get(address).content.decode()
    assert "A full run waits for a worker" in waiting
    assert "computed <time" in " ".join(waiting.split()), "the older figures are still there"


def test_an_annotator_sees_their_own_work_only() -> None:
    crowd = make_crowd(3, 4, overlap=3)
    _work(crowd, 4)
    client, base = _client(crowd.people[0]), f"/projects/{crowd.project.pk}"
    assert [client.get(f"{base}/{page}/").status_code for page in PAGES] == [403, 403, 403, 200, 403, 403]
    own = client.get(f"{base}/my-work/").content.decode()
    assert "Worker 1" not in own
    assert "gold" not in own.lower()


def test_people_can_be_paused_changed_and_discarded() -> None:
    crowd = make_crowd(3, 4, overlap=3)
    _work(crowd, 4)
    client, base = _client(_manager(crowd.project)), f"/projects/{crowd.project.pk}/people"
    member = Membership.objects.get(project=crowd.project, user=crowd.people[0])
    client.post(f"{base}/{member.pk}/", {"action": "pause", "reason": "Look at the guideline"})
    member.refresh_from_db()
    assert member.pause_reason == "Look at the guideline"
    client.post(f"{base}/{member.pk}/", {"action": "resume"})
    client.post(f"{base}/{member.pk}/", {"action": "role", "role": "reviewer"})
    member.refresh_from_db()
    assert (member.paused_at, member.role) == (None, "reviewer")
    client.post(f"{base}/{member.pk}/", {"action": "discard", "confirm": "somebody else"})
    assert crowd.people[0].annotations.filter(discarded_at__isnull=False).count() == 0
    client.post(f"{base}/{member.pk}/", {"action": "discard", "confirm": member.user.email})
    assert crowd.people[0].annotations.filter(discarded_at__isnull=True).count() == 0
    client.post(f"{base}/{member.pk}/", {"action": "restore"})
    assert crowd.people[0].annotations.filter(discarded_at__isnull=True).count() == 4
    link = client.post(f"{base}/invite/", {"role": "annotator"}).content.decode()
    assert "/invitations/" in link


def test_gold_is_retired_on_its_page() -> None:
    crowd = make_crowd(1, 1)
    manager = _manager(crowd.project)
    make_gold(project=crowd.project, task=crowd.tasks[0], answers=[{"follows": "yes"}], by=manager)
    _client(manager).post(f"/projects/{crowd.project.pk}/gold/{crowd.tasks[0].pk}/retire/")
    assert GoldItem.objects.get().retired_at is not None


def test_what_one_person_answered_is_no_agreement() -> None:
    crowd = make_crowd(1, 4)
    for task in crowd.tasks:
        answer(crowd.project, task, crowd.people[0], {"follows": "yes"})
    settle()
    full_run(crowd.project)
    shown = _client(_manager(crowd.project)).get(f"/projects/{crowd.project.pk}/quality/").content.decode()
    assert "Nothing to compare yet" in shown
    assert "No disagreements" not in shown


def test_where_no_answer_is_wanted_nothing_is_forecast() -> None:
    crowd = make_crowd(2, 2, overlap=2)
    for task in crowd.tasks:
        for person in crowd.people:
            answer(crowd.project, task, person, {"follows": "yes"})
    settle()
    shown = _client(_manager(crowd.project)).get(f"/projects/{crowd.project.pk}/progress/").content.decode()
    assert "No more answers are wanted" in shown
    assert "done about" not in shown


def test_everybody_has_tabs_for_the_parts_of_quality_that_they_may_open() -> None:
    crowd = make_crowd(1, 1)
    project = crowd.project
    reviewer = make_user("Rita", project.organization)
    Membership.objects.create(project=project, user=reviewer, role=Role.REVIEWER)
    found = {}
    for user in (_manager(project), reviewer):
        client = _client(user)
        shown = client.get(f"/projects/{project.pk}/audits/").content.decode()
        strip = shown.partition('<nav class="tabs" aria-label="Quality">')[2].partition("</nav>")[0]
        links = re.findall(r'href="([^"]+)"[^>]*>([^<]+)</a>', strip)
        assert re.search(r'aria-current="page">Audits<', strip)
        assert [client.get(url).status_code for url, _ in links] == [200] * len(links)
        found[user] = [label for _, label in links]
    everything, less = found.values()
    assert everything[:2] == ["State", "Agreement"]
    assert everything[-1] == "Triage"
    assert set(everything) - set(less) == {"Reasons to look", "Qualification", "Seeded errors", "Triage"}


def test_whoever_waits_for_a_run_sees_its_figures_when_it_is_done() -> None:
    project = make_crowd(2, 2).project
    client, address = _client(_manager(project)), f"/projects/{project.pk}/quality/"
    client.post(f"{address}run/")
    waiting = client.get(address, headers={"HX-Request": "true"})
    assert "HX-Refresh" not in waiting
    job = Job.objects.get(project=project, kind=JOB)
    assert f'href="/jobs/{job.pk}/"' in waiting.content.decode(), "where it can be cancelled"
    run_job(job.pk)
    assert client.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert "HX-Refresh" not in client.get(address)
    plan = client.get(f"/projects/{project.pk}/plan/", headers={"HX-Request": "true"}).content.decode()
    assert "The full run is done" in plan, "where somebody may be typing nothing is loaded by itself"


def test_the_axis_of_agreement_holds_what_lies_below_zero_without_an_interval() -> None:
    crowd = make_crowd(2, 2, overlap=2)
    for person, value in enumerate(("no", "yes")):
        answer(crowd.project, crowd.tasks[0], crowd.people[person], {"follows": value})
    settle()
    full_run(crowd.project)
    shown = _client(_manager(crowd.project)).get(f"/projects/{crowd.project.pk}/quality/").content.decode()
    data = json.loads(shown.partition('id="agreement-0-data"')[2].partition(">")[2].partition("</script>")[0])
    values = [row["value"] for row in data["rows"]]
    assert min(values) == -1
    assert data["min"] == -1
