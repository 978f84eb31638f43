
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('quality', '0011_goals'),
    ]

    operations = [
        migrations.AddField(
            model_name='consensus',
            name='version',
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
    ]
