"""Consensus, trust and agreement through the whole path."""

import pytest

from projects.models import TaskSummary
from quality.models import Agreement, Consensus, Trust, Vote
from quality.services.full_run import full_run
from tests.quality.crowd import answer, make_crowd, settle

pytestmark = pytest.mark.django_db

YES, NO = {"follows": "yes"}, {"follows": "no"}


def test_it_works() -> None:
    crowd = make_crowd(3, 2, overlap=3)
    for person, value in zip(crowd.people, (YES, YES, NO), strict=True):
        answer(crowd.project, crowd.tasks[0], person, value)
    settle()
    row = Consensus.objects.get(task=crowd.tasks[0])
    assert (row.value, row.majority, row.answers) == ("yes", "yes", 3)
    assert row.agreement == pytest.approx(1 / 3)
    summary = TaskSummary.objects.get(task=crowd.tasks[0])
    assert (summary.value, summary.source, summary.classes) == (YES, "consensus", ["yes"])
    assert summary.agreement == pytest.approx(1 / 3)
    assert not Consensus.objects.filter(task=crowd.tasks[1]).exists()
    result = full_run(crowd.project)
    assert result == {"tasks": 1, "people": 3}
    assert Vote.objects.count() == 3
    assert Agreement.objects.get(coefficient="percent").value == pytest.approx(1 / 3)
    assert Trust.objects.filter(label="", field="follows").count() == 3
