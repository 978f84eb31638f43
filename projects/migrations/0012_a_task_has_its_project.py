"""That a task's project exists is checked once a statement, not once a row; a longer list of what is to be indexed.

A foreign key looks the project up for each of a million rows, and where two transactions import into one project, each
look-up goes through the list of both. The triggers ask the same with the same locks: whoever inserts holds the
project's key until its end, and whoever deletes a project is refused at its end if a task is left.
"""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION projects_task_has_project() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted bigint[]; there int;
BEGIN
    SELECT array_agg(DISTINCT project_id) INTO wanted FROM made;
    PERFORM 1 FROM projects_project WHERE id = ANY(wanted) ORDER BY id FOR KEY SHARE;
    GET DIAGNOSTICS there = ROW_COUNT;
    IF there < coalesce(cardinality(wanted), 0) THEN
        RAISE foreign_key_violation USING MESSAGE = 'a task of a project that is not there', TABLE = 'projects_task';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION projects_task_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE foreign_key_violation USING MESSAGE = 'a task does not change its project', TABLE = 'projects_task';
END $$;
CREATE FUNCTION projects_project_is_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM projects_task WHERE project_id = OLD.id) THEN
        RAISE foreign_key_violation USING MESSAGE = 'the project has tasks', TABLE = 'projects_project';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER task_has_project AFTER INSERT ON projects_task
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION projects_task_has_project();
CREATE TRIGGER task_stays AFTER UPDATE OF project_id ON projects_task
    FOR EACH ROW WHEN (OLD.project_id IS DISTINCT FROM NEW.project_id) EXECUTE FUNCTION projects_task_stays();
CREATE CONSTRAINT TRIGGER project_is_empty AFTER DELETE ON projects_project DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION projects_project_is_empty();
ALTER INDEX task_search SET (gin_pending_list_limit = 16384);
"""
BACKWARD = """
ALTER INDEX task_search RESET (gin_pending_list_limit);
DROP TRIGGER project_is_empty ON projects_project;
DROP TRIGGER task_stays ON projects_task;
DROP TRIGGER task_has_project ON projects_task;
DROP FUNCTION projects_project_is_empty();
DROP FUNCTION projects_task_stays();
DROP FUNCTION projects_task_has_project();
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0011_consensus_method")]

    operations = [
        migrations.RunSQL(
            FORWARD,
            BACKWARD,
            state_operations=[
                migrations.RemoveIndex("task", "task_search"),
                migrations.AddIndex(
                    "task",
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["search"], gin_pending_list_limit=16384, name="task_search"
                    ),
                ),
            ],
        ),
        migrations.AlterField(
            model_name="task",
            name="project",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="tasks",
                to="projects.project",
            ),
        ),
    ]
