"""Lists are sorted by the thousandth in which a probability lies, and pages of summaries have room for one more run.

A full run changes nearly all probabilities in some late digit; with none in an index a row that finds room on its
page writes no index. The column writes the table anew, with that room: nobody reads it meanwhile, some 20 s for a
million tasks.
"""

import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.math
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0017_experts")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE projects_tasksummary SET (fillfactor = 70)",
            "ALTER TABLE projects_tasksummary RESET (fillfactor)",
        ),
        migrations.AddField(
            model_name="tasksummary",
            name="probability_step",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.comparison.Cast(
                    django.db.models.expressions.CombinedExpression(
                        django.db.models.functions.math.Floor(
                            django.db.models.expressions.CombinedExpression(
                                models.F("probability"), "*", models.Value(1000.0)
                            )
                        ),
                        "-",
                        django.db.models.functions.math.Floor(models.F("probability")),
                    ),
                    models.SmallIntegerField(),
                ),
                output_field=models.SmallIntegerField(null=True),
            ),
        ),
    ]
