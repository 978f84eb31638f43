from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('quality', '0025_triage_runs'),
    ]

    operations = [
        migrations.AddField(
            model_name='fittedmodel',
            name='difficulty',
            field=models.FloatField(default=0.0),
        ),
    ]
