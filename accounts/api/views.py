"""The base of views that are asked all the time."""

from typing import Any, ClassVar

from rest_framework import views


class APIView(views.APIView):
    """The framework's, which knows its methods."""

    _methods: ClassVar[tuple[str, ...]]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._methods = tuple(name.upper() for name in cls.http_method_names if hasattr(cls, name))

    @property
    def allowed_methods(self) -> list[str]:
        """What the header Allow says; the framework looks for all of them at each request."""
        return list(self._methods)
