"""What a product must offer to be measured. Projects and tasks are whatever the product wants them to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from benchmarks.peers.session import Session
from benchmarks.peers.work import Rectangle

TEXT, IMAGE = "text", "image"
# A function of JavaScript: whether what a selector finds can be seen, and nothing lies on it.
VISIBLE = """((name) => { const e = document.querySelector(name); if (!e) return false;
 const r = e.getBoundingClientRect(); if (r.width < 1 || r.height < 1) return false;
 const top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
 return !!top && (e === top || e.contains(top) || top.contains(e)); })"""


@dataclass(frozen=True)
class Visit:
    """A page to be looked at, and the JavaScript expression that is true once a person can use it."""

    address: str
    usable: str


class Product(Protocol):
    """A labeling application on servers of its own, on this machine."""

    name: str
    base: str

    def start(self) -> None:
        """Bring everything up on an empty database, and return when it answers."""
        ...

    def stop(self) -> None:
        """End everything."""
        ...

    def versions(self) -> dict[str, str]:
        """Name what runs."""
        ...

    def people(self, count: int) -> list[Session]:
        """Signed-in people, the first of whom manages; the same ones each time."""
        ...

    def make_project(self, kind: str) -> Any:
        """Make a project of texts to classify, or of images to draw boxes on, which all may label."""
        ...

    def import_texts(self, project: Any, texts: Sequence[str]) -> None:
        """Import through the API, and return when people would get every one of them."""
        ...

    def import_answered(self, project: Any, texts: Sequence[str]) -> None:
        """Bring in texts with the answers that `work.answers` gives, by whatever way is there."""
        ...

    def import_photos(self, project: Any, photos: Sequence[bytes]) -> None:
        """Upload pictures as tasks."""
        ...

    def import_boxes(self, project: Any, photo: bytes, boxes: Sequence[Rectangle]) -> Any:
        """Upload one picture that already has boxes, and return the task."""
        ...

    def next(self, person: Session, project: Any) -> Any:
        """Ask for a task; None if there is none."""
        ...

    def submit(self, person: Session, project: Any, task: Any, choice: str) -> None:
        """Answer a task."""
        ...

    def answer(self, person: Session, project: Any, task: Any, choice: str) -> Any:
        """Answer a task and get the next, in the requests that the product's own page sends for it."""
        ...

    def export(self, project: Any, file: Path) -> int:
        """Write everything into a file by the fastest way there is; return the number of answers in it."""
        ...

    def open_list(self, project: Any, search: str, page: int) -> Any:
        """Prepare looking at a page (from 1) of 30 tasks, of those with the word if there is one."""
        ...

    def list_tasks(self, project: Any, view: Any) -> int:
        """Fetch that page and return how many tasks came."""
        ...

    def label_page(self, project: Any, kind: str) -> Visit:
        """The page on which the project's tasks are labeled."""
        ...

    def boxes_page(self, project: Any, task: Any, count: int) -> Visit:
        """The page on which a picture with so many boxes can be changed."""
        ...

    def list_page(self, project: Any) -> Visit:
        """The page with the task list."""
        ...
