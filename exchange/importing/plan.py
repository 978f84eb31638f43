"""What an import was asked to do: its options as they lie in the job's parameters."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, get_args

from accounts.errors import DomainError, FieldError
from formats.incoming import ColumnMapping, FinalAs, FormatError, ReadOptions, Target, TargetKind
from formats.limits import DEFAULT_LIMITS
from formats.readers.mapping import check_mapping
from formats.registry import readers
from labeltypes.ontology import Ontology
from projects.models import Task
from projects.models.task import Origin

OnError = Literal["keep_good", "roll_back"]
ITEMS = "items"  # the body of a REST call, some items a line, as a list
ID_LENGTH = int(Task._meta.get_field("external_id").max_length or 0)
LIMITS = replace(DEFAULT_LIMITS, id_chars=ID_LENGTH)


@dataclass(frozen=True)
class Plan:
    """How to read a file, where its columns go, and what to do about bad rows.

    ``keep_good``: good rows come in as they are read. ``roll_back``: all rows or none.
    """

    format: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header: bool = True
    text_key: str = "text"
    image_key: str = "image"
    audio_key: str = "audio"
    final_as: FinalAs = "ignore"
    on_error: OnError = "keep_good"
    origin: str = Origin.HUMAN
    mapping: Mapping[str, Mapping[str, Any]] | None = field(default=None)

    def as_params(self) -> dict[str, Any]:
        """For a job's parameters; ``from_params`` reads it back."""
        return asdict(self)

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> "Plan":
        """The plan of a job."""
        return cls(**params)

    @property
    def read_options(self) -> ReadOptions:
        """For the readers."""
        return ReadOptions(
            format=None if self.format == ITEMS else self.format,
            encoding=self.encoding,
            delimiter=self.delimiter,
            header=self.header,
            text_key=self.text_key,
            image_key=self.image_key,
            audio_key=self.audio_key,
            final_as=self.final_as,
            limits=LIMITS,
        )

    @property
    def columns(self) -> ColumnMapping | None:
        """For the readers; None: columns are guessed, or the items are in our own shape."""
        if not self.mapping:
            return None
        return ColumnMapping(
            {
                column: Target(one["to"], one.get("name", ""), bool(one.get("json", False)))
                for column, one in self.mapping.items()
            }
        )


def check_plan(plan: Plan, ontology: Ontology) -> None:
    """Raise DomainError for options that cannot work, whatever the file holds."""
    problems = [
        FieldError(f"mapping[{column!r}]", message)
        for column, one in (plan.mapping or {}).items()
        if (message := _target_problem(one, ontology))
    ]
    if plan.format not in (ITEMS, *readers()):
        known = ", ".join(readers())
        problems.append(FieldError("format", f"is not known; known: {known}"))
    if not problems and plan.columns is not None:
        try:
            check_mapping(plan.columns)
        except FormatError as error:
            problems.append(FieldError("mapping", str(error)))
    if problems:
        raise DomainError("This import cannot work.", fields=problems)


def _target_problem(one: Any, ontology: Ontology) -> str:
    if not isinstance(one, dict) or set(one) - {"to", "name", "json"}:
        return 'must be {"to", "name"?, "json"?}'
    if one.get("to") not in get_args(TargetKind):
        return f"to: must be one of {', '.join(get_args(TargetKind))}"
    if not isinstance(one.get("name", ""), str) or not isinstance(one.get("json", False), bool):
        return "name must be text, json true or false"
    fields = {known.name for known in ontology.fields}
    if one["to"] in ("gold", "prediction") and one.get("name") not in fields:
        return f"name: must be a field of the ontology ({', '.join(sorted(fields))})"
    return ""
