"""Thousands of answers of many people, through the real submit, compared with the known truth."""

import csv
import random
import uuid
from pathlib import Path

import numpy as np
import pytest

from annotate.services.submit import submit
from exchange.demo.crowd import SMS_CROWD
from quality.models import Consensus, KnownTruth, Trust
from quality.services.full_run import full_run
from quality.services.truth import record_truth
from tests.quality.crowd import Crowd, give_all, make_crowd, settle, simulate, write_all

# Each answer commits, as in life: thousands of savepoints in one transaction would take minutes.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

RTE = Path(__file__).resolve().parents[3] / "shared" / "data" / "crowd" / "rte"
CODES = ("no", "yes")
KINDS = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [{"name": "kind", "type": "choice", "options": ["ham", "spam"], "required": True}],
}


def _replay(crowd: Crowd, triples: list[tuple[int, int, int]]) -> None:
    leases = give_all(crowd, [(task, person) for task, person, _ in triples])
    for lease, (_, _, code) in zip(leases, triples, strict=True):
        submit(assignment=lease, value={"follows": CODES[code]}, seconds=5, key=uuid.uuid4().hex)
    settle()


def _share_right(crowd: Crowd, truth: list[int], column: str) -> float:
    found = dict(Consensus.objects.filter(project=crowd.project).values_list("task_id", column))
    right = [found[task.pk] == CODES[true] for task, true in zip(crowd.tasks, truth, strict=True)]
    return float(np.mean(right))


def test_a_simulated_crowd() -> None:
    """As large as RTE; its answers are written at once, since the test below sends as many through submit."""
    rng = np.random.default_rng(7)
    truth = rng.integers(0, 2, 800)
    skill = np.concatenate([rng.uniform(0.7, 0.95, 120), np.full(44, 0.5)])
    crowd = make_crowd(164, 800)
    triples = simulate(rng, truth, skill, 10)
    assert len(triples) == 8000
    write_all(crowd, [(task, person, {"follows": CODES[code]}) for task, person, code in triples])
    full_run(crowd.project)
    ours, majority = (
        _share_right(crowd, truth.tolist(), "value"),
        _share_right(crowd, truth.tolist(), "majority"),
    )
    assert ours >= 0.96
    assert ours >= majority
    known = {task.pk: {"follows": CODES[true]} for task, true in zip(crowd.tasks, truth, strict=True)}
    assert record_truth(project=crowd.project, values=known) == 800 == KnownTruth.objects.count()
    trust = dict(
        Trust.objects.filter(field="", label="", basis="consensus").values_list("user_id", "accuracy")
    )
    spammers = [trust[user.pk] for user in crowd.people[120:]]
    good = [trust[user.pk] for user in crowd.people[:120]]
    assert np.mean(spammers) < 0.62 < np.mean(good)


def test_the_people_of_the_demo_are_told_apart() -> None:
    """Of the demo's crowd 2,000 answers by seed: in the demo it is left to chance who gets what."""
    rng, dice = np.random.default_rng(11), random.Random(11)
    truth = ["spam" if spam else "ham" for spam in rng.random(400) < 0.134]
    crowd = make_crowd(len(SMS_CROWD), 400, ontology=KINDS)
    who = [rng.choice(len(SMS_CROWD), 5, replace=False) for _ in truth]
    pairs = [(task, int(person)) for task, people in enumerate(who) for person in people]
    write_all(crowd, [(task, person, SMS_CROWD[person].answer(truth[task], dice)) for task, person in pairs])
    full_run(crowd.project)
    rows = list(Trust.objects.filter(project=crowd.project, field="kind", basis="consensus"))
    skill = {user.pk: simulated.skill for user, simulated in zip(crowd.people, SMS_CROWD, strict=True)}
    on_spam = {row.user_id: row for row in rows if row.label == "spam"}
    assert set(on_spam) == set(skill)
    (spammer,) = (row for user, row in on_spam.items() if skill[user] == "spammer")
    assert all(spammer.high < row.low for user, row in on_spam.items() if skill[user] == "good")
    balanced = {
        user.pk: np.mean([row.accuracy for row in rows if row.label and row.user_id == user.pk])
        for user in crowd.people
    }
    weak = [balanced[user] for user in skill if skill[user] in {"spammer", "careless"}]
    assert max(weak) < min(balanced[user] for user in skill if skill[user] == "good")


@pytest.mark.skipif(
    not RTE.exists(), reason="the crowd data may not be shipped; it stands beside the repo in CI"
)
def test_the_answers_of_rte() -> None:
    truth = {row["task"]: int(row["label"]) for row in _rows("truth.csv")}
    rows = _rows("labels.csv")
    people = {name: index for index, name in enumerate(sorted({row["worker"] for row in rows}))}
    tasks = {name: index for index, name in enumerate(truth)}
    crowd = make_crowd(len(people), len(tasks))
    assert (len(people), len(rows)) == (164, 8000)
    _replay(crowd, [(tasks[r["task"]], people[r["worker"]], int(r["label"])) for r in rows])
    full_run(crowd.project)
    assert _share_right(crowd, list(truth.values()), "value") >= 0.925


def _rows(name: str) -> list[dict[str, str]]:
    with (RTE / name).open() as file:
        return list(csv.DictReader(file))
