"""A full run locks and writes what is new, puts right what is wrong, and nothing else."""

import json
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.db.models import F, JSONField, Value

from labeltypes.inferred import Shares
from projects.jobs import JobContext
from projects.models import ConsensusMethod, TaskState, TaskSummary
from projects.pg_arrays import documents, lists, numbers, texts
from quality.models import Consensus, Figure, Vote
from quality.services.comparing import compare_methods
from quality.services.distributions import distributions, rounded
from quality.services.full_run import full_run, start_full_run
from quality.services.pairs import confusion_pairs
from tests.quality.crowd import Crowd, make_crowd, write_all

ONTOLOGY: Any = {
    "media": [{"name": "text", "kind": "text", "source": "text"}],
    "fields": [
        {"name": "kind", "type": "choice", "options": ["a", "b", "c"], "required": True},
        {"name": "tags", "type": "choice", "options": ["x", "y"], "multiple": True},
        {"name": "size", "type": "number"},
    ],
}
TASKS = 8


@pytest.fixture
def crowd(db: None) -> Crowd:
    """Three people who answered eight tasks alike but for some, and one full run."""
    made = make_crowd(3, TASKS, ontology=ONTOLOGY, overlap=3)
    write_all(
        made,
        [
            (task, person, {"kind": "abc"[(task + (person == task % 5)) % 3], "tags": ["x"], "size": task})
            for task in range(TASKS)
            for person in range(3)
        ],
    )
    full_run(made.project)
    return made


def test_a_multiple_choice_of_many_options_has_no_confusion(db: None) -> None:
    """A unit per option and none that stands alone: nothing to count, and nothing to stumble over."""
    tags = {"name": "tags", "type": "choice", "options": list("vwxyz"), "multiple": True}
    made = make_crowd(2, 2, ontology={**ONTOLOGY, "fields": [tags]})
    write_all(made, [(task, person, {"tags": ["v", "z"]}) for task in range(2) for person in range(2)])
    full_run(made.project)
    assert confusion_pairs(made.project, "tags", 10) == []
    assert [row.value for row in Consensus.objects.all()] == [["v", "z"]] * 2


STATEMENTS = {
    "consensus": """SELECT ctid::text, xmax::text, to_jsonb(t) - 'id' - 'computed_at'
                    FROM quality_consensus t ORDER BY task_id, field""",
    "summary": """SELECT ctid::text, xmax::text, to_jsonb(t) - 'updated_at' - 'done_at'
                  FROM projects_tasksummary t ORDER BY task_id""",
    "queue": "SELECT ctid::text, xmax::text, to_jsonb(t) FROM annotate_queueentry t ORDER BY task_id",
}


def _rows(places: bool = True) -> dict[str, list[Any]]:
    """What is in the rows of all tasks; with where they are stored, and who locked them last."""
    found = {}
    for table, statement in STATEMENTS.items():
        with connection.cursor() as cursor:
            cursor.execute(statement)
            found[table] = [row if places else row[2:] for row in cursor.fetchall()]
    return found


def _others(crowd: Crowd) -> list[Any]:
    """The consensus of all tasks but the second, with where it is stored and who locked it last."""
    second = crowd.tasks[1].pk
    return [row for row in _rows()["consensus"] if json.loads(row[2])["task_id"] != second]


def test_it_works(crowd: Crowd) -> None:
    before = _rows()
    full_run(crowd.project)
    assert _rows() == before, "not a row was written, nor locked"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("kind", {"value": "zzz"}),
        ("kind", {"majority": None}),
        ("kind", {"probability": 0.123}),
        ("kind", {"distribution": {"": {"a": 0.5}}}),
        ("kind", {"method": "other"}),
        ("kind", {"version": 1}),
        ("kind", {"field": "gone"}),
        ("tags", {"value": ["y"]}),
        ("size", {"agreement": 0.5}),
        ("size", {"answers": 7}),
    ],
)
def test_what_is_wrong_is_put_right(crowd: Crowd, field: str, changes: dict[str, Any]) -> None:
    before = _rows(places=False)
    Consensus.objects.filter(task=crowd.tasks[1], field=field).update(**changes)
    assert _rows(places=False) != before
    others = _others(crowd)
    full_run(crowd.project)
    assert _rows(places=False) == before
    assert _others(crowd) == others


