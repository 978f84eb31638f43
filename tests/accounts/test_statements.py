"""Statements that the database plans once for each connection."""

import pytest
from django.db import DataError, connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.rows import Columns, join
from accounts.statements import Prepared
from annotate.models import Annotation, AnnotationVersion, Assignment
from annotate.services.queue import draw
from annotate.services.submit import submit
from projects.access.doors import find_project
from tests.world import make_tasks, make_world

pytestmark = pytest.mark.django_db(transaction=True)

LARGER = Prepared(
    "larger",
    "SELECT n, %(word)s || '%%' FROM generate_series(1, %(last)s) AS n"
    " WHERE n > %(least)s AND n <> ALL(%(but)s)",
    word="text",
    last="integer",
    least="integer",
    but="integer[]",
)
VALUES = {"word": "it's", "last": 6, "least": 2, "but": [4]}
ROWS = [(3, "it's%"), (5, "it's%"), (6, "it's%")]


def plans(statement: Prepared) -> list[tuple[int, int]]:
    """How often it ran on this connection: with the plan that is kept, and with one made for the values."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE name = %s", [statement.name]
        )
        return [(int(kept), int(made)) for kept, made in cursor.fetchall()]


def test_it_works() -> None:
    assert LARGER.rows(VALUES) == ROWS
    assert LARGER.rows(VALUES | {"but": []}) == [*ROWS[:1], (4, "it's%"), *ROWS[1:]]


def test_it_is_planned_once() -> None:
    connection.close()
    for _ in range(8):
        LARGER.rows(VALUES)
    assert plans(LARGER) == [(8, 0)]


def test_all_that_are_loaded_are_planned_and_none_is_run() -> None:
    connection.close()
    once = Prepared("once", "SELECT setval('accounts_user_id_seq', %(number)s)", number="bigint")
    before = _last_user_number()
    Prepared.plan_all()
    assert (plans(LARGER), plans(once)) == ([(1, 0)], [(1, 0)])
    assert _last_user_number() == before
    assert LARGER.rows(VALUES) == ROWS
    assert plans(LARGER) == [(2, 0)]


def _last_user_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM accounts_user_id_seq")
        return int(cursor.fetchone()[0])


def test_a_new_connection_learns_it_anew() -> None:
    LARGER.rows(VALUES)
    connection.close()
    assert plans(LARGER) == []
    assert LARGER.rows(VALUES) == ROWS
    assert len(plans(LARGER)) == 1


def test_a_connection_that_broke_is_replaced() -> None:
    """As at the beginning of a request after the database was started anew."""
    LARGER.rows(VALUES)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (number,) = cursor.fetchone()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [number])
        assert cursor.fetchone() == (True,)
    other.close()
    connection.health_check_done = False
    assert LARGER.rows(VALUES) == ROWS


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_a_connection_that_works_is_kept() -> None:
    before = backend()
    connection.health_check_done = False
    LARGER.rows(VALUES)
    assert backend() == before


def test_whoever_watches_sees_it() -> None:
    """The way through Django's cursor and the short one past it give the same."""
    with CaptureQueriesContext(connection) as seen:
        assert LARGER.rows(VALUES) == ROWS
    assert [LARGER.name in query["sql"] for query in seen] == [True]


def test_a_refusal_is_one_of_django() -> None:
    half = Prepared("half", "SELECT 1 / %(number)s", number="integer")

    def after_a_failure() -> None:
        with transaction.atomic():
            connection.set_rollback(True)
            half.rows({"number": 1})

    with pytest.raises(DataError), transaction.atomic():
        half.rows({"number": 0})
    with pytest.raises(transaction.TransactionManagementError):
        after_a_failure()
    assert half.rows({"number": 1}) == [(1,)]


def test_a_row_is_the_model_that_the_orm_makes() -> None:
    ann = make_world().ann
    columns = Columns(User, "u")
    find = Prepared("user", f"SELECT 7, {columns.sql} FROM accounts_user u WHERE id = %(id)s", id="bigint")  # noqa: S608
    (row,) = find.rows({"id": ann.pk})
    read, other = columns.read(row, 1), User.objects.get(pk=ann.pk)
    assert read is not None
    facts, wanted = (
        {name: value for name, value in vars(one).items() if name != "_state"} for one in (read, other)
    )
    assert facts == wanted
    assert vars(read._state) == vars(other._state)
    read.name = "Anna"
    read.save()
    other.refresh_from_db()
    assert other.name == "Anna"


