"""Totals of people who answered before there were totals."""

from django.db import migrations

FORWARD = """
INSERT INTO annotate_persontotal (project_id, user_id, answers, discarded, seconds, last_active)
SELECT w.project_id, w.user_id, w.answers, w.discarded,
       (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY n.seconds) FROM (
            SELECT seconds FROM annotate_annotation a
            WHERE a.project_id = w.project_id AND a.user_id = w.user_id AND NOT a.is_fix
            ORDER BY a.id DESC LIMIT 100) AS n),
       w.last_active
FROM (SELECT project_id, user_id, count(*) AS answers, max(updated_at) AS last_active,
             count(*) FILTER (WHERE discarded_at IS NOT NULL) AS discarded
      FROM annotate_annotation WHERE NOT is_fix GROUP BY 1, 2) AS w
JOIN projects_project p ON p.id = w.project_id
"""


class Migration(migrations.Migration):
    dependencies = [("annotate", "0007_totals_of_people_and_lists_of_reviews")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
