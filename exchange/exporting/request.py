"""What somebody asks to be exported: the format, its options, and which tasks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.dateparse import parse_datetime

from accounts.parameters import ParameterReader
from annotate.models import Annotation
from formats.outgoing import WriteOptions
from formats.registry import writers
from formats.writers.base import Writer
from labeltypes.ontology import Ontology
from projects.models import AnswerSource, Project, TaskState, TaskSummary
from quality.reports.soft_labels import soft_fields

Answers = Literal["final", "all"]
BY_PEOPLE = (AnswerSource.REVIEW, AnswerSource.ADJUDICATION)
TIMES = ("from", "to", "since")
SWITCHES = ("reviewed", "names", "spreadsheet", "images", "box_polygons", "soft", "groups")
PARAMETERS = (
    "format",
    "answers",
    "state",
    "min_probability",
    "field",
    "delimiter",
    "columns",
    "validation_share",
    *TIMES,
    *SWITCHES,
)


@dataclass(frozen=True)
class ExportRequest:
    """An export as it was asked for; ``given`` is repeated in the manifest.

    ``since``: only tasks that changed at or after that moment, for increments. ``min_probability``: only
    tasks with a final answer this probable, or decided by a person. ``names``: people by name.
    """

    format: str
    answers: Answers = "final"
    state: tuple[str, ...] = ()
    min_probability: float | None = None
    reviewed: bool = False
    names: bool = False
    images: bool = False
    times: Mapping[str, datetime] = field(default_factory=dict)
    options: WriteOptions = field(default_factory=WriteOptions)
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def writer(self) -> Writer:
        """The format's writer."""
        return writers()[self.format]


def read_request(query: Mapping[str, Any], ontology: Ontology | None) -> ExportRequest:
    """The request that these parameters describe. Raises DomainError naming every wrong one."""
    reader = _Reader({name: _text(value) for name, value in query.items() if value not in ("", None)})
    reader.unknown()
    answers = reader.choice("answers", ("final", "all"), "final")
    state = tuple(one for one in reader.given.get("state", "").split(",") if one)
    for one in state:
        if one not in TaskState.values:
            reader.wrong("state", f"one of {', '.join(TaskState.values)}")
    switches = {name: reader.switch(name) for name in SWITCHES}
    name = reader.choice("format", tuple(writers()), "jsonl")
    if switches["soft"] and not writers()[name].holds_soft_labels:
        holders = " and ".join(one for one, writer in writers().items() if writer.holds_soft_labels)
        reader.wrong("soft", f"only {holders} hold soft labels")
    if switches["groups"] and not switches["soft"]:
        reader.wrong("groups", "only with soft=true")
    wanted = ExportRequest(
        format=name,
        answers="all" if answers == "all" else "final",
        state=state,
        min_probability=reader.share("min_probability"),
        reviewed=bool(switches["reviewed"]),
        names=bool(switches["names"]),
        images=bool(switches["images"]),
        times={name: moment for name in TIMES if (moment := reader.moment(name)) is not None},
        options=WriteOptions(
            answers="all" if answers == "all" else "final",
            spreadsheet=bool(switches["spreadsheet"]),
            delimiter=reader.delimiter(),
            field=reader.field(ontology),
            box_polygons=switches["box_polygons"] is not False,
            validation_share=reader.share("validation_share") or 0.0,
            columns=int(reader.choice("columns", ("2", "4"), "2")),
            soft=soft_fields(ontology) if switches["soft"] and ontology else (),
            groups=bool(switches["groups"]),
        ),
        given=reader.given,
    )
    if ontology and (why := wanted.writer.refusal(ontology, wanted.options)):
        reader.wrong("format", f"not {name}: {why}")
    reader.raise_if_any("This export cannot be made.")
    return wanted


def selected(project: Project, wanted: ExportRequest) -> QuerySet[TaskSummary]:
    """The tasks of an export, in import order; archived ones only when their state is asked for."""
    rows = TaskSummary.objects.filter(project=project)
    shown = Q(state__in=wanted.state) if wanted.state else ~Q(state=TaskState.ARCHIVED)
    rows = rows.filter(shown)
    if wanted.reviewed:
        rows = rows.filter(source__in=BY_PEOPLE)
    if wanted.min_probability is not None:
        rows = rows.filter(Q(probability__gte=wanted.min_probability) | Q(source__in=BY_PEOPLE))
    if "from" in wanted.times:
        rows = rows.filter(answered_at__gte=wanted.times["from"])
    if "to" in wanted.times:
        rows = rows.filter(answered_at__lt=wanted.times["to"])
    if "since" in wanted.times:
        moment = wanted.times["since"]
        changed = Annotation.objects.filter(project=project, task=OuterRef("pk"), updated_at__gte=moment)
        rows = rows.filter(Q(updated_at__gte=moment) | Exists(changed))
    return rows.order_by("task_id")


def _text(value: Any) -> str:
    """A parameter as an address would give it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(str(one) for one in value) if isinstance(value, list) else str(value)


class _Reader(ParameterReader):
    """Parameters of which each stands once."""

    def __init__(self, given: dict[str, str]) -> None:
        super().__init__()
        self.given = given

    def text(self, name: str) -> str:
        return self.given.get(name, "")

    def unknown(self) -> None:
        for name in self.given:
            if name not in PARAMETERS:
                self.wrong(name, "unknown parameter")

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        text = self.given.get(name, default)
        if text not in choices:
            self.wrong(name, f"one of {', '.join(choices)}")
            return default
        return text

    def switch(self, name: str) -> bool | None:
        """True, false, or None where nothing was said."""
        text = self.given.get(name)
        if text not in (None, "true", "false", "1", "0", "on"):
            self.wrong(name, "true or false")
        return None if text is None else text in ("true", "1", "on")

    def moment(self, name: str) -> datetime | None:
        """A time with its zone."""
        text = self.given.get(name)
        if text is None:
            return None
        try:
            moment = parse_datetime(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.wrong(name, "a time with a zone, as 2026-01-31T12:00:00Z")
            return None
        return moment

    def delimiter(self) -> str:
        text = self.given.get("delimiter", ",").replace("\\t", "\t")
        if len(text) != 1 or text in '"\r\n\0':
            self.wrong("delimiter", "one character, no quote or line break")
            return ","
        return text

    def field(self, ontology: Ontology | None) -> str | None:
        name = self.given.get("field")
        names = [one.name for one in ontology.fields] if ontology else []
        if name is not None and name not in names:
            self.wrong("field", f"one of {', '.join(names)}")
        return name
