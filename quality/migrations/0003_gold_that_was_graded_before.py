"""Counts of gold that was graded before there were counts."""

from django.db import migrations

FORWARD = """
UPDATE quality_golditem g SET graded = c.graded, missed = c.missed
FROM (SELECT r.gold_id, count(*) AS graded, count(*) FILTER (WHERE NOT r.correct) AS missed
      FROM quality_goldgrade r JOIN annotate_annotation a ON a.id = r.annotation_id
      WHERE a.discarded_at IS NULL GROUP BY 1) AS c
WHERE c.gold_id = g.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("quality", "0002_figures_and_counts_of_gold"),
        ("annotate", "0007_totals_of_people_and_lists_of_reviews"),
    ]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
