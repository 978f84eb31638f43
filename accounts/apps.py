"""Start-up of the accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "accounts"

    def ready(self) -> None:
        """Listen to the beginning and the end of requests."""
        from accounts import answered

        answered.register()
