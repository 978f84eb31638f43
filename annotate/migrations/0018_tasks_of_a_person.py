from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('annotate', '0017_notices_of_triage'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='annotation',
            name='annotation_by_person',
        ),
        migrations.AddIndex(
            model_name='annotation',
            index=models.Index(fields=['project', 'user', '-id'], include=('task', 'is_extra', 'rejected_at', 'discarded_at'), name='annotation_by_person'),
        ),
    ]
