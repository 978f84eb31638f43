import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0006_gold_for_the_doubtful_and_a_test'),
        ('quality', '0009_health_and_origin_of_gold'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LabelFlag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(max_length=100)),
                ('label', models.CharField(max_length=300)),
                ('suggested', models.CharField(max_length=300)),
                ('source', models.CharField(max_length=5)),
                ('score', models.FloatField()),
                ('evidence', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('open', 'Open'), ('error', 'Error'), ('right', 'Right'), ('skipped', 'Skipped')], default='open', max_length=7)),
                ('judged_at', models.DateTimeField(blank=True, null=True)),
                ('found_at', models.DateTimeField()),
                ('judged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.task')),
            ],
            options={
                'indexes': [models.Index(fields=['project', 'state', 'score', 'id'], name='label_flag_in_order')],
                'constraints': [models.UniqueConstraint(fields=('project', 'field', 'task', 'label'), name='label_flag_once')],
            },
        ),
    ]
