"""Import through the API: the POST of a file to the web, the worker's job, and the last row served by `next`.

Small texts as JSON Lines and as CSV (ROWS, default 1,000,000), and small pictures in ZIPs (IMAGES, default
100,000) without the pictures that browsers see: those are made behind, and are counted on their own.
"""

import io
import json
import os
import random
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from PIL import Image  # noqa: E402

from accounts.models import Organization  # noqa: E402
from annotate.models import QueueCursor, QueueEntry  # noqa: E402
from benchmarks.bench_queue import ONTOLOGY, make_person, scratch_organization  # noqa: E402
from benchmarks.processes import Usage, watched  # noqa: E402
from benchmarks.report import Row, memory_rows  # noqa: E402
from benchmarks.whole import Script, running  # noqa: E402

REPEATS = 1
ROWS = int(os.environ.get("ROWS", "1000000"))
IMAGES = int(os.environ.get("IMAGES", "100000"))
A_ZIP = 50_000
BAR_SECONDS, BAR_ROWS, BAR_MEMORY = 45.0, 1_000_000, "<= 600"
PICTURES = {
    "media": [{"name": "image", "kind": "image", "source": "image"}],
    "fields": [{"name": "spam", "type": "choice", "options": ["yes", "no"], "required": True}],
}


def run() -> list[Row]:
    """Each file into a project of its own."""
    organization = scratch_organization()
    with running() as url, tempfile.TemporaryDirectory() as folder:
        text_file(Path(folder) / "warm.jsonl", 100)
        imported(url, organization, [Path(folder) / "warm.jsonl"], 100)
        return [*texts(url, organization, Path(folder)), *pictures(url, organization, Path(folder))]


def texts(url: str, organization: Organization, folder: Path) -> Iterator[Row]:
    """JSON Lines, then CSV."""
    bar = f"<= {BAR_SECONDS * ROWS / BAR_ROWS:.3g}"
    for ending, name in (("jsonl", "JSON Lines"), ("csv", "CSV")):
        file = folder / f"texts.{ending}"
        text_file(file, ROWS)
        seconds, usage = imported(url, organization, [file], ROWS)
        file.unlink()
        yield Row(f"import of {ROWS:,} rows of {name}", seconds, "s", bar, usage=usage)
        yield Row(f"rows a second, {name}", ROWS / seconds, "/s")
        yield Row(f"CPU for 1,000 rows of {name}", cpu(usage) * 1e6 / ROWS, "CPU ms")
        for row in memory_rows(usage, BAR_MEMORY):
            if not row.what.endswith(", load"):
                yield Row(f"{row.what}, {name}", row.value, row.unit, row.bar)


def pictures(url: str, organization: Organization, folder: Path) -> Iterator[Row]:
    """In ZIPs of fifty thousand at most."""
    files = []
    for start in range(0, IMAGES, A_ZIP):
        files.append(folder / f"pictures-{start}.zip")
        picture_file(files[-1], start, min(IMAGES, start + A_ZIP))
    seconds, usage = imported(url, organization, files, IMAGES, PICTURES)
    yield Row(f"import of {IMAGES:,} images in {len(files)} ZIPs", seconds, "s", usage=usage)
    yield Row("images a second", IMAGES / seconds, "/s", ">= 300")
    for row in memory_rows(usage, BAR_MEMORY):
        if not row.what.endswith(", load"):
            yield Row(f"{row.what}, images", row.value, row.unit, row.bar)


def imported(
    url: str, organization: Organization, files: list[Path], count: int, ontology: object = ONTOLOGY
) -> tuple[float, Usage]:
    """Seconds from the first POST until the last item was served by `next`, and what that cost."""
    person = make_person(organization)
    script = Script.make(url, organization, person, ontology)
    with watched() as watch:
        began = time.perf_counter()
        jobs = [script.upload(file) for file in files]
        created = sum(script.finished(job)["result"]["created"] for job in jobs)
        last = QueueEntry.objects.filter(project=script.project).order_by("-order_key").first()
        if created != count or last is None:
            raise RuntimeError(f"{created} of {count} came in")
        # Somebody who has had all others: the last one is next.
        QueueCursor.objects.create(
            project=script.project,
            user=person,
            epoch=0,
            order_key=last.order_key - 1,
            task_id=last.task_id - 1,
        )
        served = script.call("POST", f"projects/{script.project.pk}/next/", {"count": 1})["assignments"]
        seconds = time.perf_counter() - began
    if not served:
        raise RuntimeError("the last item was not served")
    return seconds, watch.usage


def cpu(usage: Usage) -> float:
    """Seconds of all processes but the one that makes the load."""
    return sum(peak.cpu for kind, peak in usage.peaks.items() if kind != "load")


def text_file(file: Path, count: int) -> None:
    """Small texts with an id of their own."""
    with file.open("wb") as out:
        if file.suffix == ".csv":
            out.write(b"id,text\n")
            out.writelines(f'row-{number},"{small_review(number)}"\n'.encode() for number in range(count))
        else:
            out.writelines(line + b"\n" for line in small_reviews(count))


def small_reviews(count: int) -> Iterator[bytes]:
    """Lines of JSON."""
    for number in range(count):
        yield json.dumps({"id": f"row-{number}", "data": {"text": small_review(number)}}).encode()


def small_review(number: int) -> str:
    """A text as long as a message."""
    return f"A small review, number {number}, neither good nor bad."


def picture_file(file: Path, start: int, stop: int) -> None:
    """Small JPEGs, each with bytes of its own: one picture, and a comment after its first marker."""
    dice = random.Random(20261128)
    image = Image.frombytes("RGB", (96, 64), dice.randbytes(96 * 64 * 3)).resize((240, 160))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    head, rest = out.getvalue()[:2], out.getvalue()[2:]
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(start, stop):
            words = f"picture {number}".encode()
            comment = b"\xff\xfe" + (len(words) + 2).to_bytes(2, "big") + words
            archive.writestr(f"{number:06}.jpg", head + comment + rest)
