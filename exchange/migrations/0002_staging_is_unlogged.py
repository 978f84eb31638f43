"""Staged rows are written once, read once and deleted: not worth the write-ahead log."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE exchange_stagedrow SET UNLOGGED",
            "ALTER TABLE exchange_stagedrow SET LOGGED",
        )
    ]
