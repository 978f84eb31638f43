
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_request_keys'),
        ('quality', '0018_qualification'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='GroupQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('options', models.JSONField()),
                ('least', models.PositiveSmallIntegerField(default=5)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organization')),
            ],
        ),
        migrations.CreateModel(
            name='GroupAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('option', models.CharField(max_length=80)),
                ('stated_at', models.DateTimeField(auto_now_add=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='quality.groupquestion')),
            ],
        ),
        migrations.AddConstraint(
            model_name='groupquestion',
            constraint=models.UniqueConstraint(fields=('organization', 'name'), name='group_question_once'),
        ),
        migrations.AddConstraint(
            model_name='groupquestion',
            constraint=models.CheckConstraint(condition=models.Q(('least__gte', 5)), name='group_question_least'),
        ),
        migrations.AddConstraint(
            model_name='groupanswer',
            constraint=models.UniqueConstraint(fields=('question', 'user'), name='group_answer_once'),
        ),
    ]
