"""Reading the parameters of an address: what is wrong with any of them is collected, and said at once."""

from abc import ABC, abstractmethod

from accounts.errors import DomainError, FieldError


class ParameterReader(ABC):
    """Reads parameters and collects what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[FieldError] = []

    @abstractmethod
    def text(self, name: str) -> str:
        """The parameter as it was given; empty when it was not."""

    def wrong(self, name: str, message: str) -> None:
        """Remember that a parameter cannot be used."""
        self.problems.append(FieldError(name, message))

    def share(self, name: str) -> float | None:
        """A number from 0 to 1; None when absent."""
        text = self.text(name)
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not 0 <= value <= 1:
            self.wrong(name, "a number from 0 to 1")
            return None
        return value

    def raise_if_any(self, message: str) -> None:
        """Raises DomainError with everything that was wrong."""
        if self.problems:
            raise DomainError(message, fields=self.problems)
