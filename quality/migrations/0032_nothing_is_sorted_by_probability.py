from django.db import migrations


class Migration(migrations.Migration):
    """No query sorts or filters by it, and each change of a probability wrote it, and with it all others."""

    dependencies = [
        ("quality", "0031_fits_to_compare"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="consensus", name="consensus_by_probability"),
    ]
