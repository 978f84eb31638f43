"""Versions of annotations never change: the database refuses UPDATE, also from a shell."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION annotate_refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a version of an annotation never changes' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER annotationversion_never_changes BEFORE UPDATE ON annotate_annotationversion
    FOR EACH ROW EXECUTE FUNCTION annotate_refuse_update();
"""
BACKWARD = """
DROP TRIGGER annotationversion_never_changes ON annotate_annotationversion;
DROP FUNCTION annotate_refuse_update();
"""


class Migration(migrations.Migration):
    dependencies = [("annotate", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
