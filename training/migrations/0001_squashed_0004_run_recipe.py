"""The tables as they are, made in one step; why, and what of the older steps is not here, decision 44 says.

Databases that went through the older steps know this one as done.
"""

import core.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.migrating import CreateModels


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('training', '0001_initial'),
        ('training', '0002_run_heard'),
        ('training', '0003_plural'),
        ('training', '0004_run_recipe'),
    ]

    dependencies = [
        ('core', '0001_squashed_0005_people'),
        ('datasets', '0002_sample_bytes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='ModelVersion',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('number', models.PositiveIntegerField()),
                    ('task', models.CharField(max_length=30)),
                    ('sha256', models.CharField(max_length=64)),
                    ('size_bytes', models.BigIntegerField()),
                    ('labels', models.JSONField(default=list)),
                    ('label_indexes', models.JSONField(default=list)),
                    ('signature', models.JSONField(default=dict)),
                    ('decode', models.JSONField(default=dict)),
                    ('metrics', models.JSONField(default=dict)),
                    ('parity', models.JSONField(null=True)),
                    ('parity_ok', models.BooleanField(default=False)),
                    ('lineage', models.JSONField(default=dict)),
                    ('licence', models.CharField(blank=True, default='', max_length=100)),
                    ('card', models.TextField(blank=True, default='')),
                    ('limits', models.JSONField(default=dict)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('dataset_version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='datasets.datasetversion')),
                    ('model', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='training.registeredmodel')),
                    ('run', models.OneToOneField(null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='model_version', to='training.run')),
                ],
                options={
                    'indexes': [models.Index(fields=['model', '-created_at', '-id'], name='training_modelversion_newest')],
                    'constraints': [models.UniqueConstraint(fields=('model', 'number'), name='training_modelversion_number')],
                },
            ),
            migrations.CreateModel(
                name='ModelExport',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('target', models.CharField(max_length=30)),
                    ('sha256', models.CharField(max_length=64)),
                    ('size_bytes', models.BigIntegerField()),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('model_version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exports', to='training.modelversion')),
                ],
            ),
            migrations.CreateModel(
                name='Evaluation',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('split', models.CharField(max_length=10)),
                    ('report', models.JSONField(null=True)),
                    ('count', models.PositiveIntegerField(default=0)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('dataset_version', models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='datasets.datasetversion')),
                    ('job', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.job')),
                    ('model_version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evaluations', to='training.modelversion')),
                ],
                options={
                    'indexes': [models.Index(fields=['model_version', '-created_at', '-id'], name='training_evaluation_newest')],
                },
            ),
            migrations.CreateModel(
                name='RegisteredModel',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('name', models.CharField(max_length=200)),
                    ('description', models.TextField(blank=True, default='')),
                    ('task', models.CharField(max_length=30)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='registered_models', to='core.project')),
                ],
                options={
                    'indexes': [models.Index(fields=['project', '-created_at', '-id'], name='training_model_newest')],
                    'constraints': [models.UniqueConstraint(fields=('project', 'name'), name='training_model_name')],
                },
            ),
            migrations.CreateModel(
                name='Alias',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('name', models.CharField(max_length=60)),
                    ('set_at', models.DateTimeField(auto_now=True)),
                    ('set_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='aliases', to='training.modelversion')),
                    ('model', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='training.registeredmodel')),
                ],
                options={
                    'verbose_name_plural': 'aliases',
                    'constraints': [models.UniqueConstraint(fields=('model', 'name'), name='training_alias_once')],
                },
            ),
            migrations.CreateModel(
                name='Run',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('name', models.CharField(max_length=200)),
                    ('task', models.CharField(max_length=30)),
                    ('algorithm', models.CharField(max_length=60)),
                    ('profile', models.CharField(max_length=20)),
                    ('params', models.JSONField(default=dict)),
                    ('recipe', models.JSONField(blank=True, help_text='id, name, revision and steps as they were when the run was asked for', null=True)),
                    ('seed', models.BigIntegerField(default=0)),
                    ('device', models.CharField(default='auto', max_length=20)),
                    ('directory', models.UUIDField(default=core.ids.uuid7)),
                    ('code_version', models.CharField(blank=True, default='', max_length=64)),
                    ('stage', models.CharField(blank=True, default='', max_length=20)),
                    ('heard', models.PositiveBigIntegerField(default=0, help_text="the last event of the trainer in the job's stream")),
                    ('resources', models.JSONField(default=dict)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('dataset_version', models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='runs', to='datasets.datasetversion')),
                    ('job', models.OneToOneField(on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='core.job')),
                    ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='training.run')),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='core.project')),
                ],
                options={
                    'indexes': [models.Index(fields=['project', '-created_at', '-id'], name='training_run_newest')],
                },
            ),
            migrations.CreateModel(
                name='MetricPoint',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('key', models.CharField(max_length=60)),
                    ('step', models.BigIntegerField()),
                    ('value', models.FloatField()),
                    ('at', models.DateTimeField()),
                    ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='points', to='training.run')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('run', 'key', 'step'), name='training_point_once')],
                },
            ),
            migrations.CreateModel(
                name='EvaluationSample',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('sample_id', models.UUIDField()),
                    ('truth', models.PositiveSmallIntegerField()),
                    ('predicted', models.PositiveSmallIntegerField()),
                    ('score', models.FloatField()),
                    ('scores', models.JSONField(default=list)),
                    ('evaluation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='samples', to='training.evaluation')),
                ],
                options={
                    'indexes': [models.Index(fields=['evaluation', 'truth', 'predicted', '-score', '-id'], name='training_evalsample_cell'), models.Index(fields=['evaluation', '-score', '-id'], name='training_evalsample_score')],
                    'constraints': [models.UniqueConstraint(fields=('evaluation', 'sample_id'), name='training_evalsample_once')],
                },
            ),
        ]),
    ]
