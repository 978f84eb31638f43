import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0016_what_people_are_told"),
        ("quality", "0030_consensus_has_one_index_less"),
    ]

    operations = [
        migrations.CreateModel(
            name="ToCompare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("field", models.CharField(max_length=100)),
                ("fit", models.BinaryField()),
                ("key", models.CharField(max_length=32)),
                ("run", models.BigIntegerField(null=True)),
                ("run_at", models.DateTimeField()),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "field"), name="to_compare_once")
                ],
            },
        ),
    ]
