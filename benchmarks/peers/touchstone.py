"""Touchstone as `make run` starts it: embedded servers, gunicorn, a worker, collected static files."""

import json
import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extras import execute_values

from benchmarks.machine import commit
from benchmarks.peers import work
from benchmarks.peers.database import Database
from benchmarks.peers.product import IMAGE, TEXT, VISIBLE, Visit
from benchmarks.peers.session import Refused, Session
from config.run.system import System

ROOT = Path(__file__).resolve().parent.parent.parent
HOLD = 3
PAGE = 30
LONGEST_PAGE = 1000
CHOICE = {"name": "tone", "type": "choice", "options": list(work.CHOICES), "required": True}
BOXES = {"name": "objects", "type": "box", "on": "photo", "classes": list(work.CLASSES)}
ONTOLOGIES = {
    TEXT: {"media": [{"name": "text", "kind": "text", "source": "text"}], "fields": [CHOICE]},
    IMAGE: {"media": [{"name": "photo", "kind": "image", "source": "image"}], "fields": [BOXES]},
}
# The answers of an export are put where they would be; how they come there is not measured.
ANSWER = """
WITH given (text, email, choice) AS (VALUES %s), heads AS (
    INSERT INTO annotate_annotation
        (project_id, task_id, user_id, version, value, seconds, is_extra, is_fix, created_at, updated_at)
    SELECT t.project_id, t.id, u.id, 1, jsonb_build_object('tone', g.choice), 3.2, false, false, now(), now()
    FROM given g
    JOIN projects_task t ON t.data ->> 'text' = g.text AND t.project_id = {project}
    JOIN accounts_user u ON u.email = g.email
    RETURNING id, project_id, user_id, value, seconds
)
INSERT INTO annotate_annotationversion
    (project_id, annotation_id, version, value, seconds, key, drawn, ontology_id, created_by_id, created_at)
SELECT h.project_id, h.id, 1, h.value, h.seconds, h.id::text, 'random', p.ontology_id, h.user_id, now()
FROM heads h JOIN projects_project p ON p.id = h.project_id
"""
READY = (
    "document.querySelector('#label')?.dataset.ready && document.querySelector('[data-do=submit]:enabled')"
)
# Pixels are read back only once the page says that the picture is there: doing so in each frame slows it.
LOADED = "!document.querySelector('.image-surface[aria-busy]')"
PAINTED = """((name) => { const c = document.querySelector(name); return !!c && c.width > 50 &&
 c.getContext('2d').getImageData(c.width / 2 - 20, c.height / 2 - 20, 40, 40).data.some((v) => v > 0); })"""


