"""The index of steps takes the place of that of probabilities. Neither is made or dropped under a lock that lasts."""

import django.contrib.postgres.operations
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("projects", "0018_probabilities_by_steps")]

    operations = [
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name="tasksummary",
            index=models.Index(
                condition=models.Q(("probability_step__isnull", False)),
                fields=["project", "state", "probability_step", "task"],
                name="summary_state_probability_step",
            ),
        ),
        django.contrib.postgres.operations.RemoveIndexConcurrently(
            model_name="tasksummary",
            name="summary_state_probability",
        ),
    ]
