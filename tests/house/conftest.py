"""Fixtures of the house's tests."""

from tests.house.running import data as data  # noqa: PLC0414  # a fixture, found by name
