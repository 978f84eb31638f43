"""The demo, loaded small: real data, a simulated crowd that says so, numbers computed from its answers."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.template.defaultfilters import floatformat
from django.test import Client, override_settings
from scipy.stats import binomtest

from accounts.models import User
from annotate.models import Annotation
from exchange.demo.load import load_demo
from projects.models import Project, Task, TaskSummary
from quality.models import Consensus, KnownTruth, Round, Trust
from quality.reports.truth import compared

MESSAGES = 120
SHARE = 0.7
FAST = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SKILLS = ("good", "average", "biased", "careless", "spammer")


class CutOff(Exception):
    """What a killed process looks like from inside."""


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Load once for all tests of this file, cut off in the middle and taken up again.

    It commits, as in life: thousands of savepoints in one transaction are slow.
    """
    folder = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), override_settings(DATA_DIR=folder, PASSWORD_HASHERS=FAST):
        with pytest.raises(CutOff):
            load_demo(_cut_off, messages=MESSAGES, share=SHARE)
        before = Annotation.objects.count()
        assert 0 < before < MESSAGES * 5 * SHARE
        assert not (folder / "demo-accounts.json").exists()
        yield load_demo(str, messages=MESSAGES, share=SHARE)
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False)


@pytest.fixture(autouse=True)
def _rolled_back(demo: Any) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _cut_off(line: str) -> None:
    raise CutOff(line)


def _sms() -> Project:
    return Project.objects.get(name="Spam in text messages")


def _page(email: str, address: str) -> str:
    client = Client()
    client.force_login(User.objects.get(email=email))
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_it_works(demo: list[dict[str, str]]) -> None:
    assert [account["role"] for account in demo] == ["manager", "engineer", "reviewer", "annotator"]
    assert set(Project.objects.values_list("name", flat=True)) == {
        "Spam in text messages",
        "Names in noisy text",
        "Objects in photographs",
    }
    for account in demo:
        client = Client()
        assert client.login(username=account["email"], password=account["password"])
        assert client.get("/").status_code == 200


def test_a_second_load_changes_nothing(demo: Any) -> None:
    before = (User.objects.count(), Task.objects.count(), Annotation.objects.count())
    assert load_demo(str, messages=MESSAGES, share=SHARE) == []
    assert (User.objects.count(), Task.objects.count(), Annotation.objects.count()) == before


def test_a_load_that_was_cut_off_goes_on_where_it_stopped() -> None:
    assert _sms().tasks.count() == MESSAGES
    answers = Annotation.objects.filter(project=_sms())
    assert answers.count() <= MESSAGES * 5 * SHARE
    assert answers.count() > MESSAGES * 5 * SHARE * 0.8
    for task, people in answers.values_list("task_id", "user_id").distinct():
        assert answers.filter(task_id=task, user_id=people).count() == 1


def test_nobody_knows_a_password_of_the_simulated() -> None:
    simulated = User.objects.filter(email__startswith="simulated-")
    assert simulated.count() == 17
    assert not any(user.has_usable_password() for user in simulated)


def test_consensus_is_not_less_often_right_than_the_majority() -> None:
    """Who gets which message is left to chance, since gold is hidden: a sign test over a hundred of them.

    That it is at least as often right is in tests/quality/test_replay.py, with 8,000 seeded answers.
    """
    truth = dict(KnownTruth.objects.filter(project=_sms()).values_list("task_id", "value"))
    rows = Consensus.objects.filter(project=_sms(), field="kind", answers__gt=1)
    assert len(rows) > MESSAGES // 2
    right = [row.value == truth[row.task_id]["kind"] for row in rows]
    majority = [row.majority == truth[row.task_id]["kind"] for row in rows]
    differs = [ours for ours, theirs in zip(right, majority, strict=True) if ours != theirs]
    assert not differs or binomtest(sum(differs), len(differs), 0.5, alternative="less").pvalue > 0.001
    assert sum(right) / len(rows) >= 0.8


def _balanced() -> dict[str, list[float]]:
    """Skill → each person's mean accuracy over the classes, as trust found it."""
    found: dict[str, list[float]] = {skill: [] for skill in SKILLS}
    for user in User.objects.filter(name__startswith="Simulated "):
        rows = Trust.objects.filter(project=_sms(), user=user, field="kind", basis="consensus")
        classes = [row.accuracy for row in rows.exclude(label="")]
        if classes:
            found[user.name.split()[1]].append(sum(classes) / len(classes))
    return found


