"""Label Studio from PyPI, set up as its own container sets it up, on a PostgreSQL with our settings.

uWSGI with the values of its deployment (a master, two processes for each core with one thread each, recycled
after 5,000 requests or 2 GB, requests ended after 120 s) behind nginx with gzip, if nginx is installed; else
uWSGI alone. No analytics, no error reports, no search for newer versions; everything on the loopback.
"""

import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from importlib.metadata import distributions
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from benchmarks.peers import work
from benchmarks.peers.database import Database
from benchmarks.peers.install import site_packages
from benchmarks.peers.product import IMAGE, TEXT, VISIBLE, Visit
from benchmarks.peers.session import Refused, Session
from config.embedded.process import spawn, stop
from config.embedded.redis_server import free_port

START_SECONDS = 300.0
PAGE = 30
LIST_ROW = ".lsf-table__row-wrapper .lsf-table__cell"  # a whole row is wider than the window
PASSWORD = "Peers-on-1-machine!"  # noqa: S105  # of people who live for one run
LABELS = {
    TEXT: '<Text name="text" value="$text"/><Choices name="tone" toName="text">{}</Choices>',
    IMAGE: '<Image name="image" value="$image"/><RectangleLabels name="objects" toName="image">{}'
    "</RectangleLabels>",
}
OPTIONS = {
    TEXT: "".join(f'<Choice value="{name}"/>' for name in work.CHOICES),
    IMAGE: "".join(f'<Label value="{name}"/>' for name in work.CLASSES),
}
NGINX = """
worker_processes auto; daemon off; {user} pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  {temporary}
  include /etc/nginx/mime.types; default_type application/octet-stream;
  sendfile on; tcp_nopush on; tcp_nodelay on; access_log off;
  gzip on; gzip_vary on; gzip_proxied any; gzip_comp_level 6;
  gzip_types text/plain text/css text/xml application/json application/javascript image/svg+xml;
  server {{
    listen 127.0.0.1:{port}; client_max_body_size 350m;
    location /static/ {{ alias {packages}/label_studio/core/static_build/; }}
    location /react-app/ {{ alias {packages}/web/dist/apps/labelstudio/; }}
    location / {{
      proxy_pass http://127.0.0.1:{behind}; proxy_redirect off; proxy_set_header Host $http_host;
      proxy_read_timeout 300; proxy_send_timeout 300; send_timeout 300;
      proxy_set_header X-Real-IP $remote_addr; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }}
  }}
}}
"""
SHOWN = (
    f"{VISIBLE}('.lsf-label_clickable') && (window.Konva?.stages || []).some((one) => one.width() > 50)"
    f" && [...document.images].some((one) => one.naturalWidth === {work.WIDTH} && one.complete)"
)


