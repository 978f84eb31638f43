"""The work that every product does, measured from outside: over HTTP and in the browser."""

import os
import random
import threading
import time
import traceback
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.peers import work
from benchmarks.peers.browser import look
from benchmarks.peers.product import IMAGE, TEXT, Product
from benchmarks.peers.session import Session
from benchmarks.report import percentile

PEOPLE = 8
PHOTOS = 4
PAGE = 30


def _size(name: str, default: int) -> int:
    return int(os.environ.get(name) or default)


@dataclass(frozen=True)
class Sizes:
    """How much work; each has a variable of its name in capitals."""

    tasks: int = field(default_factory=lambda: _size("TASKS", 10_000))
    repeats: int = field(default_factory=lambda: _size("REPEATS", 3))
    rounds: int = field(default_factory=lambda: _size("ROUNDS", 80))
    seconds: int = field(default_factory=lambda: _size("SECONDS", 6))
    boxes: int = field(default_factory=lambda: _size("BOXES", 1_000))


class Work:
    """All scenarios for one product; `found` has the repeats of each measure."""

    def __init__(self, product: Product, sizes: Sizes, folder: Path) -> None:
        self.product = product
        self.sizes = sizes
        self.folder = folder
        self.found: dict[str, list[float]] = defaultdict(list)

    def run(self) -> None:
        """Everything, one after the other; a step that fails leaves its measures out, and says so."""
        self.people = self.product.people(1 + PEOPLE)
        for step in (self.importing, self.labeling, self.exporting, self.listing, self.looking):
            began = time.monotonic()
            try:
                step()
            except Exception:  # whatever it is: the other steps are worth their time
                traceback.print_exc()
            print(f"  {self.product.name}, {step.__name__}: {time.monotonic() - began:.0f} s", flush=True)

    def importing(self) -> None:
        """The same texts into a new project each time; the last one is worked in."""
        texts = work.texts(self.sizes.tasks)
        self.product.import_texts(self.product.make_project(TEXT), texts[:100])  # warm
        for _ in range(self.sizes.repeats):
            self.project = self.product.make_project(TEXT)
            self.found["import"].append(seconds(lambda: self.product.import_texts(self.project, texts)))

    def labeling(self) -> None:
        """Alone and in a crowd: each request by itself, then as fast as it goes."""
        self._rounds(self.people[1:3], 3)  # warm
        for clients in (1, PEOPLE):
            people = self.people[1 : 1 + clients]
            for _ in range(self.sizes.repeats):
                drawn, sent = self._rounds(people, max(5, self.sizes.rounds // clients))
                for verb, times in (("next", drawn), ("submit", sent)):
                    for percent in (50, 95):
                        self.found[f"{verb} p{percent} {clients}"].append(percentile(times, percent) * 1000)
            for _ in range(self.sizes.repeats):
                self.found[f"rate {clients}"].append(self._rate(people))

    def exporting(self) -> None:
        """A project of its own, in which every task has answers."""
        texts = work.texts(self.sizes.tasks, seed=2)
        project = self.product.make_project(TEXT)
        self.product.import_answered(project, texts)
        wanted = sum(len(work.answers(number)) for number in range(len(texts)))
        for _ in range(self.sizes.repeats):
            file = self.folder / "export"
            began = time.perf_counter()
            count = self.product.export(project, file)
            self.found["export"].append(time.perf_counter() - began)
            if count != wanted:
                raise RuntimeError(f"{self.product.name} exported {count} answers of {wanted}")
            file.unlink()

    def listing(self) -> None:
        """Pages of the task list, by the API as the page asks for them."""
        pages = self.sizes.tasks // PAGE
        for name, search, page in (
            ("first", "", 1),
            ("deep", "", max(1, pages - 10)),
            ("search", work.MARK, 1),
        ):
            view = self.product.open_list(self.project, search, page)
            for turn in range(1 + 5 * self.sizes.repeats):
                spent = seconds(lambda view=view: self._page(view))
                if turn:  # the first warms
                    self.found[f"list {name}"].append(spent * 1000)

    def looking(self) -> None:
        """The pages in the browser; each product sees every page once before it counts."""
        texts = self.product.make_project(TEXT)
        self.product.import_texts(texts, work.texts(50, seed=3))
        photos = self.product.make_project(IMAGE)
        self.product.import_photos(photos, [work.photo(seed) for seed in range(PHOTOS)])
        boxed = self.product.make_project(IMAGE)
        task = self.product.import_boxes(boxed, work.photo(9), work.rectangles(self.sizes.boxes))
        visits = {
            "text": self.product.label_page(texts, TEXT),
            "image": self.product.label_page(photos, IMAGE),
            "boxes": self.product.boxes_page(boxed, task, self.sizes.boxes),
            "list page": self.product.list_page(self.project),
        }
        for name, visit in visits.items():
            look(visit, self.people[0], 1)
            seen = look(visit, self.people[0], self.sizes.repeats)
            if name == "list page":
                self.found[name] += seen.warm
                continue
            self.found[f"{name} cold"] += seen.cold
            self.found[f"{name} warm"] += seen.warm
            self.found[f"{name} bytes"] += seen.scripts
            self.found[f"{name} heap"] += seen.heap

    def _page(self, view: Any) -> None:
        if self.product.list_tasks(self.project, view) != min(PAGE, self.sizes.tasks):
            raise RuntimeError(f"{self.product.name} listed another number of tasks")

    def _rounds(self, people: list[Session], rounds: int) -> tuple[list[float], list[float]]:
        """Seconds of each `next` and each `submit`, everybody at once."""
        drawn: list[float] = []
        sent: list[float] = []

        def labor(person: Session, dice: random.Random) -> None:
            for _ in range(rounds):
                start = time.perf_counter()
                task = self.product.next(person, self.project)
                middle = time.perf_counter()
                if task is None:
                    return
                self.product.submit(person, self.project, task, dice.choice(work.CHOICES))
                drawn.append(middle - start)
                sent.append(time.perf_counter() - middle)

        together(people, labor)
        return drawn, sent

    def _rate(self, people: list[Session]) -> float:
        """Answers a second, everybody at once, each as their page would send them."""
        done: list[float] = []
        began = time.perf_counter()

        def labor(person: Session, dice: random.Random) -> None:
            task = self.product.next(person, self.project)
            while task is not None and time.perf_counter() < began + self.sizes.seconds:
                task = self.product.answer(person, self.project, task, dice.choice(work.CHOICES))
                done.append(time.perf_counter())

        together(people, labor)
        return len(done) / (max(done) - began)


def seconds(act: Callable[[], object]) -> float:
    """How long it took."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def together(people: list[Session], labor: Callable[[Session, random.Random], None]) -> None:
    """Let everybody do it at once; the first error of anybody is raised."""
    errors: list[Exception] = []

    def one(number: int, person: Session) -> None:
        try:
            labor(person, random.Random(number))
        except Exception as error:  # of a thread, to be raised in ours
            errors.append(error)

    threads = [threading.Thread(target=one, args=pair) for pair in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
