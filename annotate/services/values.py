"""Checking values that are given outside a lease: corrections, fixes, adjudications, predictions."""

from annotate.items import resolve
from annotate.versions import ontology_of
from labeltypes.answers import clean_answer
from labeltypes.base import Invalid, Json, JsonObject
from projects.models import Task


def clean_value(value: Json, task: Task, ontology_id: int, *, partial: bool = False) -> JsonObject:
    """The canonical value under this ontology version; raises Invalid with all problems."""
    item = resolve(task, ontology_id)
    return clean_answer(value, ontology_of(ontology_id).ontology, item.media, partial=partial)


def clean_under_either(value: Json, task: Task, newest_id: int, older_id: int) -> tuple[JsonObject, int]:
    """The canonical value and the ontology version it holds under: the project's newest if it can be,
    else the one that the answer was made under, so that an old answer can still be mended.

    Raises Invalid with the problems under the newest.
    """
    try:
        return clean_value(value, task, newest_id), newest_id
    except Invalid:
        if older_id == newest_id:
            raise
        try:
            return clean_value(value, task, older_id), older_id
        except Invalid:
            pass
        raise
