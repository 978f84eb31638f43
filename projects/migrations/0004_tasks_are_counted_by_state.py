"""Every move of a task from state to state is noted by the database itself, whatever statement makes it.

Many tasks are made or deleted in one statement, so these are noted once for each statement; moves one by one,
and only where the state changed, because a submit writes one summary and mostly leaves its state alone.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION projects_note_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO projects_statechange (project_id, old, new, number) VALUES (NEW.project_id, OLD.state, NEW.state, 1);
    RETURN NULL;
END $$;
CREATE FUNCTION projects_note_made() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO projects_statechange (project_id, old, new, number)
    SELECT project_id, '', state, count(*) FROM made GROUP BY project_id, state;
    RETURN NULL;
END $$;
CREATE FUNCTION projects_note_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO projects_statechange (project_id, old, new, number)
    SELECT project_id, state, '', count(*) FROM gone GROUP BY project_id, state;
    RETURN NULL;
END $$;
CREATE TRIGGER summary_moved AFTER UPDATE OF state ON projects_tasksummary
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION projects_note_move();
CREATE TRIGGER summary_made AFTER INSERT ON projects_tasksummary
    REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION projects_note_made();
CREATE TRIGGER summary_gone AFTER DELETE ON projects_tasksummary
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION projects_note_gone();
INSERT INTO projects_statecount (project_id, state, number)
SELECT project_id, state, count(*) FROM projects_tasksummary GROUP BY project_id, state;
"""
BACKWARD = """
DROP TRIGGER summary_moved ON projects_tasksummary;
DROP TRIGGER summary_made ON projects_tasksummary;
DROP TRIGGER summary_gone ON projects_tasksummary;
DROP FUNCTION projects_note_move();
DROP FUNCTION projects_note_made();
DROP FUNCTION projects_note_gone();
DELETE FROM projects_statecount;
DELETE FROM projects_statechange;
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0003_counters_of_states_and_lists_by_state")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
