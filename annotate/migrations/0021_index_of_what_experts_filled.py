"""The index of what waits for experts holds only what is filled: no draw can take it for its own."""

import django.contrib.postgres.operations
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("annotate", "0020_leases_for_experts")]

    operations = [
        django.contrib.postgres.operations.RemoveIndexConcurrently(
            model_name="queueentry",
            name="queue_for_experts",
        ),
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name="queueentry",
            index=models.Index(
                condition=models.Q(("for_experts", True), ("taken__gte", models.F("wanted"))),
                fields=["project"],
                name="queue_for_experts",
            ),
        ),
    ]
