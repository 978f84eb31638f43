import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0005_cheaper_imports"),
        ("quality", "0006_alarms_of_the_test_on_gold"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditSample",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("drawing", "Drawing"),
                            ("judging", "Judging"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="drawing",
                        max_length=10,
                    ),
                ),
                ("message", models.TextField(blank=True)),
                ("field", models.CharField(blank=True, max_length=100)),
                ("by", models.CharField(blank=True, max_length=5)),
                ("meta_key", models.CharField(blank=True, max_length=100)),
                ("tolerance", models.FloatField(default=0.0)),
                ("target", models.FloatField()),
                ("size", models.PositiveIntegerField(blank=True, null=True)),
                ("half_width", models.FloatField(blank=True, null=True)),
                ("expected", models.FloatField(default=0.95)),
                ("seed", models.BigIntegerField()),
                ("look", models.PositiveSmallIntegerField(default=1)),
                ("strata", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("drawn_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="projects.job",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="projects.project"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AuditItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("stratum", models.PositiveSmallIntegerField()),
                ("look", models.PositiveSmallIntegerField(default=1)),
                ("value", models.JSONField()),
                ("source", models.CharField(blank=True, max_length=12)),
                ("judgement", models.JSONField(blank=True, null=True)),
                ("is_right", models.BooleanField(blank=True, null=True)),
                ("is_unclear", models.BooleanField(default=False)),
                ("distances", models.JSONField(default=dict)),
                ("comment", models.TextField(blank=True)),
                ("seconds", models.FloatField(default=0.0)),
                ("judged_at", models.DateTimeField(blank=True, null=True)),
                ("held_until", models.DateTimeField(blank=True, null=True)),
                (
                    "held_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "judged_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="projects.task"
                    ),
                ),
                (
                    "sample",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="quality.auditsample",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="auditsample",
            constraint=models.UniqueConstraint(fields=("project", "number"), name="audit_number_once"),
        ),
        migrations.AddConstraint(
            model_name="audititem",
            constraint=models.UniqueConstraint(fields=("sample", "task"), name="audit_task_once"),
        ),
        migrations.AddConstraint(
            model_name="audititem",
            constraint=models.UniqueConstraint(fields=("sample", "position"), name="audit_position_once"),
        ),
    ]
