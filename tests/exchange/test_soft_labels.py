"""Soft labels in exports: the posterior and the votes of each categorical field, with method and version."""

import csv
import io
import json
from typing import Any

import pytest

from exchange.exporting.items import Items
from exchange.exporting.request import read_request
from projects.models import Project
from quality.models import Consensus
from quality.services.full_run import full_run
from quality.services.group_questions import define_question, state, withdraw
from quality.services.inference import METHOD_VERSION
from quality.services.methods import METHOD
from tests.exchange.scene import Scene, stream
from tests.quality.crowd import Crowd, make_crowd, write_all

pytestmark = pytest.mark.django_db

ONTOLOGY = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [
        {"name": "tone", "type": "choice", "options": ["good", "bad"]},
        {"name": "topics", "type": "choice", "options": ["food", "room"], "multiple": True},
        {"name": "stars", "type": "rating", "max": 3},
        {"name": "note", "type": "text"},
    ],
}


def answered() -> Crowd:
    """Two of three say good on the first task; on the second somebody answers one field; the third is new."""
    crowd = make_crowd(3, 3, ontology=ONTOLOGY)
    rest = {"topics": ["food"], "stars": 2, "note": "n"}
    tones = ["good", "good", "bad"]
    write_all(crowd, [(0, person, {"tone": tone, **rest}) for person, tone in enumerate(tones)])
    write_all(crowd, [(1, 0, {"note": "only this"})])
    return crowd


def items(project: Project, **query: str) -> list[Any]:
    assert project.ontology is not None
    ontology = project.ontology.parsed()
    wanted = read_request({"format": "jsonl", **query}, ontology)
    return list(Items(project, wanted, ontology))


def written(project: Project, **query: str) -> bytes:
    from django.utils import timezone

    from formats.outgoing import ExportContext

    assert project.ontology is not None
    ontology = project.ontology.parsed()
    wanted = read_request(query, ontology)
    context = ExportContext("p", ontology, 1, timezone.now(), wanted.options)
    return b"".join(wanted.writer.chunks(Items(project, wanted, ontology), context))


def test_posterior_and_votes() -> None:
    crowd = answered()
    full_run(crowd.project)
    lines = [json.loads(line) for line in written(crowd.project, format="jsonl", soft="true").splitlines()]
    soft = lines[0]["soft"]
    assert list(soft) == ["tone", "topics", "stars"]  # in the ontology's order, and no free text
    tone = soft["tone"]
    assert (tone["method"], tone["version"], tone["answers"]) == (METHOD, METHOD_VERSION, 3)
    assert tone["votes"] == {"good": 2, "bad": 1}
    assert sum(tone["probabilities"].values()) == pytest.approx(1)
    assert tone["probabilities"]["good"] > 0.5
    stored = Consensus.objects.get(task=crowd.tasks[0], field="tone")
    assert tone["probabilities"] == stored.distribution[""]
    assert soft["topics"]["votes"] == {"food": {"yes": 3}, "room": {"no": 3}}
    assert set(soft["topics"]["probabilities"]) == {"food", "room"}
    assert soft["stars"]["votes"] == {"2": 3}
    assert [line["soft"] for line in lines[1:]] == [{}, {}]


def test_before_the_first_run_there_are_votes_only() -> None:
    [first, *_] = items(answered().project, soft="true")
    tone = first.soft["tone"]
    assert (tone.method, tone.version, tone.time, tone.answers) == (None, None, None, 3)
    assert tone.probabilities is None
    assert tone.votes == {"good": 2, "bad": 1}


def test_only_when_asked() -> None:
    crowd = answered()
    assert [one.soft for one in items(crowd.project)] == [None] * 3
    assert b'"soft"' not in written(crowd.project, format="jsonl")