def test_a_row_just_written_is_the_model_that_the_orm_reads() -> None:
    world = make_world()
    make_tasks(world.project, 1)
    (row,) = draw(find_project(world.ann, world.project.pk), 1).assignments
    stored = submit(assignment=row, value={"sentiment": "positive"}, seconds=1.0, key="k")
    for one in (stored.annotation, stored.version):
        again = type(one).objects.get(pk=one.pk)
        facts, wanted = (
            {name: value for name, value in vars(given).items() if name != "_state"} for given in (one, again)
        )
        assert facts == wanted
    with CaptureQueriesContext(connection) as seen:
        assert stored.version.annotation is stored.annotation
    assert len(seen) == 0
    with pytest.raises(TypeError, match="not the columns of AnnotationVersion"):
        Columns(AnnotationVersion, "v").of(id=1)


def test_joined_rows_are_as_if_selected_as_related() -> None:
    world = make_world()
    (task,) = make_tasks(world.project, 1)
    draw(find_project(world.ann, world.project.pk), 1)
    row = Assignment.objects.get()
    join(row, task=task, draft=None)
    with CaptureQueriesContext(connection) as seen:
        assert row.task is task
        assert not hasattr(row, "draft")
    assert len(seen) == 0


def test_one_runs_after_another_in_one_message() -> None:
    first = Prepared("first", "SELECT set_config('touchstone.word', %(word)s, false)", word="text")
    second = Prepared("second", "SELECT current_setting('touchstone.word'), %(last)s", last="integer")
    assert second.rows(VALUES, after=first) == [("it's", 6)]
    values = [(first, {"word": word}) for word in ("100 %", "50 %s")]
    assert second.rows(VALUES, behind=values) == [("50 %s", 6)], "each with values of its own"
    assert second.rows(VALUES, after=first, behind=values) == [("it's", 6)]
    with CaptureQueriesContext(connection) as seen:
        assert second.rows(VALUES, behind=values) == [("50 %s", 6)]
    assert len(seen) == 1


@pytest.mark.parametrize("standard", ["on", "off"])
@pytest.mark.parametrize(
    "word", ["it's", "'", "", "a\\'b", "\\", 'a\\"b', "\\'; SELECT 1; --", "%s %%", "a\nb", "ü€𝄞"]
)
def test_texts_arrive_as_they_are(word: str, standard: str) -> None:
    """Also where the database takes a backslash for more than that."""
    echo = Prepared(
        "echo", "SELECT %(word)s, %(number)s, %(nothing)s", word="text", number="int8", nothing="int"
    )
    values = {"word": word, "number": -(2**63), "nothing": None}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('standard_conforming_strings', %s, true)", [standard])
        assert echo.rows(values) == [(word, -(2**63), None)]
        assert echo.rows(values, behind=[(echo, values)]) == [(word, -(2**63), None)]


def test_no_text_ends_a_message_early() -> None:
    echo = Prepared("echo_text", "SELECT %(word)s", word="text")
    with pytest.raises(ValueError, match="NUL"):
        echo.rows({"word": "a\0b"})
    with pytest.raises(UnicodeEncodeError):
        echo.rows({"word": "\ud800"})


def test_other_words_are_another_statement() -> None:
    one, other = (Prepared("same", f"SELECT {number}") for number in (1, 2))
    assert (one.rows({}), other.rows({})) == ([(1,)], [(2,)])


@override_settings(PREPARED_STATEMENTS=False)
def test_work_goes_on_without_them() -> None:
    """Behind a pooler that changes connections between transactions."""
    connection.close()
    world = make_world(gold_share=0.5)
    make_tasks(world.project, 3)
    (row,) = draw(find_project(world.ann, world.project.pk), 1).assignments
    submit(assignment=row, value={"sentiment": "positive"}, seconds=1.0, key="k")
    assert Annotation.objects.get().user == world.ann
    assert LARGER.rows(VALUES) == ROWS
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        assert cursor.fetchone() == (0,)