def test_trust_finds_the_careless_and_the_spammer() -> None:
    """On the whole: each has some 28 messages left to chance, four of them spam.

    One by one they are told apart in tests/quality/test_replay.py, by their intervals, with seeded answers.
    """
    found = _balanced()
    assert np.mean(found["spammer"] + found["careless"]) < np.mean(found["good"])


def test_the_spammer_is_found_below_the_good_on_spam() -> None:
    rows = Trust.objects.filter(project=_sms(), field="kind", basis="consensus", label="spam")
    spammer = rows.get(user__name__contains="spammer")
    good = [row.accuracy for row in rows.filter(user__name__contains="good")]
    assert spammer.accuracy < np.mean(good)
    assert all(row.low <= row.accuracy <= row.high for row in rows)


def test_rounds_were_trained_on_what_the_crowd_had_said_by_then() -> None:
    rounds = list(Round.objects.filter(project=_sms()).order_by("number"))
    assert len(rounds) > 1
    assert {done.state for done in rounds} <= {"done", "refused"}
    labeled = [done.labeled for done in rounds]
    assert labeled == sorted(labeled)
    assert labeled[-1] <= MESSAGES


def test_every_page_of_the_demo_says_that_the_crowd_is_simulated(demo: list[dict[str, str]]) -> None:
    for project in Project.objects.exclude(name="Objects in photographs"):
        page = _page(demo[0]["email"], f"/projects/{project.pk}/guideline/")
        assert "simulated annotators of stated" in page
        assert "Simulated " in _page(demo[0]["email"], f"/projects/{project.pk}/people/")


def test_the_overview_shows_what_is_in_the_database(demo: list[dict[str, str]]) -> None:
    project = _sms()
    page = _page(demo[0]["email"], f"/projects/{project.pk}/")
    table = re.findall(r'state=(\w+)">(\d+)</a>', page)
    states = TaskSummary.objects.filter(project=project).values_list("state", flat=True)
    assert {state: int(count) for state, count in table if int(count)} == Counter(states)


def test_the_comparison_with_the_truth_is_counted_from_the_answers(demo: list[dict[str, str]]) -> None:
    project = _sms()
    truth = dict(KnownTruth.objects.filter(project=project).values_list("task_id", "value"))
    rows = Consensus.objects.filter(project=project, field="kind", task__gold_item=None)
    right = sum(row.value == truth[row.task_id]["kind"] for row in rows) / len(rows)
    plain = sum(row.majority == truth[row.task_id]["kind"] for row in rows) / len(rows)
    page = _page(demo[0]["email"], f"/projects/{project.pk}/quality/")
    table = page[page.index('id="truth"') : page.index('id="truth-people"')]
    assert re.findall(r'<span class="num">([\d.]+)</span>', table) == [
        floatformat(right, 2),
        floatformat(plain, 2),
    ]
    assert f'<td data-label="Tasks" class="number">{len(rows)}</td>' in table


def test_regions_are_compared_without_their_ids() -> None:
    project = Project.objects.get(name="Names in noisy text")
    truth = dict(KnownTruth.objects.filter(project=project).values_list("task_id", "value"))
    named = [
        row
        for row in Consensus.objects.filter(project=project, field="entities")
        if row.value and _places(row.value) == _places(truth[row.task_id]["entities"])
    ]
    empty = Consensus.objects.filter(project=project, field="entities", value=[])
    right = len(named) + sum(not truth[row.task_id]["entities"] for row in empty)
    [found] = compared(project)
    assert named
    assert round((found.consensus.value or 0) * found.consensus.n) == right


def _places(spans: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
    return {(span["class"], span["start"], span["end"]) for span in spans}


def test_truth_and_gold_reach_no_annotator(demo: list[dict[str, str]]) -> None:
    assert not any("truth" in task.data or "truth" in task.meta for task in Task.objects.all())


def test_the_data_may_be_shipped_and_says_so() -> None:
    folder = Path(settings.BASE_DIR) / "exchange/demo/data"
    licenses = (folder / "LICENSES.md").read_text(encoding="utf-8")
    for file in folder.rglob("*"):
        if file.is_file() and file.suffix != ".md":
            assert f"{file.relative_to(folder)}`" in licenses, f"{file.name}: say where it is from"
