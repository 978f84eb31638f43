
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0010_worth_of_one_more'),
        ('quality', '0016_method_of_a_model'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='seedplan',
            name='review_share',
            field=models.FloatField(default=0.0),
        ),
        migrations.AddConstraint(
            model_name='seedplan',
            constraint=models.CheckConstraint(condition=models.Q(('review_share__gte', 0), ('review_share__lte', 0.2)), name='seed_plan_review_share'),
        ),
    ]
