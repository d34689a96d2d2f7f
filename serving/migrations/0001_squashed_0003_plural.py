"""The tables as they are, made in one step; why, and what of the older steps is not here, decision 44 says.

Databases that went through the older steps know this one as done.
"""

import core.ids
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.migrating import CreateModels


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('serving', '0001_initial'),
        ('serving', '0002_names_of_deleted_projects'),
        ('serving', '0003_plural'),
    ]

    dependencies = [
        ('core', '0001_squashed_0005_people'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='JournalSegment',
                fields=[
                    ('name', models.CharField(max_length=120, primary_key=True, serialize=False)),
                    ('offset', models.BigIntegerField(default=0)),
                ],
            ),
            migrations.CreateModel(
                name='Endpoint',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('name', models.CharField(max_length=63, validators=[django.core.validators.RegexValidator('^[a-z0-9-]{1,63}$')])),
                    ('state', models.CharField(choices=[('live', 'Live'), ('stopped', 'Stopped')], default='live', max_length=10)),
                    ('revision', models.PositiveIntegerField(default=1)),
                    ('routes', models.JSONField(default=list, help_text='[{model_version, weight}]')),
                    ('shadow', models.JSONField(blank=True, help_text='{model_version, percent}', null=True)),
                    ('replicas', models.PositiveSmallIntegerField(default=1)),
                    ('batching', models.JSONField(default=dict)),
                    ('limits', models.JSONField(default=dict)),
                    ('journal', models.JSONField(default=dict)),
                    ('thresholds', models.JSONField(default=dict)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                    ('deleted_at', models.DateTimeField(blank=True, null=True)),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='endpoints', to='core.project')),
                ],
                options={
                    'indexes': [models.Index(fields=['project', '-created_at', '-id'], name='serving_endpoint_newest')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('deleted_at__isnull', True)), fields=('name',), name='serving_endpoint_name')],
                },
            ),
            migrations.CreateModel(
                name='EndpointKey',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('name', models.CharField(blank=True, default='', max_length=100)),
                    ('prefix', models.CharField(max_length=11)),
                    ('digest', models.CharField(max_length=64, unique=True)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('expires_at', models.DateTimeField(blank=True, null=True)),
                    ('revoked_at', models.DateTimeField(blank=True, null=True)),
                    ('last_used_at', models.DateTimeField(blank=True, null=True)),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='keys', to='serving.endpoint')),
                ],
            ),
            migrations.CreateModel(
                name='EndpointRevision',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('number', models.PositiveIntegerField()),
                    ('config', models.JSONField()),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='serving.endpoint')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('endpoint', 'number'), name='serving_revision_once')],
                },
            ),
            migrations.CreateModel(
                name='Feedback',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('request_id', models.CharField(db_index=True, max_length=128)),
                    ('label', models.CharField(max_length=200)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='feedback', to='serving.endpoint')),
                ],
                options={
                    'indexes': [models.Index(fields=['endpoint', '-created_at'], name='serving_feedback_newest')],
                },
            ),
            migrations.CreateModel(
                name='JournalEntry',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('request_id', models.CharField(db_index=True, max_length=128)),
                    ('model_version', models.UUIDField()),
                    ('key', models.CharField(blank=True, default='', max_length=40)),
                    ('kind', models.CharField(max_length=10)),
                    ('at', models.DateTimeField()),
                    ('latency_ms', models.FloatField()),
                    ('label', models.CharField(blank=True, default='', max_length=200)),
                    ('score', models.FloatField(blank=True, null=True)),
                    ('answer', models.JSONField()),
                    ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='serving.endpoint')),
                ],
                options={
                    'verbose_name_plural': 'journal entries',
                    'indexes': [models.Index(fields=['endpoint', '-at', '-id'], name='serving_journal_newest')],
                },
            ),
            migrations.CreateModel(
                name='JournalInput',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('position', models.PositiveSmallIntegerField()),
                    ('sha256', models.CharField(db_index=True, max_length=64)),
                    ('media_type', models.CharField(max_length=100)),
                    ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='inputs', to='serving.journalentry')),
                ],
            ),
        ]),
    ]
