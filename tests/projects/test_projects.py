"""Making and changing projects."""

import pytest

from accounts.errors import Conflict, DomainError
from accounts.models import AuditEvent
from labeltypes.base import Invalid
from projects.models import ProjectState, Role
from projects.services.projects import (
    change_project,
    clone_project,
    create_project,
    delete_project,
    launch_project,
    pause_project,
    restore_project,
)
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def test_it_works(world: World) -> None:
    project = create_project(
        organization=world.organization,
        by=world.max,
        name=" Cats ",
        settings={"overlap": 3},
    )

    assert (project.name, project.overlap, project.state) == (
        "Cats",
        3,
        ProjectState.DRAFT,
    )
    assert project.ontology is not None
    assert project.ontology.version == 1
    assert project.guideline is not None
    assert project.guideline.version == 1
    assert project.memberships.get().role == Role.MANAGER
    assert AuditEvent.objects.filter(verb="project.created", project_id=project.pk).exists()


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_a_name_is_needed(world: World, name: str) -> None:
    with pytest.raises(DomainError, match="needs a name"):
        create_project(organization=world.organization, by=world.max, name=name)


def test_every_wrong_setting_is_named(world: World) -> None:
    with pytest.raises(DomainError) as refusal:
        change_project(
            project=world.project,
            by=world.max,
            settings={
                "overlap": 0,
                "gold_share": True,
                "speed": 3,
                "feedback": "always",
            },
        )
    assert {field.path: field.message for field in refusal.value.fields} == {
        "settings.overlap": "must be from 1 to 100",
        "settings.gold_share": "must be a number",
        "settings.speed": "unknown setting",
        "settings.feedback": "must be one of never, aggregated, at_once",
    }


def test_a_bad_ontology_leaves_no_project_behind(world: World) -> None:
    before = world.organization.projects.count()
    with pytest.raises(Invalid):
        create_project(
            organization=world.organization,
            by=world.max,
            name="X",
            ontology={"media": 1},
        )
    assert world.organization.projects.count() == before


def test_only_a_live_project_can_be_paused(world: World) -> None:
    paused = pause_project(project=world.project, by=world.max, reason="Guideline unclear")
    assert paused.pause_reason == "Guideline unclear"
    with pytest.raises(Conflict):
        pause_project(project=paused, by=world.max, reason="again")
    assert launch_project(project=paused, by=world.max).pause_reason == ""


def test_clone_takes_people_and_plan_but_no_tasks(world: World) -> None:
    change_project(project=world.project, by=world.max, settings={"overlap": 4})
    world.project.refresh_from_db()
    clone = clone_project(project=world.project, by=world.max, name="Again")

    assert clone.overlap == 4
    assert clone.memberships.count() == world.project.memberships.count()
    assert clone.ontology is not None
    assert world.project.ontology is not None
    assert clone.ontology.definition == world.project.ontology.definition
    assert not clone.tasks.exists()


def test_a_deletion_can_be_taken_back_and_stops_work(world: World) -> None:
    doomed = delete_project(project=world.project, by=world.max)
    assert not doomed.is_working
    with pytest.raises(Conflict):
        launch_project(project=doomed, by=world.max)
    assert restore_project(project=doomed, by=world.max).is_working
