"""The tables as they are, made in one step; why, and what of the older steps is not here, decision 44 says.

Databases that went through the older steps know this one as done.
"""

from importlib import import_module

import core.ids
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from core.migrating import CreateModels


_head = import_module("core.migrations.0002_audit_head")
_append_only = import_module("core.migrations.0003_audit_append_only")


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('core', '0001_initial'),
        ('core', '0002_audit_head'),
        ('core', '0003_audit_append_only'),
        ('core', '0004_job_deaths'),
        ('core', '0005_people'),
    ]

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='User',
                fields=[
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                    ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                    ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                    ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                    ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                    ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                    ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('display_name', models.CharField(blank=True, default='', max_length=150)),
                    ('language', models.CharField(choices=[('en', 'English'), ('zh-Hans', '简体中文')], default='en', max_length=10)),
                    ('theme', models.CharField(choices=[('system', 'System'), ('light', 'Light'), ('dark', 'Dark')], default='system', max_length=10)),
                    ('preferences', models.JSONField(blank=True, default=dict)),
                    ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                    ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ],
                options={
                    'verbose_name': 'user',
                    'verbose_name_plural': 'users',
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='ApiToken',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('name', models.CharField(max_length=100)),
                    ('prefix', models.CharField(max_length=16)),
                    ('secret_sha256', models.CharField(max_length=64, unique=True)),
                    ('scopes', models.JSONField(blank=True, default=list)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('expires_at', models.DateTimeField(blank=True, null=True)),
                    ('last_used_at', models.DateTimeField(blank=True, null=True)),
                    ('revoked_at', models.DateTimeField(blank=True, null=True)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_tokens', to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name='AuditEvent',
                fields=[
                    ('seq', models.BigAutoField(primary_key=True, serialize=False)),
                    ('at', models.DateTimeField()),
                    ('actor_id', models.UUIDField(null=True)),
                    ('actor_name', models.CharField(blank=True, default='', max_length=150)),
                    ('token_prefix', models.CharField(blank=True, default='', max_length=16)),
                    ('address', models.CharField(blank=True, default='', max_length=45)),
                    ('operation', models.CharField(max_length=100)),
                    ('project_id', models.UUIDField(null=True)),
                    ('object_type', models.CharField(blank=True, default='', max_length=50)),
                    ('object_id', models.CharField(blank=True, default='', max_length=64)),
                    ('outcome', models.CharField(default='done', max_length=20)),
                    ('params', models.JSONField(default=dict)),
                    ('request_id', models.CharField(blank=True, default='', max_length=64)),
                    ('previous_hash', models.CharField(max_length=64)),
                    ('hash', models.CharField(max_length=64, unique=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['project_id', '-seq'], name='core_audit_project')],
                },
            ),
            migrations.CreateModel(
                name='AuditHead',
                fields=[
                    ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                    ('hash', models.CharField(max_length=64)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='core_audithead_single')],
                },
            ),
            migrations.CreateModel(
                name='Blob',
                fields=[
                    ('sha256', models.CharField(max_length=64, primary_key=True, serialize=False)),
                    ('size_bytes', models.BigIntegerField()),
                    ('media_type', models.CharField(max_length=100)),
                    ('container', models.CharField(max_length=80)),
                    ('offset', models.BigIntegerField(default=0)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['container'], name='core_blob_container')],
                },
            ),
            migrations.CreateModel(
                name='Project',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('name', models.CharField(max_length=200)),
                    ('description', models.TextField(blank=True, default='')),
                    ('template', models.CharField(blank=True, default='', max_length=50)),
                    ('is_demo', models.BooleanField(default=False)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('deleted_at', models.DateTimeField(blank=True, null=True)),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'permissions': (('access_project', 'Belongs to the project'), ('label_project', 'Labels what is given to them'), ('review_project', 'Reviews labels'), ('curate_project', 'Manages data and campaigns'), ('train_project', 'Trains and registers models'), ('deploy_project', 'Deploys models'), ('manage_project', 'Manages members and settings')),
                    'default_permissions': ('view',),
                    'indexes': [models.Index(fields=['-created_at', '-id'], name='core_project_newest')],
                },
            ),
            migrations.CreateModel(
                name='OutboxEvent',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('topic', models.CharField(max_length=80)),
                    ('payload', models.JSONField(default=dict)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('due_at', models.DateTimeField()),
                    ('attempts', models.PositiveSmallIntegerField(default=0)),
                    ('delivered_at', models.DateTimeField(blank=True, null=True)),
                    ('dead_at', models.DateTimeField(blank=True, null=True)),
                    ('last_error', models.CharField(blank=True, default='', max_length=200)),
                    ('project', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.project')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('dead_at__isnull', True), ('delivered_at__isnull', True)), fields=['due_at'], name='core_outbox_due')],
                },
            ),
            migrations.CreateModel(
                name='Membership',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('role', models.CharField(choices=[('manager', 'manager'), ('modeler', 'modeler'), ('reviewer', 'reviewer'), ('annotator', 'annotator'), ('viewer', 'viewer')], max_length=20)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='core.project')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('project', 'user'), name='core_membership_once')],
                },
            ),
            migrations.CreateModel(
                name='Job',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('kind', models.CharField(max_length=60)),
                    ('queue', models.CharField(max_length=20)),
                    ('params', models.JSONField(default=dict)),
                    ('state', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('succeeded', 'Succeeded'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='queued', max_length=10)),
                    ('attempt', models.PositiveSmallIntegerField(default=0)),
                    ('deaths', models.PositiveSmallIntegerField(default=0, help_text='workers lost since the job last got anywhere')),
                    ('lease_until', models.DateTimeField(blank=True, null=True)),
                    ('worker', models.CharField(blank=True, default='', max_length=100)),
                    ('rung_at', models.DateTimeField(blank=True, null=True)),
                    ('cancel_requested_at', models.DateTimeField(blank=True, null=True)),
                    ('progress_done', models.BigIntegerField(default=0)),
                    ('progress_total', models.BigIntegerField(default=0)),
                    ('progress_unit', models.CharField(blank=True, default='', max_length=20)),
                    ('progress_eta_s', models.FloatField(blank=True, null=True)),
                    ('error_code', models.CharField(blank=True, default='', max_length=60)),
                    ('error_detail', models.TextField(blank=True, default='')),
                    ('result', models.JSONField(blank=True, null=True)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('started_at', models.DateTimeField(blank=True, null=True)),
                    ('finished_at', models.DateTimeField(blank=True, null=True)),
                    ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('project', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='jobs', to='core.project')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('finished_at__isnull', True)), fields=['state', 'lease_until'], name='core_job_open'), models.Index(fields=['project', '-created_at', '-id'], name='core_job_project'), models.Index(fields=['-created_at', '-id'], name='core_job_newest')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ('queued', 'running', 'succeeded', 'failed', 'cancelled'))), name='core_job_state'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('state__in', ('queued', 'running'))), models.Q(('finished_at__isnull', False), ('state__in', ('succeeded', 'failed', 'cancelled'))), _connector='OR'), name='core_job_ended_has_time')],
                },
            ),
            migrations.CreateModel(
                name='Invitation',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('username', models.CharField(max_length=150)),
                    ('display_name', models.CharField(blank=True, default='', max_length=150)),
                    ('role', models.CharField(choices=[('manager', 'manager'), ('modeler', 'modeler'), ('reviewer', 'reviewer'), ('annotator', 'annotator'), ('viewer', 'viewer')], max_length=20)),
                    ('token_sha256', models.CharField(max_length=64, unique=True)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('expires_at', models.DateTimeField()),
                    ('accepted_at', models.DateTimeField(blank=True, null=True)),
                    ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='core.project')),
                ],
            ),
            migrations.CreateModel(
                name='ProjectGroupPermission',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='core.project')),
                    ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.group')),
                    ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
                ],
                options={
                    'abstract': False,
                    'unique_together': {('group', 'permission', 'content_object')},
                },
            ),
            migrations.CreateModel(
                name='ProjectUserPermission',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='core.project')),
                    ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'abstract': False,
                    'unique_together': {('user', 'permission', 'content_object')},
                },
            ),
            migrations.CreateModel(
                name='Upload',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('length', models.BigIntegerField()),
                    ('offset', models.BigIntegerField(default=0)),
                    ('filename', models.CharField(blank=True, default='', max_length=255)),
                    ('media_type', models.CharField(blank=True, default='', max_length=100)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('expires_at', models.DateTimeField()),
                    ('finished_at', models.DateTimeField(blank=True, null=True)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name='IdempotencyRecord',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('key', models.CharField(max_length=200)),
                    ('request_sha256', models.CharField(max_length=64)),
                    ('status', models.PositiveSmallIntegerField(null=True)),
                    ('headers', models.JSONField(default=dict)),
                    ('body', models.BinaryField(null=True)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='core_idempotency_once')],
                },
            ),
            migrations.CreateModel(
                name='JobEvent',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('attempt', models.PositiveSmallIntegerField()),
                    ('seq', models.BigIntegerField()),
                    ('type', models.CharField(max_length=20)),
                    ('payload', models.JSONField(default=dict)),
                    ('at', models.DateTimeField()),
                    ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='core.job')),
                ],
                options={
                    'indexes': [models.Index(fields=['job', 'id'], name='core_jobevent_stream')],
                    'constraints': [models.UniqueConstraint(fields=('job', 'attempt', 'seq'), name='core_jobevent_once')],
                },
            ),
        ]),
        migrations.RunPython(_head.begin, migrations.RunPython.noop),
        migrations.RunPython(_append_only.forbid, _append_only.permit),
    ]