@pytest.mark.parametrize(
    "changes",
    [
        {"value": {"kind": "a"}},
        {"value": None},
        {"classes": ["a", "b"]},
        {"source": ""},
        {"probability": None},
        {"agreement": 0.01},
    ],
)
def test_summaries_are_put_right(crowd: Crowd, changes: dict[str, Any]) -> None:
    before = _rows(places=False)
    TaskSummary.objects.filter(task=crowd.tasks[2]).update(**changes)
    assert _rows(places=False) != before
    full_run(crowd.project)
    assert _rows(places=False) == before


def test_digits_that_nobody_sees_write_no_index(crowd: Crowd) -> None:
    """Summaries change where they are (HOT), or for want of room on their page: no index holds the digits."""

    def updates() -> tuple[int, int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT n_tup_upd, n_tup_hot_upd + n_tup_newpage_upd FROM pg_stat_xact_user_tables"
                " WHERE relname = %s",
                [TaskSummary._meta.db_table],
            )
            changed, without_index = cursor.fetchone()
            return changed, without_index

    assert _indexes_that_read("probability") == []
    assert _indexes_that_read("probability_step") != []
    TaskSummary.objects.update(probability=F("probability") - 1e-9)
    before, without_before = updates()
    full_run(crowd.project)
    after, without_index = updates()
    assert after - before == without_index - without_before == TASKS


def _indexes_that_read(column: str) -> list[str]:
    """Of summaries, in their columns, expressions or conditions."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = %s AND indexdef ~ %s",
            [TaskSummary._meta.db_table, rf"\m{column}\M"],
        )
        return [name for (name,) in cursor.fetchall()]


def test_where_all_is_news_the_next_batch_is_written_without_a_look(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two tasks a batch: all news, all news, one of two, none."""
    monkeypatch.setattr("quality.services.answers.BATCH", 2)
    before = _rows(places=False)
    Consensus.objects.filter(task__in=crowd.tasks[:5]).update(distribution={"": {"a": 0.5}})
    places = _rows()["consensus"]
    full_run(crowd.project)
    assert _rows(places=False) == before
    untouched = [json.loads(row[2])["task_id"] for row in _rows()["consensus"] if row in places]
    assert {crowd.tasks[6].pk, crowd.tasks[7].pk} <= set(untouched)
    before = _rows()
    full_run(crowd.project)
    assert _rows() == before


@pytest.mark.django_db(transaction=True)
def test_each_word_of_progress_waits_for_the_disk(crowd: Crowd) -> None:
    """Else the next person's answer would wait for all that the batch before it has written."""
    waits = []

    def noted(execute: Any, statement: str, *arguments: Any) -> Any:
        found = execute(statement, *arguments)
        if "UPDATE projects_job" in statement:
            with connection.connection.cursor() as cursor:
                cursor.execute("SHOW synchronous_commit")
                waits.append(cursor.fetchone()[0])
        return found

    job = start_full_run(project=crowd.project, by=None)
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
    try:
        with connection.execute_wrapper(noted):
            full_run(crowd.project, JobContext(job))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")
    assert set(waits) == {"on"}


def test_methods_are_compared_again_only_where_something_changed(crowd: Crowd) -> None:
    compare_methods(crowd.project)
    figure = Figure.objects.get(name="methods:kind")
    marked = figure.data | {"tasks": 999}

    def compared() -> bool:
        Figure.objects.filter(name="methods:kind").update(data=marked)
        full_run(crowd.project)
        compare_methods(crowd.project)
        return Figure.objects.get(name="methods:kind").data["tasks"] != 999

    assert not compared()
    crowd.project.consensus_method = ConsensusMethod.WEIGHTED
    assert compared()
    crowd.project.consensus_method = ConsensusMethod.DEFAULT
    assert not compared()
    Vote.objects.filter(field="kind", task_id=crowd.tasks[0].pk).first().delete()  # type: ignore[union-attr]
    assert compared()


def test_a_task_that_became_answered_is_done(crowd: Crowd) -> None:
    TaskSummary.objects.filter(task=crowd.tasks[3]).update(state=TaskState.ANSWERED)
    full_run(crowd.project)
    assert TaskSummary.objects.get(task=crowd.tasks[3]).state == TaskState.DONE


