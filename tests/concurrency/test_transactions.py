"""A transaction whose ends go along with its statements: what it does beside Django's own."""

import pytest
from django.db import DataError, connection, connections, transaction

from accounts.models import Organization
from accounts.statements import Prepared
from accounts.transactions import atomic_in_messages
from tests.annotate.test_overlap import run_all

pytestmark = pytest.mark.django_db(transaction=True)

ADD = Prepared(
    "test_add_organization",
    "INSERT INTO accounts_organization (name, created_at) VALUES (%(called)s, now())",
    called="varchar",
)
COUNT = Prepared("test_count_organizations", "SELECT count(*) FROM accounts_organization")
FAIL = Prepared("test_failure", "SELECT %(text)s::int", text="text")


def test_all_is_there_after_the_end_and_nothing_before():
    seen = []
    with atomic_in_messages() as ends:
        ADD.rows({"called": "One"}, behind=ends.begin)
        run_all([lambda: seen.append(Organization.objects.count())])
        assert Organization.objects.count() == 1
    run_all([lambda: seen.append(Organization.objects.count())])
    assert seen == [0, 1]
    assert connection.get_autocommit()
    assert not connection.in_atomic_block


def test_what_stands_behind_the_end_is_returned_and_hooks_run_after_it():
    ran = []
    with atomic_in_messages() as ends:
        ADD.rows({"called": "One"}, behind=ends.begin)
        transaction.on_commit(lambda: ran.append(Organization.objects.count()))
        with transaction.atomic():
            Organization.objects.create(name="Two")
        assert COUNT.rows({}, behind=ends.commit) == [(2,)]
        assert not ran
    assert ran == [2]


@pytest.mark.parametrize("sends_end", [False, True])
def test_after_an_error_nothing_is_there(sends_end):
    ran = []

    def work():
        with atomic_in_messages() as ends:
            ADD.rows({"called": "One"}, behind=ends.begin)
            transaction.on_commit(lambda: ran.append(1))
            end = ends.commit if sends_end else ()
            COUNT.rows({}, behind=[(FAIL, {"text": "no number"}), *end])

    with pytest.raises(DataError):
        work()
    assert not ran
    assert Organization.objects.count() == 0
    with transaction.atomic():
        Organization.objects.create(name="Two")
    assert Organization.objects.count() == 1


def test_set_to_roll_back_it_does():
    with atomic_in_messages() as ends:
        ADD.rows({"called": "One"}, behind=ends.begin)
        transaction.set_rollback(True)
    assert Organization.objects.count() == 0


def test_within_another_it_is_a_savepoint():
    with transaction.atomic():
        Organization.objects.create(name="One")
        with atomic_in_messages() as ends:
            assert ends == ((), ())
            ADD.rows({"called": "Two"})
            transaction.set_rollback(True)
        assert Organization.objects.count() == 1


def test_a_lost_connection_is_replaced():
    def work():
        with atomic_in_messages() as ends:
            ADD.rows({"called": "One"}, behind=ends.begin)
            connections["default"].connection.close()
            COUNT.rows({})

    with pytest.raises(Exception, match="closed"):
        work()
    assert connection.get_autocommit()
    assert Organization.objects.count() == 0
