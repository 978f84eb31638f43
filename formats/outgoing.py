"""What writers take and give: items as exports see them, the context, the tally and the summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, Literal

from formats.strictjson import Json
from labeltypes.ontology import Ontology

Answers = Literal["final", "all"]

# What is made a million times for an export is not frozen: to freeze it costs more than to fill it.


@dataclass(slots=True)
class Final:
    """The answer that stands. `source`: adjudication, consensus or review; `probability` in [0, 1] if
    known."""

    value: dict[str, Json]
    probability: float | None
    source: str


@dataclass(slots=True)
class ExportMedia:
    """One medium of an item. `file_name` is how the original was called; sizes are upright pixels."""

    name: str
    kind: str
    file_name: str | None = None
    width: int | None = None
    height: int | None = None
    text: str | None = None


@dataclass(frozen=True)
class ExportReview:
    """A verdict on one annotation."""

    reviewer: str
    verdict: str
    time: datetime
    code: str | None = None
    comment: str | None = None
    value: dict[str, Json] | None = None


@dataclass(slots=True)
class ExportAnnotation:
    """One person's answer. `person` is a pseudonym unless names were asked for; `seconds` of work."""

    person: str
    value: dict[str, Json]
    time: datetime
    seconds: float | None
    ontology: int
    guideline: int | None = None
    origin: str = "human"
    version: int = 1
    reviews: tuple[ExportReview, ...] = ()


@dataclass(slots=True)
class SoftLabel:
    """How sure a categorical field's answer is, and how people voted.

    `probabilities` (None where nothing was inferred yet) and `votes` map code → number, or unit → code →
    number for a question of several units. `version` is that of the `method`. `groups`: votes by group of
    people, question → group → votes; None: not asked for.
    """

    method: str | None
    version: int | None
    time: datetime | None
    answers: int
    probabilities: Mapping[str, Json] | None
    votes: Mapping[str, Json]
    groups: Mapping[str, Json] | None = None


@dataclass(slots=True)
class ExportItem:
    """One task with everything that leaves the system. `media` is keyed by the ontology's media names, `soft`
    by its fields; None: soft labels were not asked for."""

    external_id: str | None
    data: Mapping[str, Json]
    meta: Mapping[str, Json]
    state: str
    final: Final | None = None
    media: Mapping[str, ExportMedia] = field(default_factory=dict)
    annotations: tuple[ExportAnnotation, ...] = ()
    soft: Mapping[str, SoftLabel] | None = None


@dataclass(frozen=True)
class WriteOptions:
    """What the caller chose. Each format's page in docs/formats says which of these it looks at.

    `answers`: the final answer of each item, or every annotation. `spreadsheet`: cells that a spreadsheet
    would
    run as formulas get an apostrophe. `field`: the only field to write, for formats that hold one.
    `box_polygons`: COCO boxes also get their four corners as segmentation. `validation_share`: part of the
    images
    that goes to YOLO's `val`. `columns`: of a CoNLL line, 2 or 4.
    `soft`: fields that get a soft label. `groups`: with the votes of annotator groups.
    """

    answers: Answers = "final"
    spreadsheet: bool = False
    delimiter: str = ","
    field: str | None = None
    box_polygons: bool = True
    validation_share: float = 0.0
    columns: int = 2
    soft: tuple[str, ...] = ()
    groups: bool = False


@dataclass(frozen=True)
class ExportContext:
    """What is true of the whole export. `open_media` gives an image's bytes; None: no image bytes are
    written. `changed_at`: the newest change of the data, None if that is not known."""

    project: str
    ontology: Ontology
    ontology_version: int
    exported_at: datetime
    options: WriteOptions = field(default_factory=WriteOptions)
    open_media: Callable[[ExportItem, ExportMedia], BinaryIO] | None = None
    changed_at: datetime | None = None

    @property
    def stamp(self) -> datetime:
        """The time to write into a file: that of the data, so that equal data gives equal bytes."""
        return self.changed_at or self.exported_at


@dataclass
class Tally:
    """Counts kept while writing. `losses`: what could not be held, in words → how often."""

    items: int = 0
    annotations: int = 0
    losses: Counter[str] = field(default_factory=Counter)
    ontologies: Counter[int] = field(default_factory=Counter)

    def lose(self, what: str, count: int = 1) -> None:
        """Count a loss; nothing is counted for 0."""
        if count:
            self.losses[what] += count

    def count(self, item: ExportItem) -> None:
        """Count one item and its annotations."""
        self.items += 1
        self.annotations += len(item.annotations)
        for annotation in item.annotations:
            self.ontologies[annotation.ontology] += 1


@dataclass(frozen=True)
class Summary:
    """What was written. `bytes` and `sha256` are of the file; `ontologies`: version → annotations under
    it."""

    items: int
    annotations: int
    losses: Mapping[str, int]
    ontologies: Mapping[int, int]
    sha256: str
    bytes: int
