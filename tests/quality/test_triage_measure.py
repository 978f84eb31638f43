"""What a model's scores are worth: which answers count as checked, what the page and the API say of it."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.errors import Conflict, DomainError
from annotate.models import Drawn, Prediction
from projects.models import Project, TaskSummary
from quality.models import TriageMeasure
from quality.reports.triage import measure_of, outlook
from quality.services.gold import make_gold
from quality.services.triage_measure import start_measure
from tests.annotate.steps import api
from tests.quality.triage_world import MODEL, check, measure, triaged
from tests.world import make_project

pytestmark = pytest.mark.django_db
BOXES = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [{"name": "words", "type": "text"}],
}


def rows_of(project: Project, target: float = 0.05) -> dict[str, Any]:
    measured = measure_of(project)
    assert measured is not None
    return {row.code: row for row in outlook(project, measured, target).rows}


def test_thresholds_stand_where_the_model_begins_to_be_right() -> None:
    found = triaged()
    assert measure(found).state == "done"
    rows = rows_of(found.world.project)
    for code in ("positive", "negative"):
        row = rows[code]
        assert (row.choice.checked, row.waiting) == (150, 30)
        assert 0.66 <= (row.choice.threshold or 0) <= 0.72
        assert row.choice.point is not None
        assert row.accepted == row.choice.point.waiting > 15
    assert rows["neutral"].why == "0 checked; at least 59 are needed"
    assert rows["neutral"].accepted == 0


def test_too_few_checked_give_no_threshold_and_say_what_they_could_show() -> None:
    found = triaged(checked=100)
    measure(found)
    row = rows_of(found.world.project, 0.01)["positive"]
    assert row.choice.threshold is None
    assert row.why == "50 checked; at least 299 are needed (these could show 5.8 % at best)"


def test_a_critical_class_is_never_accepted() -> None:
    found = triaged()
    measure(found)
    measured = measure_of(found.world.project)
    assert measured is not None
    seen = outlook(found.world.project, measured, 0.05, frozenset({"positive"}))
    (row,) = [row for row in seen.rows if row.code == "positive"]
    assert (row.accepted, row.why) == (0, "critical: always by people")
    assert seen.accepted + seen.by_people == seen.waiting == 60


def test_what_active_learning_chose_is_no_fair_sample_but_gold_counts() -> None:
    found = triaged(checked=10, waiting=12)
    check(found, found.waiting[:4], lambda number: True, drawn=Drawn.POLICY)
    make_gold(
        project=found.world.project,
        task=found.waiting[5],
        answers=[{"sentiment": "positive"}],
        by=found.world.max,
    )
    measure(found)
    data = TriageMeasure.objects.get().data
    assert (data["people"], data["gold"], data["chosen"], data["waiting"]) == (10, 1, 4, 7)


def test_what_waits_for_a_reviewer_is_told_too_and_what_is_half_answered_is_not() -> None:
    found = triaged(checked=10, waiting=0)
    states = TaskSummary.objects.filter(task__in=found.checked).order_by("task_id")
    for summary, state in zip(states, ("review", "answered", "open", "blocked"), strict=False):
        TaskSummary.objects.filter(pk=summary.pk).update(state=state)
    measure(found)
    assert TriageMeasure.objects.get().data["people"] == 8


def test_only_this_model_and_scores_count() -> None:
    found = triaged(checked=10, waiting=4)
    Prediction.objects.filter(task__in=found.checked[:3]).update(score=None)
    Prediction.objects.create(
        project=found.world.project,
        task=found.checked[5],
        model="older",
        version="0",
        value={"sentiment": "neutral"},
        score=0.9,
    )
    start = {"project": found.world.project, "by": found.world.max}
    assert start_measure(**start, **MODEL).params["model"] == "m"
    with pytest.raises(Conflict, match="running"):
        start_measure(**start)
    found.world.project.jobs.update(state="done")
    with pytest.raises(DomainError, match="No predictions with scores"):
        start_measure(**start, model="unknown")
    with pytest.raises(DomainError, match="one answer out of a list"):
        start_measure(**start, field="unknown")
    Prediction.objects.filter(model="older").delete()
    measure(found)
    assert TriageMeasure.objects.get().data["people"] == 7


def test_the_page_and_the_api_say_the_same() -> None:
    found = triaged()
    project, address = found.world.project, f"/api/v1/projects/{found.world.project.pk}/triage/"
    client = Client()
    client.force_login(found.world.max)
    page = f"/projects/{project.pk}/triage/"
    assert "Not measured yet" in client.get(page).content.decode()
    assert api(found.world.max).get(address).json()["outlook"] is None
    assert client.post(page).status_code == 302
    project.jobs.update(state="cancelled")
    assert measure(found).state == "done"
    said = api(found.world.max).get(address, {"target": "0.05", "critical": "negative"}).json()
    by_name = {row["name"]: row for row in said["outlook"]["classes"]}
    assert by_name["negative"]["is_critical"]
    assert by_name["negative"]["accepted"] == 0
    assert said["outlook"]["accepted"] == by_name["positive"]["accepted"] > 0
    shown = client.get(page, {"error": "5", "critical": "negative"}).content.decode()
    assert f'<span class="num">{said["outlook"]["accepted"]}</span>' in shown
    assert "critical: always by people" in shown
    refused = client.get(page, {"error": "x", "critical": "negative"}).content.decode()
    assert "From 0.05 to 50." in refused
    assert '<input type="hidden" name="critical" value="negative">' in refused, "what was ticked stays so"
    unclear = client.get(page, {"error": "5", "experts": "7"}).content.decode()
    assert "Leave them to the model" not in unclear, "not without the tier that was meant"
    assert api(found.world.max).get(address, {"target": "0"}).status_code == 400
    assert api(found.world.otto).get(address).status_code == 404
    for person in (found.world.eve, found.world.rita, found.world.ann):
        assert api(person).get(address).status_code == 403
        assert api(person).post(address).status_code == 403


def test_of_very_many_classes_the_page_shows_some_and_those_that_are_critical(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("quality.pages.triage.MOST_CLASSES", 1)
    found = triaged()
    assert measure(found).state == "done"
    client = Client()
    client.force_login(found.world.max)
    page = f"/projects/{found.world.project.pk}/triage/"
    shown = client.get(page, {"error": "5", "critical": "neutral"}).content.decode()
    ticks = re.findall('<input type="checkbox" name="critical" value="([^"]+)"( checked)?', shown)
    assert [checked for _, checked in ticks] == ["", " checked"]
    assert ticks[1][0] == "neutral"
    assert '<span class="num">1</span> further classes' in shown
    assert len(api(found.world.max).get(f"/api/v1{page}").json()["outlook"]["classes"]) == 3


def test_without_a_fitting_question_or_scores_the_page_says_so() -> None:
    found = triaged(checked=0, waiting=2)
    client = Client()
    client.force_login(found.world.max)
    Prediction.objects.all().delete()
    page = client.get(f"/projects/{found.world.project.pk}/triage/").content.decode()
    assert "No predictions with scores" in page
    other = make_project(found.world.organization, found.world.max, BOXES)
    assert "No question that fits" in client.get(f"/projects/{other.pk}/triage/").content.decode()
