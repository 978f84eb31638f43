"""How long a recording is."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("projects", "0019_index_of_steps")]

    operations: ClassVar = [
        migrations.AddField("media", "seconds", models.FloatField(blank=True, null=True)),
    ]
