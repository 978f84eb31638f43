"""Start-up of the annotate app."""

from django.apps import AppConfig


class AnnotateConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "annotate"

    def ready(self) -> None:
        """Register what happens after a commit, and listen to the floor below."""
        from annotate import consumers, receivers, sources  # noqa: F401 - importing the receivers connects them

        consumers.register()
        sources.register()
