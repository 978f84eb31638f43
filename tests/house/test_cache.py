"""The cache speaks JSON, so that nobody who can write to Redis runs code here."""

import pickle

import pytest
from django.core.cache import cache

from config.cache import JSONSerializer
from config.celery import app
from config.tasks import heartbeat

pytestmark = pytest.mark.django_db


def test_it_works() -> None:
    cache.set("key", {"a": [1, 2.5, None, "ä", True]}, timeout=30)
    assert cache.get("key") == {"a": [1, 2.5, None, "ä", True]}


def test_counters_count() -> None:
    cache.set("count", 1, timeout=30)
    assert cache.incr("count") == 2
    assert cache.get("count") == 2


def test_a_truth_value_stays_one() -> None:
    assert JSONSerializer().loads(JSONSerializer().dumps(True)) is True


def test_a_pickle_is_refused() -> None:
    with pytest.raises(ValueError):
        JSONSerializer().loads(pickle.dumps({"a": 1}))


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError):
        cache.set("key", object())


def test_clearing_removes_our_keys_and_leaves_the_queues() -> None:
    app.control.purge()
    cache.set_many({"one": 1, "two": 2})
    heartbeat.delay()
    cache.clear()
    assert cache.get_many(["one", "two"]) == {}
    assert app.control.purge() == 1
