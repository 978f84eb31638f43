
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('quality', '0019_annotator_groups'),
    ]

    operations = [
        migrations.AddField(
            model_name='groupquestion',
            name='in_exports',
            field=models.BooleanField(default=False),
        ),
    ]
