"""Figures of people, and reasons to look at their answers: found, kept, settled by a person."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEvent, User
from annotate.models import Annotation, Notice
from projects.models import Membership, Project, Role
from quality.models import PersonFigure, Reason
from quality.services.findings import Finding
from quality.services.full_run import full_run
from quality.services.gold import GoldInput, make_many
from quality.services.reasons import keep_findings
from tests.annotate.steps import api
from tests.quality.crowd import Crowd, make_crowd
from tests.quality.watch_crowd import CARELESS, COPIED, COPIER, FAST, HONEST, SAME, cheating_crowd


@pytest.fixture(scope="module")
def once(django_db_setup: None, django_db_blocker: Any) -> Iterator[Crowd]:
    """The work of 1,760 answers is done once; what a test changes is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield cheating_crowd()
        transaction.set_rollback(True)


@pytest.fixture
def crowd(once: Crowd, django_db_blocker: Any) -> Iterator[Crowd]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield once
        transaction.set_rollback(True)


def boss(project: Project) -> User:
    return Membership.objects.get(project=project, role=Role.MANAGER).user


def reason(crowd: Crowd, kind: str) -> Reason:
    return Reason.objects.get(project=crowd.project, kind=kind)


def data(crowd: Crowd, person: int, field: str = "follows") -> Any:
    return PersonFigure.objects.get(project=crowd.project, user=crowd.people[person], field=field).data


def settle(crowd: Crowd, kind: str, *, by: User | None = None, **body: Any) -> Any:
    address = f"/api/v1/reasons/{reason(crowd, kind).pk}/verdict/"
    return api(by or boss(crowd.project)).post(address, body, format="json")


def test_it_works(crowd: Crowd) -> None:
    ids = [user.pk for user in crowd.people]
    found = {
        (each.kind, each.user_id, each.other_id) for each in Reason.objects.filter(project=crowd.project)
    }
    assert found == {
        ("same", ids[SAME], None),
        ("fast", ids[FAST], None),
        ("copying", ids[COPIED], ids[COPIER]),
        ("drift", ids[CARELESS], None),
    }
    same, fast, copies, drift = (reason(crowd, kind) for kind in ("same", "fast", "copying", "drift"))
    assert same.evidence["label"] == "yes"
    assert (same.evidence["share"], same.evidence["entropy"]) == (1, 0)
    assert same.evidence["expected_entropy"] > 0.9
    assert fast.evidence["high"] < 0.15
    assert fast.evidence["low"] < fast.evidence["ratio"] < fast.evidence["high"]
    assert copies.n == 220
    assert copies.evidence["same"] > copies.evidence["usual"] + 11
    assert drift.evidence["before"][1] > 140
    assert drift.evidence["after"][0] < drift.evidence["after"][1] / 2
    assert all(each.q is not None and each.q <= 0.01 for each in (same, fast, copies))
    tasks = {task.pk for task in crowd.tasks}
    assert all(each.tasks and set(each.tasks) <= tasks for each in (same, fast, copies, drift))
    assert AuditEvent.objects.filter(verb="trust.reason").count() == 4


def test_nothing_follows_by_itself(crowd: Crowd) -> None:
    assert not Membership.objects.filter(project=crowd.project, paused_at__isnull=False).exists()
    assert not Annotation.objects.filter(project=crowd.project, discarded_at__isnull=False).exists()
    assert not Notice.objects.filter(project=crowd.project).exists()


def test_figures_have_intervals_and_find_who_leans(crowd: Crowd) -> None:
    yes = next(each for each in data(crowd, SAME)["bias"] if each["label"] == "yes")
    assert (yes["given"], yes["is_biased"]) == (1, True)
    assert 0.3 < yes["low"] < yes["value"] < yes["high"] < 0.6
    for person in HONEST:
        mine = data(crowd, person)
        assert not any(each["is_biased"] for each in mine["bias"])
        for share in (mine["agreement"], mine["recent"]):
            assert share["low"] < share["value"] < share["high"]
            assert share["value"] == pytest.approx(0.92, abs=0.07)
        assert mine["agreement"]["corrected"]["low"] > 0.6
        assert sum(n for _, _, n in mine["history"]) == 220
        speed = data(crowd, person, "")["speed"]
        assert 0.7 < speed["ratio"]["low"] < speed["ratio"]["high"] < 1.6
    assert data(crowd, SAME)["agreement"]["corrected"]["value"] < 0.1
    careless = data(crowd, CARELESS)
    assert careless["recent"]["high"] < careless["agreement"]["high"]