class Touchstone:
    """This repository, at this commit."""

    name = "Touchstone"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._postgres = Database(folder / "postgres")
        self._system: System | None = None
        self._sessions: list[Session] = []
        self._emails: list[str] = []
        self.base = ""

    def start(self) -> None:
        """As `make run` without the demo, on a folder and a database of its own."""
        self._postgres.start()
        os.environ["DATABASE_URL"] = self._postgres.url
        self._system = System(self._folder, ROOT)
        self._system.start()
        self.base = self._system.url.replace("localhost", "127.0.0.1")

    def stop(self) -> None:
        """End everything, the servers last."""
        if self._system:
            self._system.stop()
        self._postgres.stop()

    def versions(self) -> dict[str, str]:
        """The commit, and the servers of the wheels."""
        with closing(self._database()) as connection, connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            return {"Touchstone": commit(), "PostgreSQL (both)": cursor.fetchone()[0]}

    def people(self, count: int) -> list[Session]:
        """Accounts by our commands, sign-in by the form."""
        missing = [f"peer{number}@example.org" for number in range(len(self._sessions), count)]
        for email, password in self._accounts(missing) if missing else ():
            session = Session(self.base)
            session.post_form("/accounts/login/", {"login": email, "password": password})
            if not any(name.startswith("session") for name in session.cookies):
                raise Refused(f"{email} could not sign in.")
            self._sessions.append(session)
            self._emails.append(email)
        return self._sessions[:count]

    def make_project(self, kind: str) -> Any:
        """Live at once; everybody who is there so far annotates."""
        body = {
            "name": f"Peers, {kind}",
            "ontology": ONTOLOGIES[kind],
            "settings": {"overlap": 1, "show_predictions": True},
        }
        project = self._manager.post("/api/v1/projects/", body)["id"]
        for email in self._emails[1:]:
            member = {"user": email, "role": "annotator"}
            self._manager.post(f"/api/v1/projects/{project}/members/", member)
        return project

    def import_texts(self, project: Any, texts: Sequence[str]) -> None:
        """One request; the worker does the rest, and we wait until it is done."""
        self._import(project, [{"data": {"text": text}} for text in texts])

    def import_answered(self, project: Any, texts: Sequence[str]) -> None:
        """Texts by import, answers by SQL."""
        self.import_texts(project, texts)
        rows = [
            (text, self._emails[turn], choice)
            for number, text in enumerate(texts)
            for turn, choice in enumerate(work.answers(number))
        ]
        with closing(self._database()) as connection, connection, connection.cursor() as cursor:
            execute_values(cursor, ANSWER.format(project=int(project)), rows, page_size=len(rows))
            cursor.execute("ANALYZE annotate_annotation, annotate_annotationversion, projects_task")

    def import_photos(self, project: Any, photos: Sequence[bytes]) -> None:
        """Upload each, then name it in a task."""
        self._import(project, [{"data": {"image": self._upload(project, photo)}} for photo in photos])

    def import_boxes(self, project: Any, photo: bytes, boxes: Sequence[work.Rectangle]) -> Any:
        """As a model's answer, from which the person starts: boxes that can be changed."""
        value = {"objects": [_box(number, box) for number, box in enumerate(boxes)]}
        prediction = {"model": "peer", "version": "1", "value": value}
        self._import(
            project, [{"data": {"image": self._upload(project, photo)}, "predictions": [prediction]}]
        )

    def next(self, person: Session, project: Any) -> Any:
        """One assignment."""
        found = person.post(f"/api/v1/projects/{project}/next/", {"count": 1})["assignments"]
        return found[0] if found else None

    def submit(self, person: Session, project: Any, task: Any, choice: str) -> None:
        """The answer alone."""
        self._send(person, task, choice, following=0)

    def answer(self, person: Session, project: Any, task: Any, choice: str) -> Any:
        """One request: the page holds three tasks, and is topped up with each answer."""
        found = self._send(person, task, choice, following=HOLD)["assignments"]
        return found[0] if found else None

    def export(self, project: Any, file: Path) -> int:
        """Every answer as JSON Lines, as the download streams it."""
        answer = self._manager.get(f"/api/v1/projects/{project}/export/?format=jsonl&answers=all")
        if answer.status != 200:
            raise Refused(f"{answer.status}: {answer.body[:300]!r}")
        file.write_bytes(answer.body)
        return sum(len(json.loads(line)["annotations"]) for line in answer.body.splitlines())

    def open_list(self, project: Any, search: str, page: int) -> Any:
        """Pages follow each other by a cursor, so we walk there in large steps."""
        address = f"/api/v1/projects/{project}/tasks/?q={search}"
        ahead = (page - 1) * PAGE
        while ahead:
            step = min(ahead, LONGEST_PAGE)
            address = _local(self._manager.get(_with_limit(address, step)).json()["next"])
            ahead -= step
        return _with_limit(address, PAGE)

    def list_tasks(self, project: Any, view: Any) -> int:
        """One page."""
        return len(self._manager.get(view).json()["results"])

    def label_page(self, project: Any, kind: str) -> Visit:
        """Usable: the page says so, and an image is painted."""
        usable = f"{READY} && {VISIBLE}('.lb-field')" if kind == TEXT else _painted()
        return Visit(f"{self.base}/projects/{project}/label/", usable)

    def boxes_page(self, project: Any, task: Any, count: int) -> Visit:
        """Usable: also the list counts all of them, and boxes are painted."""
        listed = f"document.querySelector('.image-objects-title')?.textContent.includes('{count:,}')"
        usable = f"{_painted()} && {listed} && {PAINTED}('.image-shapes')"
        return Visit(f"{self.base}/projects/{project}/label/", usable)

    def list_page(self, project: Any) -> Visit:
        """Usable: the first row can be seen. As many rows as Label Studio's page asks for, not our fifty."""
        return Visit(f"{self.base}/projects/{project}/data/?limit={PAGE}", f"{VISIBLE}('.task-link')")

    @property
    def _manager(self) -> Session:
        return self.people(1)[0]

    def _import(self, project: Any, items: list[dict[str, Any]]) -> None:
        job = self._manager.post(f"/api/v1/projects/{project}/imports/", {"items": items})
        while job["state"] in {"queued", "running"}:
            time.sleep(0.02)
            job = self._manager.get(f"/api/v1/jobs/{job['id']}/?wait=10").json()
        if job["state"] != "done" or job["result"].get("created") != len(items):
            raise Refused(f"The import ended so: {job}")

    def _upload(self, project: Any, photo: bytes) -> str:
        return str(self._manager.post_file(f"/api/v1/projects/{project}/media/", "photo.jpg", photo)["media"])

    def _send(self, person: Session, task: Any, choice: str, *, following: int) -> Any:
        body = {"value": {"tone": choice}, "seconds": 3.2, "next": following}
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        return person.post(f"/api/v1/assignments/{task['id']}/submit/", body, headers)

    def _accounts(self, emails: Sequence[str]) -> list[tuple[str, str]]:
        """Addresses with their passwords; the first of all owns the organization. One process for all."""
        calls = [
            f"call_command('create_user', {email!r}, organization='Peers')"
            if self._emails or turn
            else f"call_command('create_organization', 'Peers', owner={email!r})"
            for turn, email in enumerate(emails)
        ]
        code = "; ".join(["from django.core.management import call_command", *calls])
        variables = json.loads((self._folder / "environment.json").read_text(encoding="utf-8"))
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "--command", code],
            cwd=ROOT,
            env=os.environ | variables,
            check=True,
            capture_output=True,
            text=True,
        )
        made = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        return list(zip(emails, (one["password"] for one in made), strict=True))

    def _database(self) -> Any:
        return psycopg2.connect(self._postgres.url)


def _painted() -> str:
    return f"{READY} && {LOADED} && {PAINTED}('.image-pixels')"


def _box(number: int, box: work.Rectangle) -> dict[str, Any]:
    sides = [box.left * work.WIDTH, box.top * work.HEIGHT, box.width * work.WIDTH, box.height * work.HEIGHT]
    return {"id": f"r{number}", "class": box.kind, "box": [round(side, 2) for side in sides]}


def _with_limit(address: str, rows: int) -> str:
    """The address of a list with so many rows to a page."""
    return f"{re.sub(r'&limit=[0-9]+', '', address)}&limit={rows}"


def _local(address: str) -> str:
    """The path of an address that an answer gave in full."""
    return address[address.index("/api/") :]
