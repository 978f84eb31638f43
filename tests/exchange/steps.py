"""Steps that tests of the exchange take through the API."""

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import User
from exchange.models import StagedRow
from projects.jobs import run_job
from projects.models import Job, Project

IMAGES: dict[str, Any] = {
    "media": [{"name": "photo", "kind": "image", "source": "image"}],
    "fields": [
        {"name": "objects", "type": "box", "on": "photo", "classes": ["car", "person"]},
        {"name": "weather", "type": "choice", "options": ["sun", "rain"]},
    ],
}


@dataclass(frozen=True)
class Caller:
    """Somebody who calls the API on one project, signed in by session."""

    user: User
    project: Project

    @property
    def client(self) -> Client:
        client = Client(raise_request_exception=True)
        client.force_login(self.user)
        return client

    def address(self, rest: str) -> str:
        return f"/api/v1/projects/{self.project.pk}/{rest}"

    def post(self, rest: str, body: Any, status: int | None = None) -> dict[str, Any]:
        answer = self.client.post(self.address(rest), json.dumps(body), content_type="application/json")
        assert status is None or answer.status_code == status, answer.content
        return answer.json()

    def upload(
        self, rest: str, content: bytes, name: str = "data.csv", status: int | None = None, **options: Any
    ) -> dict[str, Any]:
        file = SimpleUploadedFile(name, content)
        form = {key: value if isinstance(value, str) else json.dumps(value) for key, value in options.items()}
        answer = self.client.post(self.address(rest), {"file": file, **form})
        assert status is None or answer.status_code == status, answer.content
        return answer.json()

    def get(self, rest: str, status: int = 200, **query: Any) -> Any:
        answer = self.client.get(self.address(rest), query)
        assert answer.status_code == status, answer.content
        return answer.json()

    def import_items(self, items: list[Any], **options: Any) -> Job:
        return work(self.post("imports/", {"items": items, **options}, 202))

    def import_file(self, content: bytes, name: str = "data.csv", **options: Any) -> Job:
        return work(self.upload("imports/", content, name, 202, **options))


def work(job: dict[str, Any]) -> Job:
    """Do a job here, as a worker does."""
    run_job(int(job["id"]))
    return Job.objects.get(pk=job["id"])


def staged(job: Job) -> bool:
    """Whether rows of the job wait to come in."""
    return StagedRow.objects.filter(job=job).exists()


def messages(job: Job) -> list[tuple[int, str, str]]:
    """The refused rows of a job."""
    return list(job.errors.order_by("row", "pk").values_list("row", "path", "message"))


def picture(width: int = 12, height: int = 8, color: str = "red", format: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), color).save(out, format)
    return out.getvalue()


def archive(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return out.getvalue()