def test_what_a_person_settled_keeps_its_value_and_gets_new_figures(crowd: Crowd) -> None:
    summaries = TaskSummary.objects.filter(task=crowd.tasks[4])
    figures = summaries.values_list("agreement", "probability").get()
    summaries.update(value={"kind": "c"}, source="review", state=TaskState.DONE, agreement=0.1)
    full_run(crowd.project)
    assert summaries.values_list("value", "source", "agreement", "probability").get() == (
        {"kind": "c"},
        "review",
        *figures,
    )
    before = _rows()
    full_run(crowd.project)
    assert _rows() == before


# What arrays replaced: every counted answer once; the first tasks of each cell as examples.
PAIRS = """
SELECT c.value #>> '{}', l.text, count(*), (array_agg(DISTINCT v.task_id ORDER BY v.task_id))[1:%(most)s]
FROM quality_vote v
JOIN quality_votelabel u ON u.project_id = v.project_id AND u.field = v.field AND u.kind = 'unit'
                        AND u.code = v.unit AND u.text = ''
JOIN quality_votelabel l ON l.project_id = v.project_id AND l.field = v.field AND l.kind = 'code'
                        AND l.code = v.code
JOIN quality_consensus c ON c.task_id = v.task_id AND c.field = v.field
WHERE v.project_id = %(project)s AND v.field = %(field)s
GROUP BY 1, 2
"""


@pytest.mark.parametrize("field", ["kind", "tags", "size", "gone"])
def test_pairs_are_those_that_the_database_counts(crowd: Crowd, field: str) -> None:
    rows = Consensus.objects.filter(field=field)
    rows.filter(task=crowd.tasks[0]).update(value=None)
    rows.filter(task=crowd.tasks[1]).update(value="nobody said this")
    rows.filter(task=crowd.tasks[2]).update(value=Value(None, JSONField()))
    rows.filter(task=crowd.tasks[3]).delete()
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, {"project": crowd.project.pk, "field": field, "most": 2})
        counted = sorted(map(list, cursor.fetchall()), key=lambda row: (row[0] is None, row[0] or "", row[1]))
    assert confusion_pairs(crowd.project, field, 2) == counted
    assert bool(counted) == (field == "kind")


def test_rounding_is_pythons() -> None:
    rng = np.random.default_rng(5)
    halves = (rng.integers(0, 10**9, 20_000) + 0.5) / 1e9
    shares = np.concatenate([halves, np.nextafter(halves, 0), np.nextafter(halves, 1), rng.random(20_000)])
    shares = np.concatenate([shares, [0.0, 1.0, 1e-9, 5e-10, 1e-6]])
    assert rounded(shares[:, None])[:, 0].tolist() == [round(share, 9) for share in shares.tolist()]


def test_distributions_keep_what_says_anything() -> None:
    shares = np.array([[0.5, 0.4999995, 5e-7], [0.2, 0.3, 0.5], [np.nan] * 3])
    found = distributions({"": Shares(("a", "b", "c"), shares)}, 3)
    assert found == [{"": {"a": 0.5, "b": 0.4999995}}, {"": {"a": 0.2, "b": 0.3, "c": 0.5}}, {}]


@pytest.mark.django_db
def test_columns_arrive_as_they_were() -> None:
    assert [numbers([]), texts([])] == ["{}", "{}"]
    words = ["plain", "", None, 'quo"te', "back\\slash", "NULL", "{a,b}", "line\nbreak", "ć東👩🏽", "%s"]
    figures = [0.1, 1, None, 1e-300, 123456789.123456789, -0.0]
    again = {"k": [1, 2.5, None, True]}
    values: list[Any] = ["a", "a", None, ["x", 'y"\\'], again, 0, {"k": [1]}, again]
    names = [(), ("a",), ('quo"te', "back\\slash", "{b}"), ("a",)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT v::text[] FROM unnest(%s::text[]) AS v", [lists(names)])
        assert [tuple(row) for (row,) in cursor.fetchall()] == names
        cursor.execute("SELECT %s::text[], %s::float8[]", [texts(words), numbers(figures)])
        found = cursor.fetchone()
    assert found[0] == words
    assert [None if each is None else repr(float(each)) for each in found[1]] == [
        None if each is None else repr(float(each)) for each in figures
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(v::text, 'nothing') FROM unnest(%s::jsonb[]) AS v", [documents(values)]
        )
        said = [text for (text,) in cursor.fetchall()]
    shared = '{"k": [1, 2.5, null, true]}'
    assert said == ['"a"', '"a"', "nothing", '["x", "y\\"\\\\"]', shared, "0", '{"k": [1]}', shared]