def test_the_same_answers_give_the_same_figures_and_reasons(crowd: Crowd) -> None:
    def kept() -> Any:
        figures = PersonFigure.objects.filter(project=crowd.project).order_by("user", "field")
        reasons = Reason.objects.filter(project=crowd.project).order_by("pk")
        return list(figures.values_list("user", "field", "data")), list(
            reasons.values_list("pk", "kind", "n", "p", "q", "evidence", "tasks", "state", "created_at")
        )

    before = kept()
    full_run(crowd.project)
    assert kept() == before


def test_what_is_settled_comes_back_with_twice_the_evidence_only(crowd: Crowd) -> None:
    assert settle(crowd, "copying", verdict="talk", note="They sit side by side.").status_code == 200
    settle(crowd, "drift", verdict="fine")
    full_run(crowd.project)
    states = Reason.objects.filter(project=crowd.project, kind__in=["copying", "drift"])
    assert sorted(states.values_list("kind", "state")) == [("copying", "talk"), ("drift", "fine")]
    old = reason(crowd, "copying")
    for n, new in ((old.n * 2 - 1, 0), (old.n * 2, 1)):
        more = Finding(
            "copying", "follows", old.user_id, n, old.evidence, old.tasks, other=old.other_id, p=0.0, q=0.0
        )
        assert keep_findings(crowd.project, [more]) == new


def test_what_is_no_longer_found_is_withdrawn_and_opens_again(crowd: Crowd) -> None:
    found = reason(crowd, "same")
    again = Finding("same", "follows", found.user_id, found.n, found.evidence, found.tasks, p=0.0, q=0.0)
    keep_findings(crowd.project, [])
    assert set(Reason.objects.filter(project=crowd.project).values_list("state", flat=True)) == {"withdrawn"}
    assert keep_findings(crowd.project, [again]) == 0
    found.refresh_from_db()
    assert (found.state, found.settled_at) == ("open", None)


def test_people_who_left_raise_no_reason(crowd: Crowd) -> None:
    found = reason(crowd, "same")
    again = Finding("same", "follows", found.user_id, found.n, found.evidence, found.tasks, p=0.0, q=0.0)
    Membership.objects.filter(project=crowd.project, user=found.user_id).delete()
    keep_findings(crowd.project, [again])
    found.refresh_from_db()
    assert found.state == "withdrawn"


def test_a_manager_settles_with_a_trail(crowd: Crowd) -> None:
    project = crowd.project
    address = f"/api/v1/projects/{project.pk}/reasons/"
    shown = api(boss(project)).get(f"{address}?state=open&kind=same").json()["results"]
    assert [(row["user"], row["state"]) for row in shown] == [(str(crowd.people[SAME].pk), "open")]
    one = api(boss(project)).get(f"/api/v1/reasons/{shown[0]['id']}/").json()
    assert one["tasks"] == [str(task) for task in reason(crowd, "same").tasks]
    done = settle(crowd, "same", verdict="other", note="A test account.").json()
    assert (done["state"], done["note"]) == ("other", "A test account.")
    assert reason(crowd, "same").settled_by == boss(project)
    event = AuditEvent.objects.get(verb="trust.reason_other")
    assert (event.subject, event.details["note"]) == (crowd.people[SAME].email, "A test account.")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [({"verdict": "ban"}, 400, "invalid"), ({"verdict": "other", "note": " "}, 400, "invalid")],
)
def test_refuses_unknown_verdicts_and_a_missing_note(
    crowd: Crowd, body: dict[str, str], status: int, code: str
) -> None:
    assert settle(crowd, "same", **body).status_code == status
    assert reason(crowd, "same").state == "open"


