"""A choice of ten thousand options is merged by looking at what was said, not at all options."""

from time import process_time

from labeltypes.base import Field
from labeltypes.choice.merge import merge_single

NAMES = [f"c{number}" for number in range(10_000)]
FIELD = Field("kind", "choice", "Kind", settings={"options": [{"name": name} for name in NAMES]})


def test_the_first_of_the_ontology_wins_where_nothing_else_tells() -> None:
    """Whatever the order of the probabilities; options that are gone do not count."""
    posterior = {"": {"gone": 0.9, "c20": 0.3, "c7": 0.3, "c9": 0.1}}
    assert merge_single(["c9"], [1.0], posterior, FIELD).value == "c7"


def test_a_thousand_tasks_do_not_read_all_options_each() -> None:
    """That took ten seconds."""
    posterior = {"": {"c20": 0.7, "c7": 0.3}}
    began = process_time()
    for _ in range(1_000):
        merge_single(["c20", "c7"], [0.5, 0.5], posterior, FIELD)
    assert process_time() - began < 1.0
