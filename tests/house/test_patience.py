"""Long work lets people pass, and what takes the database too long is a page that says so."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
from django.db import connection
from django.test import Client

from tests.processes import child_environment
from tests.world import make_world

ROOT = Path(__file__).resolve().parent.parent.parent
CODE = """
import os, django
django.setup()
from django.db import connection
from config.patience import step_back
step_back({nice})
with connection.cursor() as cursor:
    cursor.execute("SELECT pg_backend_pid()")
    [database] = cursor.fetchone()
print(*(os.getpriority(os.PRIO_PROCESS, pid) for pid in (0, database)))
if os.path.exists("/proc/self/autogroup"):
    print(*(open(f"/proc/{{pid}}/autogroup").read().split()[-1] for pid in ("self", database)))
"""


def niceness(nice: int, *, leads: bool = True) -> list[list[int]]:
    """Of a process that steps back so far, and of the database's process that works for it; then of their
    sessions, where the kernel weighs these. It leads a session of its own, or stands in that of a shell."""
    command = [sys.executable, "-c", CODE.format(nice=nice)]
    if not leads:
        command = ["sh", "-c", '"$@"; exit $?', "sh", *command]
    done = subprocess.run(
        command,
        env=child_environment(),
        cwd=ROOT,
        capture_output=True,
        check=True,
        start_new_session=True,  # ours may be one that the kernel does not weigh
        text=True,
    )
    return [[int(word) for word in line.split()] for line in done.stdout.splitlines()]


@pytest.mark.skipif(not Path("/proc/self/comm").exists(), reason="only Linux says whose process it is")
def test_it_works(db: None) -> None:
    own = os.getpriority(os.PRIO_PROCESS, 0)
    there = niceness(0)[0][1]
    assert niceness(own + 7)[0] == [own + 7, own + 7]
    assert there < own + 7, "who does not step back leaves the database as it is"


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="this kernel does not weigh sessions")
def test_sessions_step_back_too(db: None) -> None:
    """Else the kernel would not compare these processes with any of another session."""
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert niceness(0)[1] == [0, 0]
    assert niceness(own + 7)[1] == [own + 7, own + 7]


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="this kernel does not weigh sessions")
def test_others_of_its_session_do_not_step_back(db: None) -> None:
    """A worker started beside a web from one terminal: the web keeps its share."""
    nice = os.getpriority(os.PRIO_PROCESS, 0) + 7
    assert niceness(nice, leads=False) == [[nice, nice], [0, nice]]


def test_what_takes_too_long_says_so(transactional_db: None) -> None:
    """Somebody holds the table that both addresses read."""
    world = make_world()
    client = Client()
    client.force_login(world.max)
    page, api = (f"/projects/{world.project.pk}/people/", f"/api/v1/projects/{world.project.pk}/annotators/")
    assert [client.get(address).status_code for address in (page, api)] == [200, 200]
    holder = psycopg2.connect(**connection.get_connection_params())
    try:
        holder.cursor().execute("LOCK quality_figure IN ACCESS EXCLUSIVE MODE")
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = '300ms'")
        late, refused = client.get(page), client.get(api)
    finally:
        holder.close()
        connection.close()
    assert late.status_code == refused.status_code == 503
    assert "This took too long" in late.content.decode()
    assert refused.json()["error"]["code"] == "too_slow"
