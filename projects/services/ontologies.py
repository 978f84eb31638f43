"""New versions of a project's ontology, and what they would invalidate."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Max

from accounts.audit import record
from accounts.errors import Conflict
from accounts.models import User
from labeltypes.answers import clean_answer
from labeltypes.base import Invalid, ItemMedia, Json
from labeltypes.ontology import Ontology, parse_ontology
from projects.models import OntologyVersion, Project
from projects.signals import ontology_published

EXAMPLES = 20
SAY_EVERY = 500


@dataclass(frozen=True)
class StoredAnswer:
    """An answer already given, as the floor above hands it in."""

    task_id: int
    annotation_id: int
    value: Json
    media: dict[str, ItemMedia]


@dataclass
class Invalidation:
    """How many stored answers a new ontology would make invalid, and which (the first twenty)."""

    checked: int = 0
    invalid: int = 0
    examples: list[dict[str, object]] = field(default_factory=list)


@transaction.atomic
def add_ontology(
    *, project: Project, definition: Json, by: User, note: str = "", base: int | None = None
) -> OntologyVersion:
    """Save a new version and make it current. Raises labeltypes.base.Invalid with every problem's path.

    Raises Conflict when ``base``, the version that was edited, is not the newest.
    """
    ontology = parse_ontology(definition)
    Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    newest = project.ontologies.aggregate(Max("version"))["version__max"] or 0
    if base is not None and base != newest:
        raise Conflict(
            "Somebody saved another version meanwhile. Open it in another tab and compare.", current=newest
        )
    old = project.ontology
    version = OntologyVersion.objects.create(
        project=project,
        version=newest + 1,
        definition=ontology.to_json(),
        note=note,
        created_by=by,
    )
    project.ontology = version
    project.save(update_fields=["ontology"])
    if old is not None:
        ontology_published.send(sender=Project, project=project, old=old, new=version, by=by)
    record(
        organization=project.organization_id,
        actor=by,
        verb="ontology.published",
        subject=f"version {version.version}",
        project_id=project.pk,
    )
    return version


def check_answers(
    ontology: Ontology, answers: Iterable[StoredAnswer], *, progress: Callable[[int], None] | None = None
) -> Invalidation:
    """Which of these answers the ontology would refuse; one pass, flat memory.

    ``progress`` hears now and then how many were checked.
    """
    found = Invalidation()
    for answer, problem in _refused(ontology, answers, found, progress):
        found.invalid += 1
        if len(found.examples) < EXAMPLES:
            found.examples.append(
                {
                    "task": str(answer.task_id),
                    "annotation": str(answer.annotation_id),
                    "problem": problem,
                }
            )
    return found


def _refused(
    ontology: Ontology,
    answers: Iterable[StoredAnswer],
    found: Invalidation,
    progress: Callable[[int], None] | None,
) -> Iterator[tuple[StoredAnswer, str]]:
    for answer in answers:
        found.checked += 1
        if progress and found.checked % SAY_EVERY == 0:
            progress(found.checked)
        try:
            clean_answer(answer.value, ontology, answer.media)
        except Invalid as invalid:
            first = invalid.problems[0]
            yield answer, f"{first.path}: {first.message}"
