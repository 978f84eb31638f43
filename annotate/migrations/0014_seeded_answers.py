
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('annotate', '0013_seeded_prelabels'),
        ('projects', '0010_worth_of_one_more'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='reviewentry',
            name='reviewer',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='reviewentry',
            name='annotation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='review_entries', to='annotate.annotation'),
        ),
        migrations.AlterField(
            model_name='reviewentry',
            name='author',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='SeededAnswer',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('field', models.CharField(max_length=100)),
                ('value', models.JSONField()),
                ('assignment_number', models.BigIntegerField()),
                ('seconds', models.FloatField()),
                ('state', models.CharField(max_length=10)),
                ('probability', models.FloatField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('review_number', models.BigIntegerField(blank=True, null=True)),
                ('fix_number', models.BigIntegerField(blank=True, null=True)),
                ('verdict', models.CharField(blank=True, max_length=6)),
                ('code', models.CharField(blank=True, max_length=60)),
                ('comment', models.TextField(blank=True)),
                ('pin', models.JSONField(blank=True, null=True)),
                ('fix', models.JSONField(blank=True, null=True)),
                ('judged_at', models.DateTimeField(blank=True, null=True)),
                ('ontology', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.ontologyversion')),
                ('project', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project')),
                ('reviewer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.task')),
            ],
        ),
        migrations.AddField(
            model_name='reviewentry',
            name='seeded',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='entry', to='annotate.seededanswer'),
        ),
        migrations.AddConstraint(
            model_name='reviewentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('annotation__isnull', False), ('author__isnull', False), ('seeded__isnull', True)), models.Q(('annotation__isnull', True), ('author__isnull', True), ('reviewer__isnull', False), ('seeded__isnull', False)), _connector='OR'), name='review_entry_real_or_seeded'),
        ),
        migrations.AddConstraint(
            model_name='seededanswer',
            constraint=models.UniqueConstraint(fields=('project', 'reviewer', 'task'), name='seeded_answer_once'),
        ),
    ]
