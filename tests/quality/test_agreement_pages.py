"""Agreement beyond one number: per class, between people, in parts of the data; page and REST."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from annotate.models import Annotation, AnnotationVersion
from projects.models import Guideline, Membership, Role, Task
from quality.models import Agreement, Figure
from quality.pages.agreement import weakness
from quality.services.agreement import refresh_agreement
from quality.services.figures import refresh_figures
from stats.intervals.multiple import benjamini_hochberg
from tests.quality.crowd import Crowd, make_crowd, write_all
from tests.world import make_user

CHOICE = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [
        {
            "name": "tone",
            "type": "choice",
            "options": ["good", {"name": "bad", "title": "Rather bad"}, "mixed"],
        },
        {"name": "parts", "type": "span", "on": "text", "classes": ["person", "place"]},
    ],
}
TASKS = 80
SPANS = 27  # every third task has spans, all of which are compared with one another


@dataclass(frozen=True)
class Scene:
    """A crowd of four in which the last one is careless, and texts in German are hard."""

    crowd: Crowd
    manager: Client
    reviewer: Client

    @property
    def base(self) -> str:
        return f"/projects/{self.crowd.project.pk}/agreement/"

    def api(self, part: str = "", **query: Any) -> Any:
        answer = self.manager.get(f"/api/v1{self.base}{part}", query)
        assert answer.status_code == 200, answer.content
        return answer.json()


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield _scene()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _rolled_back(scene: Scene) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _scene() -> Scene:
    crowd = make_crowd(4, TASKS, ontology=CHOICE, name="Agreement")
    rng = np.random.default_rng(3)
    names = ["good", "bad", "mixed"]
    answers: list[tuple[int, int, Any]] = []
    for number in range(TASKS):
        truth = names[int(rng.integers(3))]
        for person, skill in enumerate((0.97, 0.97, 0.97, 0.4)):
            is_right = rng.random() < (skill if number % 4 else 0.4)
            tone = truth if is_right else names[int(rng.integers(3))]
            spans = [{"id": "a", "class": "person" if is_right else "place", "start": 0, "end": 4}]
            answers.append((number, person, {"tone": tone} | ({"parts": spans} if number % 3 == 0 else {})))
    write_all(crowd, answers)
    for number, task in enumerate(crowd.tasks):
        task.meta = {"lang": "en" if number % 4 else "de", "id": f"n{number}", "long": number % 3 == 0}
    Task.objects.bulk_update(crowd.tasks, ["meta"])
    _date(crowd)
    refresh_agreement(crowd.project)
    refresh_figures(crowd.project)
    manager = Membership.objects.get(project=crowd.project, role=Role.MANAGER).user
    reviewer = make_user("Rita-Agreement", crowd.project.organization)
    Membership.objects.create(project=crowd.project, user=reviewer, role=Role.REVIEWER)
    return Scene(crowd, _client(manager), _client(reviewer))


def _date(crowd: Crowd) -> None:
    """Half of the tasks were answered a week ago, under the first of two versions of the guideline."""
    project = crowd.project
    versions = [Guideline.objects.get_or_create(project=project, version=number)[0] for number in (1, 2)]
    early = [task.pk for task in crowd.tasks[: TASKS // 2]]
    Annotation.objects.filter(project=project, task__in=early).update(
        created_at=timezone.now() - timedelta(days=7)
    )
    AnnotationVersion.objects.bulk_create(
        AnnotationVersion(
            project=project,
            annotation=head,
            version=1,
            value=head.value,
            key="",
            ontology_id=project.ontology_id,
            guideline=versions[0 if head.task_id in early else 1],
            created_by_id=head.user_id,
            created_at=head.created_at,
        )
        for head in Annotation.objects.filter(project=project)
    )


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_it_works(scene: Scene) -> None:
    page = scene.manager.get(scene.base).content.decode()
    for words in ("Agreement on “<bdi>tone</bdi>”", "Which classes are unclear?", "Who agrees with whom?"):
        assert words in page
    assert "Rather bad" in page
    assert "Worker 3" in page
    assert "By lang (metadata)" in page
    assert "By version of the guideline" in page
    assert "Over time" in page
    pairs = scene.manager.get(scene.base, {"show": "pairs"}).content.decode()
    assert pairs.count(f"{scene.base}pair/?field=tone&amp;first=") == 6
    assert 'id="matrix"' not in pairs


def test_coefficients_say_who_they_are_of_and_why_some_are_undefined(scene: Scene) -> None:
    rows = {(row["field"], row["coefficient"]): row for row in scene.api()["results"]}
    assert rows["tone", "alpha"]["raters"] == 4
    assert rows["tone", "alpha"]["low"] < rows["tone", "alpha"]["value"] < rows["tone", "alpha"]["high"]
    for name in ("cohen_kappa", "scott_pi"):
        assert rows["tone", name]["value"] is None
        assert "exactly two people, here 4" in rows["tone", name]["undefined"]
    assert rows["parts", "alpha"]["items"] == SPANS


def test_classes(scene: Scene) -> None:
    found = scene.api("classes/")
    assert (found["field"], [row["name"] for row in found["results"]]) == ("tone", ["good", "bad", "mixed"])
    for row in found["results"]:
        assert row["alpha_low"] < row["alpha"] < row["alpha_high"]
        assert row["specific_low"] < row["specific"] < row["specific_high"]
    regions = scene.api("classes/", field="parts")["results"]
    assert {row["name"] for row in regions} == {"person", "place"}


def test_a_class_that_was_given_once_does_not_stand_first() -> None:
    rare = {"name": "rare", "answers": 1, "alpha": -0.01, "alpha_high": -0.01}
    weak = {"name": "weak", "answers": 40, "alpha": 0.3, "alpha_high": 0.5}
    strong = {"name": "strong", "answers": 900, "alpha": 0.8, "alpha_high": 0.9}
    unsaid = {"name": "unsaid", "answers": 90, "alpha": None, "alpha_high": None}
    ordered = sorted([unsaid, strong, rare, weak], key=weakness)
    assert [row["name"] for row in ordered] == ["weak", "strong", "rare", "unsaid"]


def test_the_careless_one_agrees_least_with_the_others(scene: Scene) -> None:
    for field, items in (("tone", TASKS), ("parts", SPANS)):
        people = {row["user"]["name"]: row for row in scene.api("people/", field=field)["results"]}
        careless = people.pop("Worker 3")
        assert careless["items"] == items
        assert careless["agreement"] < min(row["agreement"] for row in people.values())
        assert careless["corrected"] < min(row["corrected"] for row in people.values())


def test_pairs_and_the_tasks_on_which_they_differ(scene: Scene) -> None:
    pairs = scene.api("pairs/")["results"]
    assert len(pairs) == 6
    worst = max(pairs, key=lambda pair: pair["differ"])
    first, second = worst["first"]["id"], worst["second"]["id"]
    found = scene.api("differences/", first=second, second=first)
    assert [each["id"] for each in found["people"]] == [second, first], "as asked for"
    assert len(found["results"]) == min(worst["differ"], 50)
    assert all(row["first"] != row["second"] and row["nearness"] == 0 for row in found["results"])
    row = found["results"][0]
    assert Annotation.objects.get(task=row["task"], user=second).value["tone"] == row["first"]
    page = scene.manager.get(f"{scene.base}pair/", {"first": first, "second": second}).content.decode()
    assert f"/projects/{scene.crowd.project.pk}/tasks/{row['task']}/" in page
    assert page.count('<th scope="row"') == len(found["results"])


def test_an_answer_that_was_changed_since_is_shown_as_it_is_now(scene: Scene) -> None:
    found = scene.api("differences/")
    (one, two), row = (each["id"] for each in found["people"]), found["results"][0]
    mine = Annotation.objects.get(task=row["task"], user=one)
    other = Annotation.objects.get(task=row["task"], user=two)
    Annotation.objects.filter(pk=mine.pk).update(value={**mine.value, "tone": other.value["tone"]})
    assert (
        next(each for each in scene.api("differences/")["results"] if each["task"] == row["task"])["nearness"]
        == 1
    )
    assert "the same by now" in scene.manager.get(f"{scene.base}pair/").content.decode()
    Annotation.objects.filter(pk=mine.pk).update(discarded_at=timezone.now())
    again = next(each for each in scene.api("differences/")["results"] if each["task"] == row["task"])
    assert (again["first"], again["nearness"]) == (None, None)


def test_slices_say_which_differ_and_count_their_tests(scene: Scene) -> None:
    found = scene.api("slices/")
    rows = {(row["kind"], row["key"], row["name"]): row for row in found["results"]}
    assert {key for kind, key, _ in rows if kind == "meta"} == {"lang", "long"}, "ids do not part the data"
    german = rows["meta", "lang", "de"]
    assert (german["items"], german["differs"]) == (TASKS // 4, True)
    assert german["difference"] < 0
    assert german["adjusted"] < 0.05
    adjusted = benjamini_hochberg([row["p"] for row in found["results"]])
    assert [row["adjusted"] for row in found["results"]] == pytest.approx(list(adjusted))
    assert not rows["meta", "long", "yes"]["differs"]
    assert {name for kind, _, name in rows if kind == "guideline"} == {"version 1", "version 2"}
    assert sum(kind == "week" for kind, _, _ in rows) == 2
    assert found["tests"] == sum(row["p"] is not None for row in found["results"]) == len(rows)
    regions = scene.api("slices/", field="parts")["results"]
    assert {row["kind"] for row in regions} == {"guideline", "week"}, "too few tasks for the others"
    assert all(row["low"] < row["alpha"] < row["high"] for row in regions)


def test_names_are_for_those_who_may_see_people(scene: Scene) -> None:
    page = scene.reviewer.get(scene.base)
    assert page.status_code == 200
    assert "Worker" not in page.content.decode()
    for part in ("pairs/", "people/", "differences/"):
        assert scene.reviewer.get(f"/api/v1{scene.base}{part}").status_code == 403
    assert scene.reviewer.get(f"{scene.base}pair/").status_code == 403
    assert _client(scene.crowd.people[0]).get(scene.base).status_code == 403


def test_nobody_of_another_project_is_found(scene: Scene) -> None:
    stranger = make_user("Stranger-Agreement")
    query = {"first": stranger.pk, "second": scene.crowd.people[0].pk}
    assert scene.manager.get(f"{scene.base}pair/", query).status_code == 404
    assert scene.manager.get(f"/api/v1{scene.base}differences/", query).status_code == 404
    assert scene.manager.get(f"{scene.base}pair/", {"first": "x"}).status_code == 404


@pytest.mark.parametrize("query", [{"field": "gone"}, {"fild": "tone"}])
def test_what_is_not_known_is_refused(scene: Scene, query: dict[str, str]) -> None:
    for part in ("classes/", "people/", "pairs/", "differences/", "slices/"):
        assert scene.manager.get(f"/api/v1{scene.base}{part}", query).status_code == 400


def test_pages_read_figures_and_no_answers(scene: Scene) -> None:
    """But for the few on the page of a pair."""
    tables = {"agreement": 0, "pair": 0}
    for name, address in (("agreement", scene.base), ("pair", f"{scene.base}pair/")):
        with CaptureQueriesContext(connection) as queries:
            scene.manager.get(address)
        tables[name] = sum(
            "annotate_annotation" in query["sql"] or "quality_vote" in query["sql"] for query in queries
        )
    assert tables == {"agreement": 0, "pair": 1}


def test_twice_gives_the_same_and_other_figures_stay(scene: Scene) -> None:
    def stored() -> list[Any]:
        keep = {row.name: row.data for row in Figure.objects.filter(project=scene.crowd.project)}
        return [
            keep,
            list(Agreement.objects.order_by("field", "coefficient").values_list("field", "value", "low")),
        ]

    before = stored()
    assert any(not name.startswith("agreement-") for name in before[0])
    refresh_figures(scene.crowd.project)
    refresh_agreement(scene.crowd.project)
    assert stored() == before


def test_of_very_many_answers_a_sample_is_compared_and_said_to_be_one(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quality.services.judgements.MOST_COMPARISONS", TASKS * 3)
    monkeypatch.setattr("quality.services.agreement_slices.MOST_TASKS", TASKS // 4)
    refresh_agreement(scene.crowd.project)
    compared = Figure.objects.get(project=scene.crowd.project, name="agreement-about:tone").data["compared"]
    assert TASKS / 4 < compared < TASKS * 3 / 4
    assert 5 < scene.api("slices/")["tasks"] < TASKS / 2
    page = scene.manager.get(scene.base).content.decode()
    assert "What is said of people comes from a sample of" in page
    assert "a sample of 80" in page
    full = Agreement.objects.get(project=scene.crowd.project, field="tone", coefficient="alpha")
    assert full.items == TASKS, "coefficients are of all"
    monkeypatch.setattr("quality.services.judgements.MOST_CELLS", TASKS * 3 // 2)
    refresh_agreement(scene.crowd.project)
    half = Agreement.objects.get(project=scene.crowd.project, field="tone", coefficient="alpha")
    assert TASKS / 4 < half.items < TASKS * 3 / 4
    assert "All figures of this field come from a sample of" in scene.manager.get(scene.base).content.decode()


def test_the_weakest_pairs_stand_above_the_matrix(scene: Scene) -> None:
    """Those whose interval ends lowest first, and each leads to its tasks; not where all pairs are listed."""
    pairs = [each for each in scene.api("pairs/")["results"] if each["differ"]]
    page = scene.manager.get(scene.base).content.decode()
    shown = page.split("Who agree least")[-1].split("</table>")[0]
    lowest = sorted(pairs, key=lambda each: (each["high"], each["agreement"]))[:5]
    assert 0 < shown.count("<tr>") - 1 == len(lowest)
    places = [shown.index(f"{each['differ']} of {each['items']}</a>") for each in lowest]
    assert places == sorted(places)
    assert "Who agree least" not in scene.manager.get(scene.base, {"show": "pairs"}).content.decode()


def test_too_few_shared_tasks_have_no_figure() -> None:
    crowd = make_crowd(2, 9, name="Few")
    write_all(crowd, [(task, person, {"follows": "yes"}) for task in range(9) for person in range(2)])
    refresh_agreement(crowd.project)
    client = _client(Membership.objects.get(project=crowd.project, role=Role.MANAGER).user)
    base = f"/projects/{crowd.project.pk}/agreement/"
    (pair,) = client.get(f"/api/v1{base}pairs/").json()["results"]
    assert (pair["items"], pair["too_few"], pair["agreement"], pair["low"]) == (9, True, None, None)
    page = client.get(base).content.decode()
    assert "only 9 shared tasks" in page
    assert "Nothing can be said yet: all answers are equal" in page
    assert "Only 9 shared tasks" in client.get(f"{base}pair/").content.decode()


def test_numbers_have_an_intraclass_correlation_where_all_answered() -> None:
    """The table of Shrout and Fleiss (1979), whose ICC(2,1) is 0.29, and a task that one person left out."""
    field = {"name": "score", "type": "number", "min": 0, "max": 10}
    ontology = {"media": [{"name": "text", "kind": "text", "source": "text"}], "fields": [field]}
    crowd = make_crowd(4, 7, ontology=ontology, name="Judges")
    table = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7], [1, 1, 1]]
    write_all(crowd, [(t, p, {"score": value}) for t, row in enumerate(table) for p, value in enumerate(row)])
    rows = {row.coefficient: row for row in refresh_agreement(crowd.project)}
    assert rows["icc"].value == pytest.approx(0.2898, abs=1e-4)
    assert (rows["icc"].items, rows["alpha"].items) == (6, 7)
    Annotation.objects.filter(
        project=crowd.project, user=crowd.people[3], task__gt=crowd.tasks[0].pk
    ).delete()
    again = {row.coefficient: row for row in refresh_agreement(crowd.project)}
    assert "all 4 people answered, here 1" in again["icc"].undefined


def test_rankings_have_kendalls_w() -> None:
    """The published example (0.844444) and a task of one mind; an older answer lacks an option."""
    field = {"name": "order", "type": "ranking", "options": [*"abcde"]}
    ontology = {"media": [{"name": "text", "kind": "text", "source": "text"}], "fields": [field]}
    crowd = make_crowd(3, 3, ontology=ontology, name="Judges")
    ranked = [("12345", "21354", "13245"), ("54321", "54321", "54321"), ("12345", "1234")]

    def value(ranks: str) -> dict[str, Any]:
        return {"order": sorted("abcde"[: len(ranks)], key=lambda name: ranks["abcde".index(name)])}

    write_all(crowd, [(t, p, value(ranks)) for t, row in enumerate(ranked) for p, ranks in enumerate(row)])
    rows = {row.coefficient: row for row in refresh_agreement(crowd.project)}
    found = rows["kendall_w"]
    assert found.value == pytest.approx((0.844444 + 1) / 2, abs=1e-6)
    assert (found.items, found.answers) == (2, 6)
    client = Client()
    client.force_login(Membership.objects.get(project=crowd.project, role=Role.MANAGER).user)
    page = client.get(f"/projects/{crowd.project.pk}/agreement/").content.decode()
    assert "Kendall&#x27;s W" in page
