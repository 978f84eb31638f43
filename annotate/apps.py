"""Start-up of the annotate app."""

from django.apps import AppConfig


class AnnotateConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "annotate"

    def ready(self) -> None:
        """Register what happens after a commit, and listen to the floor below."""
        from annotate import consumers, presence, receivers, sources, task_actions, told, waiting  # noqa: F401 - some connect

        consumers.register()
        sources.register()
        presence.register()
        waiting.register()
        told.register()
