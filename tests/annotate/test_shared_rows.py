"""Nothing in next, submit, draft and skip locks or writes a row that the project shares."""

import re
import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg2 import sql

from accounts.statements import Prepared
from annotate.models import Assignment, Pool, QueueEntry
from annotate.services import slots
from annotate.services.held import save_draft, skip
from annotate.services.queue import draw
from annotate.services.ranking import rerank
from annotate.services.submit import submit
from projects.access.doors import find_project
from tests.world import World, make_tasks, make_world

pytestmark = pytest.mark.django_db(transaction=True)

OWN_TABLES = {
    "annotate_assignment",
    "annotate_annotation",
    "annotate_annotationversion",
    "annotate_draft",
    "annotate_outboxevent",
    "annotate_queuecursor",
    "annotate_queueentry",
    "annotate_reviewentry",
    "annotate_skip",
    "projects_statechange",  # rows are only added to it: docs/adr/0009-lists-and-counters.md
    "projects_tasksummary",
}
WRITES = re.compile(r'\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(?!SET\b|OF\b|SKIP\b)(\w+)"?')
WEAK = {"AccessShareLock", "RowShareLock"}


@pytest.fixture
def world() -> World:
    world = make_world(gold_share=0.3, hold_size=5)
    tasks = make_tasks(world.project, 60)
    slots.set_pool(project_id=world.project.pk, task_ids=[task.pk for task in tasks[50:]], pool=Pool.GOLD)
    return world


def work(world: World) -> None:
    """All that somebody does in a day, in one transaction that is still open."""
    access = find_project(world.ann, world.project.pk)
    draw(access, 5)
    held = list(Assignment.objects.filter(user=world.ann, state="active").select_related("task"))
    save_draft(assignment=held[0], project=world.project, value={}, base=0)
    skip(assignment=held[1], project=world.project, reason="other")
    for number, row in enumerate(held[2:]):
        submit(assignment=row, value={"sentiment": "positive"}, seconds=1.0, key=f"k{number}")
    Assignment.objects.filter(pk=held[0].pk).update(expires_at="2020-01-01T00:00:00Z")
    draw(find_project(world.abe, world.project.pk), 5)


def locks() -> dict[str, set[str]]:
    """Which locks this transaction holds on which tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation "
            "WHERE l.pid = pg_backend_pid() AND c.relkind = 'r' AND c.relname NOT LIKE 'pg\\_%'"
        )
        held: dict[str, set[str]] = {}
        for table, mode in cursor.fetchall():
            held.setdefault(table, set()).add(mode)
    return held


def shared_rows(world: World) -> list[tuple[str, str]]:
    """``xmax`` of the shared rows: any lock or change leaves a mark there."""
    tables = ["projects_project", "projects_ontologyversion", "projects_guideline", "projects_membership"]
    found = []
    with connection.cursor() as cursor:
        for table in [*tables, "accounts_organization", "annotate_rankingepoch"]:
            rows = sql.SQL("SELECT {}, id, xmax::text FROM {} ORDER BY id")
            cursor.execute(rows.format(sql.Literal(table), sql.Identifier(table)))
            found += cursor.fetchall()
    return found


def spelled_out(statement: str) -> str:
    """With the texts of the prepared statements that it runs."""
    return re.sub(r"EXECUTE (\w+)", lambda match: Prepared.known[match[1]], statement)


def test_statements_write_only_what_belongs_to_the_work(world: World) -> None:
    with CaptureQueriesContext(connection) as captured, transaction.atomic():
        work(world)
    ran = [spelled_out(query["sql"]) for query in captured]
    written = {table for statement in ran for table in WRITES.findall(statement)}
    assert {"annotate_queueentry", "annotate_annotation", "projects_tasksummary"} <= written
    assert written <= OWN_TABLES, written - OWN_TABLES
    locking = [statement for statement in ran if "FOR UPDATE" in statement]
    assert locking
    for statement in locking:
        assert 'projects_project"' not in statement


def test_pg_locks_show_no_write_lock_on_a_shared_table(world: World) -> None:
    with transaction.atomic():
        work(world)
        held = locks()
    strong = {table for table, modes in held.items() if modes - WEAK}
    assert strong
    assert strong <= OWN_TABLES, strong - OWN_TABLES
    # A foreign-key check takes RowShareLock on the table it looks at: only the task and the person are.
    checked = {table for table, modes in held.items() if "RowShareLock" in modes} - OWN_TABLES
    assert checked <= {"projects_task", "accounts_user"}, checked


def test_no_row_that_the_project_shares_is_locked(world: World) -> None:
    before = shared_rows(world)
    assert before
    work(world)
    assert shared_rows(world) == before


def in_a_thread(act: Callable[[], None]) -> None:
    """Run this with another connection that has hardly any patience; raise what went wrong there."""
    problems: list[BaseException] = []

    def run() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '500ms'")
            act()
        except BaseException as error:
            problems.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if problems:
        raise problems[0]


def test_others_go_on_while_somebody_is_in_the_middle(world: World) -> None:
    """Ann's open transaction keeps nobody waiting: all that Abe does runs with hardly any patience."""

    def abe() -> None:
        drawing = draw(find_project(world.abe, world.project.pk), 5)
        assert len(drawing.assignments) == 5
        for row in drawing.assignments:
            submit(assignment=row, value={"sentiment": "negative"}, seconds=1.0, key="k")

    with transaction.atomic():
        draw(find_project(world.ann, world.project.pk), 5)
        in_a_thread(abe)


def test_nobody_waits_for_a_transaction_that_takes_leases_back_and_is_left_open(world: World) -> None:
    """Also not those who take leases back themselves, nor a ranking of the very same tasks."""
    draw(find_project(world.rita, world.project.pk), 5)
    Assignment.objects.update(expires_at="2020-01-01T00:00:00Z")
    everything = list(QueueEntry.objects.values_list("pk", flat=True))

    def others() -> None:
        assert len(draw(find_project(world.abe, world.project.pk), 5).assignments) == 5
        assert 0 < rerank(project_id=world.project.pk, task_ids=everything) < 50

    with transaction.atomic():
        draw(find_project(world.ann, world.project.pk), 5)
        in_a_thread(others)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
                "WHERE NOT l.granted AND a.datname = current_database()"
            )
            assert cursor.fetchone()[0] == 0
    assert len(draw(find_project(world.abe, world.project.pk), 5).assignments) == 5
