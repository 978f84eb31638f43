"""Typed reading of the environment."""

from pathlib import Path

import pytest

from config.env import Env, SettingError, parse_database_url


def test_it_works() -> None:
    env = Env({"NAME": " a ", "ON": "yes", "COUNT": "7", "LIST": "a, b,,", "FOLDER": "/x/../y"})
    assert env.text("NAME") == "a"
    assert env.flag("ON", False) is True
    assert env.number("COUNT", 1) == 7
    assert env.items("LIST") == ["a", "b"]
    assert env.path("FOLDER", Path("/z")) == Path("/y")


def test_empty_counts_as_not_set() -> None:
    env = Env({"A": "", "B": " "})
    assert (env.text("A", "x"), env.flag("B", True), env.number("A", 3), env.items("B", ("y",))) == (
        "x",
        True,
        3,
        ["y"],
    )


@pytest.mark.parametrize("raw", ["ja", "2", "truee"])
def test_a_switch_is_one_or_zero(raw: str) -> None:
    with pytest.raises(SettingError, match="SWITCH must be 1 or 0"):
        Env({"SWITCH": raw}).flag("SWITCH", False)


@pytest.mark.parametrize("raw", ["-1", "1.5", "x", "70000", "٣"])
def test_a_number_is_whole_and_within_its_limits(raw: str) -> None:
    with pytest.raises(SettingError, match="PORT must be a whole number"):
        Env({"PORT": raw}).number("PORT", 1, low=1, high=65535)


def test_database_address_with_a_socket() -> None:
    found = parse_database_url("postgresql://me:p%40ss@/base?host=%2Frun%2Fpg&sslmode=require")
    assert found == {
        "ENGINE": "config.database",
        "NAME": "base",
        "USER": "me",
        "PASSWORD": "p@ss",
        "HOST": "/run/pg",
        "PORT": "",
        "OPTIONS": {"sslmode": "require"},
    }


def test_database_address_with_a_host() -> None:
    found = parse_database_url("postgres://me@db.example.org:6432/base")
    assert (found["HOST"], found["PORT"], found["PASSWORD"]) == ("db.example.org", "6432", "")


@pytest.mark.parametrize("url", ["mysql://me@host/base", "postgresql://host", "host/base", "sqlite:///x"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(SettingError, match="DATABASE_URL"):
        parse_database_url(url)
