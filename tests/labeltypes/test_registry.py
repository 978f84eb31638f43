"""Discovery of label types."""

import pytest

from labeltypes import registry
from labeltypes.choice import label_type as choice
from labeltypes.registry import RegistryError, collect


def test_it_works() -> None:
    assert registry.get_type("choice") is choice
    assert registry.kinds() == sorted(registry.kinds())


def test_unknown_kind() -> None:
    with pytest.raises(KeyError):
        registry.get_type("telepathy")


def test_duplicates_are_refused() -> None:
    with pytest.raises(RegistryError, match='elsewhere repeats the kind "choice"'):
        collect([("here", choice), ("elsewhere", choice)])


def test_strangers_are_refused() -> None:
    with pytest.raises(RegistryError, match="here is not a LabelType"):
        collect([("here", object())])
