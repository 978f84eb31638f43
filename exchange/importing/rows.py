"""Checks a batch of items against the project: what the ontology shows must be there, answers must hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.errors import DomainError
from accounts.models import User
from annotate.versions import ontology_of
from exchange.importing.pictures import Pictures
from formats.incoming import FileMember, Imported, MemberProblem, Refused
from formats.strictjson import Json, join
from labeltypes.answers import clean_answer
from labeltypes.base import Invalid, ItemMedia, JsonObject
from projects.models import Media, Project

MODEL = "import"
LONGEST_NAME = 100
CALLED = {"image": "image", "audio": "recording"}
ADDRESSES = ("http:", "https:", "s3:", "gs:", "file:", "ftp:", "data:")


@dataclass(slots=True)  # made a million times: to freeze one costs more than to fill it
class Ready:
    """A row that will become a task. ``media``: keys of files stored just now; ``same``: known before."""

    row: int
    external_id: str | None
    data: JsonObject
    meta: JsonObject
    gold: list[Json] | None = None
    predictions: list[JsonObject] | None = None
    media: tuple[str, ...] = ()
    same: int = 0


class _Bad(Exception):
    """Inside this module: the row at hand is refused, for these reasons."""

    def __init__(self, *problems: tuple[str, str]) -> None:
        super().__init__()
        self.problems = problems


class Checker:
    """Checks items of one import under one ontology version."""

    def __init__(self, project: Project, ontology_id: int, by: User | None) -> None:
        self.project = project
        self.ontology = ontology_of(ontology_id).ontology
        self.pictures = Pictures(project, by)
        self.images = [spec for spec in self.ontology.media if spec.kind != "text"]
        self.shown = [(spec, join("data", spec.source)) for spec in self.ontology.media]

    def check(self, items: Sequence[Imported]) -> tuple[list[Ready], list[Refused]]:
        """Those that can become tasks, and a refusal per problem of the others."""
        self.pictures.read(member for item in items for member in item.files)
        known = self._known_media(items)
        good: list[Ready] = []
        bad: list[Refused] = []
        for item in items:
            try:
                good.append(self._check(item, known) if self.images or item.has_answers else self._read(item))
            except _Bad as refusal:
                bad += [Refused(item.row, path, message) for path, message in refusal.problems]
        self.pictures.save({key for row in good for key in row.media})
        return good, bad

    def _known_media(self, items: Sequence[Imported]) -> dict[str, Media]:
        """Uploaded files of this very project that the batch names."""
        if not self.images:
            return {}
        names = {
            name
            for item in items
            for spec in self.images
            if isinstance(name := item.data.get(spec.source), str) and len(name) <= 40
        }
        if not names:
            return {}
        found = Media.objects.filter(Q(key__in=names), project=self.project)
        return {media.key: media for media in found}

    def _read(self, item: Imported) -> Ready:
        """A row of texts to which nobody gave an answer yet, as nearly all are."""
        for spec, where in self.shown:
            _text(item.data, spec.source, where)
        return Ready(item.row, item.external_id, item.data, item.meta)

    def _check(self, item: Imported, known: dict[str, Media]) -> Ready:
        data, stored, same = item.data, [], 0
        files = {member.key: member for member in item.files} if item.files else {}
        media: dict[str, ItemMedia] = {}
        for spec, where in self.shown:
            if spec.kind == "text":
                media[spec.name] = ItemMedia("text", text=_text(data, spec.source, where))
            elif spec.source in files:
                file = self._take(files[spec.source], spec.kind)
                data = {**data, spec.source: file.key}
                stored += [file.key] if file.key in self.pictures.stored else []
                same += file.name != files[spec.source].name[-300:]
                media[spec.name] = _size(file)
            else:
                media[spec.name] = _size(_named(data, spec.source, spec.kind, where, known))
        gold, predictions = self._gold(item, media), self._predictions(item, media)
        return Ready(item.row, item.external_id, data, item.meta, gold, predictions, tuple(stored), int(same))

    def _take(self, member: FileMember, kind: str) -> Media:
        """The file of an archive's member, stored unless its bytes are known."""
        try:
            media = self.pictures.take(member)
        except MemberProblem as problem:
            raise _Bad((member.name, str(problem))) from problem
        except DomainError as refusal:
            message = refusal.fields[0].message if refusal.fields else refusal.message
            raise _Bad((member.name, message.removeprefix(f"{member.name}: "))) from refusal
        if media.kind != kind:
            raise _Bad((member.name, f"is no {CALLED[kind]}"))
        return media

    def _gold(self, item: Imported, media: dict[str, ItemMedia]) -> list[Json] | None:
        answers: list[Json] = [*([] if item.gold is None else [item.gold]), *item.gold_accepted]
        if not answers:
            return None
        return [
            self._clean(answer, media, "gold" if index == 0 else f"gold_accepted[{index - 1}]")
            for index, answer in enumerate(answers)
        ]

    def _predictions(self, item: Imported, media: dict[str, ItemMedia]) -> list[JsonObject] | None:
        if not item.predictions:
            return None
        found: dict[tuple[str, str], JsonObject] = {}
        for index, raw in enumerate(item.predictions):
            path = f"predictions[{index}]"
            model, version = str(raw.get("model") or MODEL), str(raw.get("version") or "1")
            if max(len(model), len(version)) > LONGEST_NAME:
                raise _Bad((path, f"model and version may have {LONGEST_NAME} characters"))
            value = self._clean(raw.get("value"), media, f"{path}.value", partial=True)
            found[model, version] = {
                "model": model,
                "version": version,
                "value": value,
                "score": raw.get("score"),
            }
        return list(found.values())

    def _clean(
        self, raw: Json, media: dict[str, ItemMedia], path: str, *, partial: bool = False
    ) -> JsonObject:
        try:
            return clean_answer(raw, self.ontology, media, partial=partial)
        except Invalid as error:
            problems: list[Any] = [
                (f"{path}.{problem.path}" if problem.path else path, problem.message)
                for problem in error.problems
            ]
            raise _Bad(*problems) from error


def _text(data: JsonObject, source: str, where: str) -> str:
    value = data.get(source)
    if isinstance(value, str) and value.strip():
        return value
    if source not in data:
        raise _Bad((where, "is missing: it is what people are shown"))
    raise _Bad((where, "is empty" if isinstance(value, str) else "must be text"))


def _named(data: JsonObject, source: str, kind: str, where: str, known: dict[str, Media]) -> Media:
    value, called = data.get(source), CALLED[kind]
    if not isinstance(value, str) or not value:
        raise _Bad((where, f"must name an uploaded {called}"))
    if value in known and known[value].kind == kind:
        return known[value]
    if value.lower().startswith(ADDRESSES):
        message = f"is an address of a storage that this project does not know: upload the {called}"
        raise _Bad((where, message))
    article = "an" if called[0] in "aeiou" else "a"
    raise _Bad((where, f"is not {article} {called} that was uploaded to this project"))


def _size(media: Media) -> ItemMedia:
    return ItemMedia(media.kind, width=media.width, height=media.height, seconds=media.seconds)
