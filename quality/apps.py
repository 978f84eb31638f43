"""Start-up of the quality app."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "quality"

    def ready(self) -> None:
        """Follow the outbox; name the handlers of jobs."""
        from annotate.task_history import register_history
        from projects.queries import register_accuracies
        from quality import consumers, receivers, task_actions, told, waiting
        from quality.reports.accuracy import measured
        from quality.reports.one_more import history
        from quality.services import (  # noqa: F401 - register their job handlers
            audits,
            full_run,
            goals,
            label_errors,
            planning,
            rounds,
            triage,
            triage_measure,
        )

        consumers.register()
        receivers.connect()
        task_actions.register()
        waiting.register()
        told.register()
        register_accuracies(measured)
        register_history(history)
