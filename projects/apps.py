"""Start-up of the projects app."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "projects"

    def ready(self) -> None:
        """Listen to what the floor below announces."""
        from projects import ontology_checks, receivers  # noqa: F401 - register themselves once apps are loaded