def test_refuses_to_settle_twice_or_about_oneself(crowd: Crowd) -> None:
    settle(crowd, "same", verdict="fine")
    assert settle(crowd, "same", verdict="talk").json()["error"]["code"] == "settled"
    Membership.objects.filter(project=crowd.project, user=crowd.people[COPIER]).update(role=Role.MANAGER)
    refused = settle(crowd, "copying", by=crowd.people[COPIER], verdict="fine")
    assert refused.json()["error"]["code"] == "own_reason"


def test_strangers_and_the_person_see_nothing(crowd: Crowd) -> None:
    other = boss(make_crowd(1, 1, name="Other").project)
    project, user = crowd.project, crowd.people[SAME]
    for address in (
        f"/api/v1/projects/{project.pk}/reasons/",
        f"/api/v1/reasons/{reason(crowd, 'same').pk}/",
        f"/api/v1/projects/{project.pk}/annotators/{user.pk}/",
        f"/api/v1/projects/{project.pk}/annotators/{user.pk}/differences/",
    ):
        assert api(other).get(address).status_code == 404, address
        assert api(user).get(address).status_code == 403, address
    assert settle(crowd, "same", by=other, verdict="fine").status_code == 404
    assert settle(crowd, "same", by=user, verdict="fine").status_code == 403


def test_the_api_tells_everything_of_a_person_and_where_they_differ(crowd: Crowd) -> None:
    project, user = crowd.project, crowd.people[SAME]
    base = f"/api/v1/projects/{project.pk}/annotators/{user.pk}/"
    person = api(boss(project)).get(base).json()
    assert person["user"] == str(user.pk)
    assert person["speed"]["ratio"]["low"] < 1.2
    (field,) = person["questions"]
    assert (field["field"], field["agreement"]["items"]) == ("follows", 220)
    assert field["reasons"] == [str(reason(crowd, "same").pk)]
    rows = api(boss(project)).get(f"{base}differences/?field=follows").json()["results"]
    assert {row["answer"] for row in rows} == {"yes"}
    assert {row["consensus"] for row in rows} == {"no"}
    assert len(rows) > 80
    assert api(boss(project)).get(f"{base}differences/?field=follows&consensus=yes").json()["results"] == []
    assert api(boss(project)).get(f"/api/v1/projects/{project.pk}/annotators/999999/").status_code == 404


# ---- what people see of themselves


def own(crowd: Crowd, person: int) -> Any:
    return api(crowd.people[person]).get(f"/api/v1/projects/{crowd.project.pk}/own-figures/").json()


def test_people_see_their_own_figures_and_nothing_of_others(crowd: Crowd) -> None:
    mine = own(crowd, HONEST[0])
    (field,) = mine["questions"]
    assert (field["n"], field["n"] % 20) == (200, 0), "the newest hour and the part of a step are left out"
    assert field["low"] < field["accuracy"] < field["high"]
    assert [point["n"] for point in field["history"]] == [20] * 10
    assert all(point["low"] < point["high"] for point in field["history"])
    assert {each["label"] for each in field["classes"]} == {"no", "yes"}
    assert set(mine["seconds"]) == {"value", "low", "high", "answers"}
    client = Client()
    client.force_login(crowd.people[HONEST[0]])
    page = client.get(f"/projects/{crowd.project.pk}/my-work/").content.decode()
    assert "What to improve" in page
    for others in ("Worker 0", "Worker 1", "faster", "ratio", "times as long"):
        assert others not in page


def test_a_project_that_shows_no_accuracy_shows_none(crowd: Crowd) -> None:
    Project.objects.filter(pk=crowd.project.pk).update(feedback="never")
    assert own(crowd, HONEST[0])["questions"] == []


def test_gold_is_in_none_of_a_persons_own_figures(crowd: Crowd) -> None:
    """Were it in, somebody who watches their figures could find out which tasks are gold."""
    before = own(crowd, HONEST[0])
    wrong = list(crowd.tasks[:20])
    answers = dict(
        Annotation.objects.filter(project=crowd.project, user=crowd.people[HONEST[0]]).values_list(
            "task", "value"
        )
    )
    flipped = [
        GoldInput(task.pk, [{"follows": "no" if answers[task.pk]["follows"] == "yes" else "yes"}])
        for task in wrong
    ]
    make_many(project=crowd.project, items=flipped, by=boss(crowd.project))
    full_run(crowd.project)
    (field,) = own(crowd, HONEST[0])["questions"]
    (old,) = before["questions"]
    assert field["n"] == old["n"] - 20
    assert field["right"] / field["n"] > 0.85, "twenty missed gold answers show in a figure of their own only"


