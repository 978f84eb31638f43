"""Projects that seed errors for reviewers already say so."""

from typing import Any

from django.db import migrations


def note(apps: Any, schema_editor: Any) -> None:
    plans = apps.get_model("quality", "SeedPlan").objects.filter(review_share__gt=0)
    projects = apps.get_model("projects", "Project").objects
    projects.filter(pk__in=list(plans.values_list("project_id", flat=True))).update(seeds_reviews=True)


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0014_errors_seeded_for_reviewers"),
        ("quality", "0021_triage_measures"),
    ]

    operations = [migrations.RunPython(note, migrations.RunPython.noop)]
