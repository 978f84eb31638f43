"""Figures by annotator group: of those who said so, where every group is large enough, never of one."""

import json
from typing import Any

import pytest

from accounts.models import AuditEvent, OrganizationMembership, OrganizationRole, User
from quality.models import Figure, GroupAnswer, GroupQuestion
from quality.reports.annotator_groups import group_tables
from quality.services.annotator_groups import refresh_groups
from quality.services.full_run import full_run
from quality.services.group_questions import define_question, state, withdraw
from tests.annotate.gold_world import statements
from tests.annotate.steps import api
from tests.exchange.steps import Caller
from tests.quality.crowd import YES_NO, Crowd, make_crowd, write_all
from tests.world import World, make_user, make_world

pytestmark = pytest.mark.django_db
LANGUAGES = ["German", "other"]


def two_groups(each: int = 6, ontology: object = None) -> tuple[Crowd, GroupQuestion]:
    """As many people of each group; the first group says yes, the second mostly no."""
    crowd = make_crowd(2 * each, 10, ontology=ontology)
    answers = [
        (task, person, {"follows": "yes" if person < each or task + person < 12 else "no"})
        for task in range(10)
        for person in range(2 * each)
    ]
    write_all(crowd, answers)
    question = define_question(
        organization=crowd.project.organization, by=crowd.people[0], name="Language", options=LANGUAGES
    )
    return crowd, question


def say(question: GroupQuestion, people: list[User], option: str) -> None:
    for person in people:
        state(organization=question.organization, user=person, answers={question.pk: option})


def tables(crowd: Crowd) -> list[dict[str, Any]]:
    refresh_groups(crowd.project)
    found: list[dict[str, Any]] = group_tables(crowd.project)["questions"]
    return found


def test_measures_are_named_in_the_ontologys_words() -> None:
    options = [{"name": "no", "title": "Nein"}, {"name": "yes", "title": "Ja"}]
    field = {**YES_NO["fields"][0], "title": "Folgt es?", "options": options}
    crowd, question = two_groups(ontology={**YES_NO, "fields": [field]})
    say(question, crowd.people[:6], "German")
    say(question, crowd.people[6:], "other")
    [table] = tables(crowd)
    titles = {measure["title"] for measure in table["measures"] if measure["kind"] == "share"}
    assert titles == {"“Folgt es?”: share of “Ja”", "“Folgt es?”: share of “Nein”"}


def test_it_works() -> None:
    crowd, question = two_groups()
    say(question, crowd.people[:6], "German")
    say(question, crowd.people[6:], "other")
    full_run(crowd.project)
    [table] = group_tables(crowd.project)["questions"]
    kinds = {(measure["kind"], measure["label"]) for measure in table["measures"]}
    assert kinds == {("share", "yes"), ("share", "no"), ("agreement", "")}
    yes = next(measure for measure in table["measures"] if measure["label"] == "yes")
    german, other = yes["rows"]
    assert (german["group"], german["people"], german["mean"]) == ("German", 5, 1.0)
    assert other["mean"] < 0.5
    assert other["low"] < other["mean"] < other["high"]
    assert german["differs"]
    assert other["differs"]


@pytest.mark.parametrize(
    ("german", "other"),
    [(4, 6), (6, 4), (5, 5), (6, 5), (6, 2), (4, 4)],
    ids=str,
)
def test_nothing_where_a_group_or_the_rest_is_too_small(german: int, other: int) -> None:
    """Of twelve: whoever said nothing would be found by taking the table from the whole."""
    crowd, question = two_groups()
    say(question, crowd.people[:german], "German")
    say(question, crowd.people[6 : 6 + other], "other")
    [table] = tables(crowd)
    assert table["measures"] == []
    stored = json.dumps(Figure.objects.get(name="groups").data)
    assert "German" not in stored


def test_a_rest_that_is_large_enough_is_no_matter() -> None:
    crowd, question = two_groups(each=8)
    say(question, crowd.people[:5], "German")
    say(question, crowd.people[11:], "other")
    [table] = tables(crowd)
    assert table["measures"]


def test_an_organization_may_want_more() -> None:
    crowd, question = two_groups()
    GroupQuestion.objects.update(least=7)
    question.refresh_from_db()
    say(question, crowd.people[:6], "German")
    say(question, crowd.people[6:], "other")
    assert tables(crowd)[0]["measures"] == []


def test_one_group_alone_is_no_table() -> None:
    crowd, question = two_groups()
    say(question, crowd.people, "German")
    assert tables(crowd)[0]["measures"] == []


def test_taken_back_at_once() -> None:
    crowd, question = two_groups()
    say(question, crowd.people[:6], "German")
    say(question, crowd.people[6:], "other")
    assert tables(crowd)[0]["measures"]
    organization = crowd.project.organization
    withdraw(organization=organization, user=crowd.people[0])
    assert not GroupAnswer.objects.filter(user=crowd.people[0]).exists()
    assert not Figure.objects.filter(name="groups").exists()
    assert group_tables(crowd.project)["questions"] == []
    assert tables(crowd)[0]["measures"] == []  # one of twelve says nothing: that one would be found


def test_who_left_the_organization_is_in_no_figure() -> None:
    crowd, question = two_groups()
    say(question, crowd.people[:6], "German")
    say(question, crowd.people[6:], "other")
    OrganizationMembership.objects.filter(user=crowd.people[0]).delete()
    assert tables(crowd)[0]["measures"] == []


def test_twice_gives_the_same_whatever_the_order_of_people() -> None:
    crowd, question = two_groups()
    say(question, crowd.people[:6], "German")
    say(question, crowd.people[6:], "other")
    first = tables(crowd)
    GroupAnswer.objects.all().delete()
    say(question, crowd.people[6:][::-1], "other")
    say(question, crowd.people[:6][::-1], "German")
    assert tables(crowd) == first