def test_answers_of_the_last_hour_are_not_shown(crowd: Crowd) -> None:
    rows = Annotation.objects.filter(project=crowd.project, user=crowd.people[HONEST[0]]).order_by("-pk")
    late = list(rows.values_list("pk", flat=True)[:60])
    Annotation.objects.filter(pk__in=late).update(created_at=timezone.now() - timedelta(minutes=50))
    Annotation.objects.filter(pk=late[0]).update(created_at=timezone.now())
    full_run(crowd.project)
    assert own(crowd, HONEST[0])["questions"][0]["n"] == 160


# ---- pages


def test_pages(crowd: Crowd) -> None:
    project = crowd.project
    client = Client()
    client.force_login(boss(project))
    base = f"/projects/{project.pk}"
    listed = client.get(f"{base}/reasons/").content.decode()
    for words in (
        "Gives the same answer",
        "Too fast",
        "Agree too much",
        "Gets worse",
        "Worker 2",
        "Worker 3",
    ):
        assert words in listed
    one = client.get(f"/reasons/{reason(crowd, 'copying').pk}/").content.decode()
    assert "Text number" in one
    assert "A reason to look, not a verdict" in one
    member = Membership.objects.get(project=project, user=crowd.people[SAME])
    person = client.get(f"{base}/people/{member.pk}/figures/").content.decode()
    assert "Gives too often" in person
    assert f"/reasons/{reason(crowd, 'same').pk}/" in person
    differ = client.get(f"{base}/people/{member.pk}/differences/", {"field": "follows"}).content.decode()
    assert "Text number" in differ
    assert f"{base}/people/{member.pk}/figures/" in client.get(f"{base}/people/").content.decode()
    assert "reasons to look" in client.get("/").content.decode()


@pytest.mark.django_db
def test_empty_pages_teach() -> None:
    project = make_crowd(1, 1).project
    client = Client()
    client.force_login(boss(project))
    assert "No reason to look" in client.get(f"/projects/{project.pk}/reasons/").content.decode()
    member = Membership.objects.get(project=project, role=Role.ANNOTATOR)
    page = client.get(f"/projects/{project.pk}/people/{member.pk}/figures/")
    assert "Nothing to say yet" in page.content.decode()


def test_queries_do_not_grow_with_the_data(crowd: Crowd) -> None:
    client = Client()
    client.force_login(boss(crowd.project))

    def count(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(address)
        return len(queries)

    few = make_crowd(1, 1, name="Few").project
    Membership.objects.create(project=few, user=boss(crowd.project), role=Role.MANAGER)
    assert count(f"/projects/{crowd.project.pk}/reasons/") <= count(f"/projects/{few.pk}/reasons/") + 2


def test_a_refused_verdict_keeps_the_note_beside_the_form(crowd: Crowd) -> None:
    found = reason(crowd, "same")
    client = Client()
    client.force_login(boss(crowd.project))
    long = "They say so. " * 160
    for note, problem in (("", "must not be empty"), (long, "at most 2000 characters")):
        refused = client.post(f"/reasons/{found.pk}/", {"verdict": "other", "note": note})
        shown = refused.content.decode()
        assert refused.status_code == 400
        assert 'aria-describedby="reason-note-error"' in shown
        assert problem in shown
        assert f'value="{note}"' in shown
    found.refresh_from_db()
    assert found.state == "open"
    settle(crowd, "same", verdict="fine")
    late = client.post(f"/reasons/{found.pk}/", {"verdict": "other", "note": "I have asked them."})
    assert late.status_code == 409
    assert "settled already" in late.content.decode()
    assert "I have asked them." in late.content.decode(), "what was typed is not lost"
