"""Start-up of the exchange app."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "exchange"

    def ready(self) -> None:
        """Register the handlers of jobs."""
        from exchange.importing import run  # noqa: F401 - registers itself
        from exchange.services import exports  # noqa: F401 - registers itself