def test_a_set_aside_answer_has_no_vote() -> None:
    from annotate.models import Annotation
    from quality.services.votes import rebuild_all

    crowd = answered()
    Annotation.objects.filter(user=crowd.people[2]).update(is_extra=True)
    rebuild_all(crowd.project)
    [first, *_] = items(crowd.project, soft="true")
    assert first.soft["tone"].votes == {"good": 2}


def test_csv_has_a_column_for_each() -> None:
    crowd = answered()
    full_run(crowd.project)
    rows = list(csv.DictReader(io.StringIO(written(crowd.project, format="csv", soft="true").decode())))
    assert [name for name in rows[0] if name.startswith("soft.")] == [
        "soft.tone",
        "soft.topics",
        "soft.stars",
    ]
    assert json.loads(rows[0]["soft.tone"])["votes"] == {"good": 2, "bad": 1}
    assert rows[2]["soft.tone"] == ""


def test_a_version_that_changed_is_written_even_where_nothing_else_did(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    crowd = answered()
    full_run(crowd.project)
    monkeypatch.setattr("quality.services.writing.METHOD_VERSION", METHOD_VERSION + 1)
    monkeypatch.setattr("quality.services.news.METHOD_VERSION", METHOD_VERSION + 1)
    full_run(crowd.project)
    assert set(Consensus.objects.values_list("version", flat=True)) == {METHOD_VERSION + 1}


def test_other_projects_votes_stay_there() -> None:
    crowd, other = answered(), make_crowd(2, 1, ontology=ONTOLOGY, name="Other")
    write_all(other, [(0, 0, {"tone": "bad"}), (0, 1, {"tone": "bad"})])
    [only] = items(other.project, soft="true")
    assert only.soft["tone"].votes == {"bad": 2}
    assert items(crowd.project, soft="true")[0].soft["tone"].votes == {"good": 2, "bad": 1}


def grouped(*, in_exports: bool = True, people: int = 11) -> Crowd:
    """Five say they are of one group and five of another; anybody else says nothing."""
    crowd = make_crowd(people, 2, ontology=ONTOLOGY)
    tones = ["good" if person < 5 else "bad" for person in range(people)]
    write_all(crowd, [(0, person, {"tone": tones[person]}) for person in range(10)])
    write_all(crowd, [(1, person, {"tone": tones[person]}) for person in range(people)])
    question = define_question(
        organization=crowd.project.organization,
        by=crowd.people[0],
        name="Language",
        options=["German", "other"],
        in_exports=in_exports,
    )
    for person in range(10):
        option = "German" if person < 5 else "other"
        state(
            organization=crowd.project.organization,
            user=crowd.people[person],
            answers={question.pk: option},
        )
    return crowd


def test_votes_by_group_where_groups_and_the_rest_are_large_enough() -> None:
    """The eleventh person, who said nothing, would be found on the second task."""
    first, second = items(grouped().project, soft="true", groups="true")
    assert first.soft["tone"].groups == {"Language": {"German": {"good": 5}, "other": {"bad": 5}}}
    assert second.soft["tone"].groups == {}


def test_no_votes_by_group_without_leave_or_unasked() -> None:
    crowd = grouped(in_exports=False)
    assert [one.soft["tone"].groups for one in items(crowd.project, soft="true", groups="true")] == [{}, {}]
    assert [one.soft["tone"].groups for one in items(crowd.project, soft="true")] == [None, None]


def test_a_group_that_lost_somebody_is_not_told() -> None:
    crowd = grouped()
    withdraw(organization=crowd.project.organization, user=crowd.people[0])
    assert [one.soft["tone"].groups for one in items(crowd.project, soft="true", groups="true")] == [{}, {}]


def test_votes_by_group_are_for_managers(scene: Scene) -> None:
    query = {"soft": "true", "groups": "true"}
    assert json.loads(scene.stream(403, **query))["error"]["code"] == "groups"
    refused = json.loads(stream(scene.max, 400, groups="true"))["error"]["fields"]
    assert refused == [{"path": "groups", "message": "only with soft=true"}]
