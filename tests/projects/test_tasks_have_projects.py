"""A task's project exists: checked by triggers, once a statement, as strictly as by a foreign key."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from projects.models import Project, Task
from tests.exchange.test_lost_processes import until, waiting
from tests.world import make_project, make_world

pytestmark = pytest.mark.django_db(transaction=True)
NOBODYS = 2**40


def test_neither_a_task_without_a_project_nor_another_project() -> None:
    world = make_world()
    task = Task.objects.create(project=world.project, data={})
    rows = [Task(project=world.project, data={}), Task(project_id=NOBODYS, data={})]
    with pytest.raises(IntegrityError, match="not there"):
        Task.objects.bulk_create(rows)
    other = make_project(world.organization, world.max)
    with pytest.raises(IntegrityError, match="does not change"):
        Task.objects.filter(pk=task.pk).update(project=other)
    assert list(Task.objects.values_list("pk", "project")) == [(task.pk, world.project.pk)]


def test_a_project_is_not_deleted_under_tasks_that_come_in() -> None:
    """Whoever deletes waits for the transaction that inserts, and then finds its task."""
    project = Project.objects.create(organization=make_world().organization, name="Bare")
    deleting = threading.Event()

    def delete() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                deleting.set()
                cursor.execute("DELETE FROM projects_project WHERE id = %s", [project.pk])
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as aside:
        with transaction.atomic():
            Task.objects.create(project=project, data={})
            deleted = aside.submit(delete)
            until(lambda: waiting("transactionid"), "the deletion, which waits for the task")
        with pytest.raises(IntegrityError, match="has tasks"):
            deleted.result()
    assert Project.objects.filter(pk=project.pk).exists()
    project.delete()
    assert not Task.objects.exists()