def test_no_figure_is_of_a_person_and_counts_are_steps() -> None:
    crowd, question = two_groups(each=7)
    say(question, crowd.people[:7], "German")
    say(question, crowd.people[7:], "other")
    text = json.dumps(tables(crowd))
    assert '"people": 5' in text
    assert '"people": 7' not in text
    assert not any(f'"{person.pk}"' in text or person.name in text for person in crowd.people)


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"name": "", "options": LANGUAGES}, "name"),
        ({"name": "x" * 81, "options": LANGUAGES}, "name"),
        ({"name": "Asked", "options": LANGUAGES}, "name"),
        ({"name": "Age", "options": ["one"]}, "options"),
        ({"name": "Age", "options": ["a", "a"]}, "options"),
        ({"name": "Age", "options": ["a", "b" * 81]}, "options"),
        ({"name": "Age", "options": LANGUAGES, "least": 4}, "least"),
        ({"name": "Age", "options": LANGUAGES, "secret": 1}, "secret"),
    ],
)
def test_wrong_questions_are_refused(world: World, body: dict[str, Any], path: str) -> None:
    define_question(organization=world.organization, by=world.olga, name="Asked", options=LANGUAGES)
    address = f"/api/v1/organizations/{world.organization.pk}/group-questions/"
    response = api(world.olga).post(address, body, format="json")
    assert response.status_code == 400
    assert response.json()["error"]["fields"][0]["path"] == path


def test_about_me_by_rest(world: World) -> None:
    here = f"/api/v1/organizations/{world.organization.pk}"
    question = {"name": "Language", "options": LANGUAGES}
    assert api(world.ann).post(f"{here}/group-questions/", question, format="json").status_code == 403
    made = api(world.olga).post(f"{here}/group-questions/", question, format="json").json()
    body = {"answers": {made["id"]: "German"}}
    assert api(world.ann).put(f"{here}/about-me/", body, format="json").status_code == 204
    assert api(world.ann).get(f"{here}/about-me/").json()["results"][0]["mine"] == "German"
    assert api(world.abe).get(f"{here}/about-me/").json()["results"][0]["mine"] is None
    for wrong in ({"answers": {made["id"]: "Klingon"}}, {"answers": {"99": "German"}}, {}):
        assert api(world.ann).put(f"{here}/about-me/", wrong, format="json").status_code == 400
    assert api(world.otto).put(f"{here}/about-me/", body, format="json").status_code == 404
    assert not AuditEvent.objects.filter(subject__contains="German").exists()
    assert api(world.ann).delete(f"{here}/about-me/").status_code == 204
    assert not GroupAnswer.objects.exists()
    assert api(world.olga).delete(f"{here}/group-questions/{made['id']}/").status_code == 204
    assert api(world.otto).delete(f"{here}/group-questions/{made['id']}/").status_code == 404


def test_another_organizations_questions_do_not_exist(world: World) -> None:
    theirs = define_question(organization=world.other, by=world.otto, name="Language", options=LANGUAGES)
    here = f"/api/v1/organizations/{world.organization.pk}"
    assert api(world.ann).get(f"{here}/about-me/").json()["results"] == []
    body = {"answers": {str(theirs.pk): "German"}}
    assert api(world.ann).put(f"{here}/about-me/", body, format="json").status_code == 400
    assert api(world.olga).delete(f"{here}/group-questions/{theirs.pk}/").status_code == 404


def test_pages(world: World) -> None:
    address = f"/organizations/{world.organization.pk}"
    olga, ann = Caller(world.olga, world.project).client, Caller(world.ann, world.project).client
    form = {"name": "Language", "options": "German\nother", "least": "5"}
    for wrong, words in (({"options": "one"}, "from 2 to"), ({"least": "1"}, "from ")):
        refused = olga.post(f"{address}/group-questions/", form | wrong)
        assert refused.status_code == 400
        shown = refused.content.decode()
        assert words in shown
        assert f'value="{form["name"]}"' in shown
        assert f'aria-describedby="group-{next(iter(wrong))}-error"' in shown
        assert not GroupQuestion.objects.filter(name=form["name"]).exists()
    assert olga.post(f"{address}/group-questions/", form).status_code == 302
    question = GroupQuestion.objects.get()
    assert b"What is asked" not in ann.get(f"{address}/about-me/").content
    assert ann.post(f"{address}/about-me/", {f"question-{question.pk}": "German"}).status_code == 302
    assert b"Take everything back" in ann.get(f"{address}/about-me/").content
    assert ann.post(f"{address}/about-me/", {"withdraw": "all"}).status_code == 302
    assert not GroupAnswer.objects.exists()
    page = Caller(world.max, world.project).client.get(f"/projects/{world.project.pk}/annotator-groups/")
    assert b"Nothing to show" in page.content
    assert olga.post(f"{address}/group-questions/{question.pk}/drop/").status_code == 302
    assert not GroupQuestion.objects.exists()


def test_the_page_asks_the_same_for_any_number() -> None:
    crowd, question = two_groups()
    boss = make_user("Chief", crowd.project.organization, OrganizationRole.OWNER)
    client = Caller(boss, crowd.project).client
    address = f"/projects/{crowd.project.pk}/annotator-groups/"
    none = len(statements(lambda: client.get(address))[1])
    say(question, crowd.people[:6], "German")
    say(question, crowd.people[6:], "other")
    assert tables(crowd)[0]["measures"]
    response, ran = statements(lambda: client.get(address))
    assert b"German" in response.content
    assert len(ran) == none