class LabelStudio:
    """The newest release that was installed."""

    name = "Label Studio"

    def __init__(self, folder: Path, venv: Path) -> None:
        self._folder = folder
        self._venv = venv
        self._packages = site_packages(venv)
        self._database = Database(folder / "postgres")
        self._running: list[subprocess.Popen[bytes]] = []
        self._sessions: list[Session] = []
        self._nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
        self.base = f"http://127.0.0.1:{free_port()}"

    def start(self) -> None:
        """Database, migrations, uWSGI and nginx."""
        self._database.start()
        environment = self._environment()
        log = self._folder / "label-studio.log"
        manage = [self._venv / "bin" / "python", "manage.py", "migrate", "--no-color", "-v0"]
        with log.open("ab") as sink:
            subprocess.run(
                manage,
                cwd=self._packages / "label_studio",
                env=environment,
                check=True,
                stdout=sink,
                stderr=sink,
            )
        port = urlsplit(self.base).port or 0
        behind = free_port() if self._nginx else port
        settings = self._write_uwsgi(behind)
        uwsgi = [self._venv / "bin" / "uwsgi", "--ini", settings]
        self._running.append(spawn(uwsgi, log=log, env=environment, end_signal=signal.SIGTERM))
        if self._nginx:
            command = [self._nginx, "-c", self._write_nginx(port, behind)]
            self._running.append(spawn(command, log=log, env=environment))
        self._wait(log)

    def stop(self) -> None:
        """End everything; uWSGI's processes that linger are killed with their session."""
        while self._running:
            stop(self._running.pop(), signal.SIGTERM, seconds=15)
        self._database.stop()

    def versions(self) -> dict[str, str]:
        """Of the installed packages; whether nginx stood before them."""
        found = {
            one.metadata["Name"].lower(): one.version for one in distributions(path=[str(self._packages)])
        }
        front = "behind nginx" if self._nginx else "without nginx"
        return {"Label Studio": found["label-studio"], "uWSGI": f"{found['uwsgi']} {front}"}

    def people(self, count: int) -> list[Session]:
        """Sign-up by the form, as somebody who was invited."""
        while len(self._sessions) < count:
            session = Session(self.base)
            email = f"peer{len(self._sessions)}@example.org"
            fields = {"email": email, "password": PASSWORD, "allow_newsletters": "false"}
            answer = session.post_form("/user/signup/", fields)
            if answer.status != 302:
                raise Refused(f"{email} could not sign up: {answer.status}")
            self._sessions.append(session)
        return self._sessions[:count]

    def make_project(self, kind: str) -> Any:
        """Everybody of the organization may label."""
        labels = f"<View>{LABELS[kind].format(OPTIONS[kind])}</View>"
        body = {"title": f"Peers, {kind}", "label_config": labels, "maximum_annotations": 1}
        return self._manager.post("/api/projects", body)["id"]

    def import_texts(self, project: Any, texts: Sequence[str]) -> None:
        """One request, in which everything is done."""
        self._import(project, [{"text": text} for text in texts])

    def import_answered(self, project: Any, texts: Sequence[str]) -> None:
        """Tasks that bring their annotations."""
        items = [
            {
                "data": {"text": text},
                "annotations": [{"result": _choice(one)} for one in work.answers(number)],
            }
            for number, text in enumerate(texts)
        ]
        self._import(project, items)

    def import_photos(self, project: Any, photos: Sequence[bytes]) -> None:
        """Upload each; that makes a task."""
        for photo in photos:
            self._upload(project, photo)

    def import_boxes(self, project: Any, photo: bytes, boxes: Sequence[work.Rectangle]) -> Any:
        """Upload, then a second task of the same picture with an annotation."""
        data = self._manager.get(f"/api/tasks/{self._upload(project, photo)}").json()["data"]
        result = [_rectangle(number, box) for number, box in enumerate(boxes)]
        items = [{"data": data, "annotations": [{"result": result}]}]
        return self._import(project, items)["task_ids"][0]

    def next(self, person: Session, project: Any) -> Any:
        """What the page sends after "Label All Tasks": only this way tasks are locked for one person."""
        path = f"/api/dm/actions?id=next_task&project={project}"
        try:
            return person.post(path, {"project": str(project)})
        except Refused as refusal:
            if str(refusal).startswith("404"):
                return None
            raise

    def submit(self, person: Session, project: Any, task: Any, choice: str) -> None:
        """The annotation."""
        body = {
            "lead_time": 3.2,
            "result": _choice(choice),
            "draft_id": 0,
            "parent_prediction": None,
            "parent_annotation": None,
            "project": str(project),
        }
        if task.get("unique_lock_id"):
            body["unique_id"] = task["unique_lock_id"]
        person.post(f"/api/tasks/{task['id']}/annotations?project={project}", body)

    def answer(self, person: Session, project: Any, task: Any, choice: str) -> Any:
        """Two requests: the annotation, then the next task."""
        self.submit(person, project, task, choice)
        return self.next(person, project)

    def export(self, project: Any, file: Path) -> int:
        """A snapshot and its download: faster than the export in one request, and fit for more tasks."""
        path = f"/api/projects/{project}/exports/"
        snapshot = self._manager.post(path, {"title": "peers"})
        while snapshot["status"] not in {"completed", "failed"}:
            time.sleep(0.1)
            snapshot = self._manager.get(f"{path}{snapshot['id']}").json()
        answer = self._manager.get(f"{path}{snapshot['id']}/download?exportType=JSON")
        file.write_bytes(answer.body)
        return sum(len(task["annotations"]) for task in answer.json())

    def open_list(self, project: Any, search: str, page: int) -> Any:
        """Filters live in a saved view, as in its data manager."""
        one = {"filter": "filter:tasks:data.text", "operator": "contains", "type": "String", "value": search}
        filters = {"conjunction": "and", "items": [one] if search else []}
        data = {"title": "Peers", "type": "list", "target": "tasks", "filters": filters, "ordering": []}
        path = f"/api/dm/views?project={project}"
        view = self._manager.post(path, {"data": data, "project": project})["id"]
        return f"/api/tasks?page={page}&page_size={PAGE}&view={view}&project={project}"

    def list_tasks(self, project: Any, view: Any) -> int:
        """One page."""
        return len(self._manager.get(view).json()["tasks"])

    def label_page(self, project: Any, kind: str) -> Visit:
        """Usable: a label can be seen and clicked, and an image is there."""
        usable = f"{VISIBLE}('.lsf-choice__checkbox')" if kind == TEXT else SHOWN
        return Visit(f"{self.base}/projects/{project}/data?labeling=1", usable)

    def boxes_page(self, project: Any, task: Any, count: int) -> Visit:
        """Usable: also the canvas has all of them."""
        drawn = f"window.Konva.stages.some((one) => one.find('Rect').length >= {count})"
        return Visit(f"{self.base}/projects/{project}/data?task={task}", f"{SHOWN} && {drawn}")

    def list_page(self, project: Any) -> Visit:
        """Usable: the first row can be seen."""
        return Visit(f"{self.base}/projects/{project}/data", f"{VISIBLE}('{LIST_ROW}')")

    @property
    def _manager(self) -> Session:
        return self.people(1)[0]

    def _import(self, project: Any, items: list[dict[str, Any]]) -> Any:
        found = self._manager.post(f"/api/projects/{project}/import?return_task_ids=true", items)
        if found["task_count"] != len(items):
            raise Refused(f"The import made {found['task_count']} tasks.")
        return found

    def _upload(self, project: Any, photo: bytes) -> Any:
        path = f"/api/projects/{project}/import?return_task_ids=true"
        return self._manager.post_file(path, "photo.jpg", photo)["task_ids"][0]

    def _environment(self) -> dict[str, str]:
        """Nothing of ours but the path, and the database by its socket."""
        url = urlsplit(self._database.url)
        data = self._folder / "data"
        data.mkdir(exist_ok=True)
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self._folder),
            "LANG": "C.UTF-8",
            "DJANGO_SETTINGS_MODULE": "core.settings.label_studio",
            "DJANGO_DB": "default",
            "POSTGRE_NAME": url.path.lstrip("/"),
            "POSTGRE_USER": unquote(url.username or ""),
            "POSTGRE_PASSWORD": unquote(url.password or ""),
            "POSTGRE_HOST": parse_qs(url.query)["host"][0],
            "POSTGRE_PORT": "5432",
            "LABEL_STUDIO_BASE_DATA_DIR": str(data),
            "COLLECT_ANALYTICS": "False",
            "SENTRY_DSN": "",
            "FRONTEND_SENTRY_DSN": "",
            "LATEST_VERSION_CHECK": "False",
            "DEBUG": "False",
            "LOG_LEVEL": "WARNING",
        }

    def _write_uwsgi(self, port: int) -> Path:
        settings = {
            "chdir": self._packages / "label_studio",
            "home": self._venv,
            "http": f"127.0.0.1:{port}",
            "module": "core.wsgi:application",
            "processes": 2 * (os.cpu_count() or 1),
            "threads": 1,
            "buffer-size": 65535,
            "http-timeout": 300,
            "harakiri": 120,
            "post-buffering": 4096,
            "max-requests": 5000,
            "reload-on-rss": 2048,
            "worker-reload-mercy": 300,
            "env": "APP_WEBSERVER=uwsgi",
        }
        flags = ("master", "single-interpreter", "die-on-term", "need-app", "ignore-sigpipe")
        more = ("ignore-write-errors", "disable-write-exception", "disable-logging", "enable-threads")
        settings |= dict.fromkeys((*flags, *more, "thunder-lock", "lazy-apps"), "true")
        return _write(self._folder / "uwsgi.ini", "[uwsgi]\n" + _lines(settings))

    def _write_nginx(self, port: int, behind: int) -> Path:
        temporary = self._folder / "nginx"
        temporary.mkdir(exist_ok=True)
        kinds = ("proxy", "client_body", "fastcgi", "uwsgi", "scgi")
        text = NGINX.format(
            user="user root;" if os.geteuid() == 0 else "",
            folder=self._folder,
            temporary=" ".join(f"{kind}_temp_path {temporary}/{kind};" for kind in kinds),
            port=port,
            behind=behind,
            packages=self._packages,
        )
        return _write(self._folder / "nginx.conf", text)

    def _wait(self, log: Path) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and all(one.poll() is None for one in self._running):
            try:
                with urllib.request.urlopen(f"{self.base}/user/login/", timeout=30) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise RuntimeError(f"Label Studio did not start:\n{log.read_text(errors='replace')[-3000:]}")


def _choice(choice: str) -> list[dict[str, Any]]:
    one = {"id": "r1", "from_name": "tone", "to_name": "text", "type": "choices", "origin": "manual"}
    return [one | {"value": {"choices": [choice]}}]


def _rectangle(number: int, box: work.Rectangle) -> dict[str, Any]:
    sides = {"x": box.left, "y": box.top, "width": box.width, "height": box.height}
    value = {name: side * 100 for name, side in sides.items()}
    return {
        "id": f"r{number:05d}",
        "from_name": "objects",
        "to_name": "image",
        "type": "rectanglelabels",
        "origin": "manual",
        "original_width": work.WIDTH,
        "original_height": work.HEIGHT,
        "image_rotation": 0,
        "value": value | {"rotation": 0, "rectanglelabels": [box.kind]},
    }


def _lines(settings: Mapping[str, object]) -> str:
    return "".join(f"{name} = {value}\n" for name, value in settings.items())


def _write(file: Path, text: str) -> Path:
    file.write_text(text, encoding="utf-8")
    return file
