"""The tables as they are, made in one step; why, and what of the older steps is not here, decision 44 says.

Databases that went through the older steps know this one as done.
"""

import core.ids
import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.migrating import CreateModels


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('labeling', '0001_initial'),
        ('labeling', '0002_consensus'),
        ('labeling', '0003_conflicts'),
        ('labeling', '0004_work'),
        ('labeling', '0005_active'),
        ('labeling', '0006_assist'),
    ]

    dependencies = [
        ('core', '0001_squashed_0005_people'),
        ('datasets', '0001_squashed_0028_attributes'),
        ('training', '0001_squashed_0004_run_recipe'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Campaign',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('name', models.CharField(max_length=200)),
                    ('task', models.CharField(max_length=40)),
                    ('selection', models.JSONField(default=dict)),
                    ('overlap', models.PositiveSmallIntegerField(default=1, help_text='Answers wanted for each sample', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)])),
                    ('consensus', models.CharField(choices=[('none', 'None'), ('majority', 'Majority'), ('weighted', 'Weighted')], default='none', max_length=10)),
                    ('quorum', models.FloatField(default=0.5, help_text='Share of the answers that must say the same, 0.5 to 1')),
                    ('min_iou', models.FloatField(default=0.5, help_text='From which overlap on two shapes are one object')),
                    ('review_rate', models.FloatField(default=0.0, help_text='Share of the items that a reviewer looks at, 0 to 1', validators=[django.core.validators.MinValueValidator(0.0), django.core.validators.MaxValueValidator(1.0)])),
                    ('gold_rate', models.FloatField(default=0.0, help_text='Share of the samples whose answer is known, 0 to 0.5; nobody who answers sees it')),
                    ('order', models.CharField(choices=[('given', 'Given'), ('random', 'Random'), ('active', 'Active')], default='given', max_length=10)),
                    ('guideline', models.TextField(blank=True, default='', help_text='Markdown')),
                    ('due', models.DateTimeField(blank=True, null=True)),
                    ('state', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed')], default='open', max_length=10)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('closed_at', models.DateTimeField(blank=True, null=True)),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('dataset', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='campaigns', to='datasets.dataset')),
                    ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='campaigns', to='core.project')),
                    ('assignees', models.ManyToManyField(related_name='campaigns', through='labeling.CampaignAssignee', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [models.Index(fields=['project', '-created_at', '-id'], name='labeling_campaign_project'), models.Index(fields=['-created_at', '-id'], name='labeling_campaign_newest')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('overlap__gte', 1), ('overlap__lte', 5)), name='labeling_campaign_overlap'), models.CheckConstraint(condition=models.Q(('min_iou__gt', 0), ('min_iou__lte', 1), ('quorum__gte', 0.5), ('quorum__lte', 1)), name='labeling_campaign_consensus'), models.CheckConstraint(condition=models.Q(('gold_rate__gte', 0), ('gold_rate__lte', 0.5)), name='labeling_campaign_gold_rate'), models.CheckConstraint(condition=models.Q(('review_rate__gte', 0), ('review_rate__lte', 1)), name='labeling_campaign_review_rate')],
                },
            ),
            migrations.CreateModel(
                name='Acceptance',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('number', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('open', 'Open'), ('accepted', 'Accepted'), ('returned', 'Returned')], default='open', max_length=10)),
                    ('seed', models.CharField(max_length=32)),
                    ('size', models.PositiveIntegerField()),
                    ('drawn', models.PositiveIntegerField()),
                    ('reason', models.CharField(blank=True, default='', max_length=2000)),
                    ('wrong', models.PositiveIntegerField(blank=True, help_text='As it was when it was decided', null=True)),
                    ('moved', models.PositiveIntegerField(blank=True, help_text='Answers the decision was written to', null=True)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('decided_at', models.DateTimeField(blank=True, null=True)),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='acceptances', to='labeling.campaign')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('campaign', 'number'), name='labeling_acceptance_number'), models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('campaign',), name='labeling_acceptance_one_open')],
                },
            ),
            migrations.CreateModel(
                name='Annotation',
                fields=[
                    ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                    ('revision', models.PositiveIntegerField(default=1)),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Submitted'), ('accepted', 'Accepted'), ('rejected', 'Rejected')], default='draft', max_length=10)),
                    ('shapes', models.JSONField(default=list, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                    ('seconds_spent', models.FloatField(default=0.0)),
                    ('digest', models.CharField(default='', help_text='SHA-256 of the last accepted save', max_length=64)),
                    ('verdict', models.CharField(blank=True, default='', max_length=10)),
                    ('reason', models.CharField(blank=True, default='', max_length=2000)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('saved_at', models.DateTimeField()),
                    ('submitted_at', models.DateTimeField(blank=True, null=True)),
                    ('author', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('sample', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='annotations', to='datasets.sample')),
                    ('campaign', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='labeling.campaign')),
                    ('item', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='annotations', to='labeling.item')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('submitted_at__isnull', False)), fields=['campaign', 'submitted_at'], name='labeling_annotation_progress'), models.Index(fields=['author', 'sample'], name='labeling_annotation_author')],
                    'constraints': [models.UniqueConstraint(fields=('item', 'author'), name='labeling_annotation_once'), models.CheckConstraint(condition=models.Q(('state__in', ('draft', 'submitted', 'accepted', 'rejected'))), name='labeling_annotation_state')],
                },
            ),
            migrations.CreateModel(
                name='CampaignBeliefs',
                fields=[
                    ('campaign', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='beliefs', serialize=False, to='labeling.campaign')),
                    ('fitted_on', models.PositiveIntegerField(help_text='Samples the fit has seen')),
                    ('prior', models.JSONField(default=dict, help_text='How frequent each class is believed to be')),
                    ('people', models.JSONField(default=dict, help_text='The confusion matrix of each person')),
                    ('fitted_at', models.DateTimeField(auto_now=True)),
                ],
            ),
            migrations.CreateModel(
                name='CampaignAssignee',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assigned', to='labeling.campaign')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('campaign', 'user'), name='labeling_assignee_once')],
                },
            ),
            migrations.CreateModel(
                name='CampaignCounter',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('shard', models.PositiveSmallIntegerField()),
                    ('new', models.IntegerField(default=0)),
                    ('submitted', models.IntegerField(default=0)),
                    ('accepted', models.IntegerField(default=0)),
                    ('rejected', models.IntegerField(default=0)),
                    ('skipped', models.IntegerField(default=0)),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='counters', to='labeling.campaign')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('campaign', 'shard'), name='labeling_counter_once')],
                },
            ),
            migrations.CreateModel(
                name='Consensus',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('state', models.CharField(choices=[('due', 'Due'), ('agreed', 'Agreed'), ('review', 'Review'), ('conflict', 'Conflict'), ('resolved', 'Resolved')], default='due', max_length=10)),
                    ('reason', models.CharField(blank=True, default='', help_text='Why it is a conflict', max_length=20)),
                    ('pattern', models.TextField(blank=True, default='', help_text='Classes and their votes, in order: what figures are counted by')),
                    ('shapes', models.JSONField(default=list, encoder=django.core.serializers.json.DjangoJSONEncoder, help_text='What is agreed so far')),
                    ('revision', models.PositiveIntegerField(default=1)),
                    ('due_at', models.DateTimeField()),
                    ('decided_at', models.DateTimeField(blank=True, null=True)),
                    ('lease_until', models.DateTimeField(blank=True, null=True)),
                    ('campaign', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='consensuses', to='labeling.campaign')),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('lease_holder', models.ForeignKey(blank=True, db_index=False, help_text='The reviewer on whose screen it is, until `lease_until`', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('sample', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='datasets.sample')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('state', 'due')), fields=['due_at', 'id'], name='labeling_consensus_due'), models.Index(condition=models.Q(('state__in', ('review', 'conflict'))), fields=['campaign', 'id'], name='labeling_consensus_waiting'), models.Index(fields=['campaign', 'id'], name='labeling_consensus_list')],
                    'constraints': [models.UniqueConstraint(fields=('campaign', 'sample'), name='labeling_consensus_once'), models.CheckConstraint(condition=models.Q(('state__in', ('due', 'agreed', 'review', 'conflict', 'resolved'))), name='labeling_consensus_state')],
                },
            ),
            migrations.CreateModel(
                name='Gold',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('shapes', models.JSONField(default=list, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='gold', to='labeling.campaign')),
                    ('sample', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='datasets.sample')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('campaign', 'sample'), name='labeling_gold_once')],
                },
            ),
            migrations.CreateModel(
                name='GoldCount',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('label', models.CharField(blank=True, default='', max_length=36)),
                    ('shared', models.PositiveIntegerField(default=0)),
                    ('missed', models.PositiveIntegerField(default=0)),
                    ('extra', models.PositiveIntegerField(default=0)),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='labeling.campaign')),
                    ('consensus', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='gold_counts', to='labeling.consensus')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('consensus', 'person', 'label'), name='labeling_gold_count_once')],
                },
            ),
            migrations.CreateModel(
                name='Item',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('slot', models.PositiveSmallIntegerField(default=0)),
                    ('shard', models.PositiveSmallIntegerField(default=0)),
                    ('priority', models.BigIntegerField(default=0)),
                    ('state', models.CharField(choices=[('new', 'New'), ('submitted', 'Submitted'), ('accepted', 'Accepted'), ('rejected', 'Rejected'), ('skipped', 'Skipped')], default='new', max_length=10)),
                    ('lease_until', models.DateTimeField(blank=True, null=True)),
                    ('skip_reason', models.CharField(blank=True, default='', max_length=500)),
                    ('done_at', models.DateTimeField(blank=True, null=True)),
                    ('assignee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('campaign', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='items', to='labeling.campaign')),
                    ('given_to', models.ForeignKey(blank=True, db_index=False, help_text='A manager gave it to this person: nobody else is handed it', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('lease_holder', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('sample', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='datasets.sample')),
                    ('submission', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='labeling.annotation')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('given_to__isnull', True), ('state', 'new')), fields=['campaign', 'priority', 'id'], name='labeling_item_queue'), models.Index(condition=models.Q(('state', 'submitted')), fields=['campaign', 'priority', 'id'], name='labeling_item_review'), models.Index(condition=models.Q(('assignee__isnull', False), ('state__in', ('new', 'rejected'))), fields=['campaign', 'assignee'], name='labeling_item_in_hand'), models.Index(condition=models.Q(('lease_until__isnull', False)), fields=['campaign', 'lease_until'], name='labeling_item_leases'), models.Index(fields=['campaign', 'id'], name='labeling_item_list'), models.Index(fields=['campaign', 'assignee', 'state'], name='labeling_item_by_person')],
                    'constraints': [models.UniqueConstraint(fields=('campaign', 'sample', 'slot'), name='labeling_item_once'), models.CheckConstraint(condition=models.Q(('state__in', ('new', 'submitted', 'accepted', 'rejected', 'skipped'))), name='labeling_item_state'), models.CheckConstraint(condition=models.Q(('lease_holder__isnull', True), ('lease_until__isnull', False), _connector='OR'), name='labeling_item_lease_has_end'), models.UniqueConstraint(condition=models.Q(('assignee__isnull', False)), fields=('campaign', 'sample', 'assignee'), name='labeling_item_one_slot_a_person')],
                },
            ),
            migrations.CreateModel(
                name='AcceptanceItem',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('revision', models.PositiveIntegerField()),
                    ('is_drawn', models.BooleanField(default=False)),
                    ('acceptance', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='labeling.acceptance')),
                    ('annotation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='labeling.annotation')),
                    ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='labeling.item')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('acceptance', 'item'), name='labeling_acceptance_item_once')],
                },
            ),
            migrations.CreateModel(
                name='PairCount',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('label', models.CharField(blank=True, default='', max_length=36)),
                    ('shared', models.PositiveIntegerField(default=0)),
                    ('left_only', models.PositiveIntegerField(default=0)),
                    ('right_only', models.PositiveIntegerField(default=0)),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='labeling.campaign')),
                    ('consensus', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='pairs', to='labeling.consensus')),
                    ('left', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('right', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('consensus', 'left', 'right', 'label'), name='labeling_pair_once')],
                },
            ),
            migrations.CreateModel(
                name='PrelabelRun',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('detector', models.CharField(blank=True, default='', max_length=40)),
                    ('title', models.CharField(help_text='The model as it was called then', max_length=250)),
                    ('mapping', models.JSONField(default=dict, help_text='Name of a class of the model -> id of a class here')),
                    ('threshold', models.FloatField(default=0.5)),
                    ('control', models.FloatField(default=0.0, help_text='Share of the samples that get none, to compare with')),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prelabel_runs', to='labeling.campaign')),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.job')),
                    ('model_version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='training.modelversion')),
                ],
                options={
                    'indexes': [models.Index(fields=['campaign', '-created_at', '-id'], name='labeling_prelabel_newest')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('control__gte', 0), ('control__lte', 0.5), ('threshold__gte', 0), ('threshold__lte', 1)), name='labeling_prelabel_shares')],
                },
            ),
            migrations.CreateModel(
                name='Prelabel',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('shapes', models.JSONField(default=list, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                    ('is_control', models.BooleanField(default=False)),
                    ('campaign', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='labeling.campaign')),
                    ('sample', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='datasets.sample')),
                    ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prelabels', to='labeling.prelabelrun')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('campaign', 'sample'), name='labeling_prelabel_once')],
                },
            ),
            migrations.CreateModel(
                name='Question',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('shape', models.UUIDField(blank=True, null=True)),
                    ('x', models.FloatField(blank=True, help_text='Pixels of the upright picture from its left edge', null=True)),
                    ('y', models.FloatField(blank=True, help_text='Pixels of the upright picture from its top edge', null=True)),
                    ('created_at', models.DateTimeField()),
                    ('resolved_at', models.DateTimeField(blank=True, null=True)),
                    ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('campaign', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='labeling.campaign')),
                    ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='labeling.item')),
                    ('resolved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [models.Index(fields=['campaign', 'id'], name='labeling_question_list'), models.Index(condition=models.Q(('resolved_at__isnull', True)), fields=['campaign', 'id'], name='labeling_question_open')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('x__isnull', True), ('y__isnull', True)), models.Q(('x__isnull', False), ('y__isnull', False)), _connector='OR'), name='labeling_question_point')],
                },
            ),
            migrations.CreateModel(
                name='Comment',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('text', models.CharField(max_length=2000)),
                    ('created_at', models.DateTimeField()),
                    ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='labeling.question')),
                ],
            ),
            migrations.CreateModel(
                name='Review',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('verdict', models.CharField(choices=[('accept', 'Accept'), ('reject', 'Reject'), ('fix', 'Fix')], max_length=10)),
                    ('reason', models.CharField(blank=True, default='', max_length=2000)),
                    ('revision', models.PositiveIntegerField()),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('annotation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='labeling.annotation')),
                    ('reviewer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('annotation', 'revision'), name='labeling_review_once')],
                },
            ),
            migrations.CreateModel(
                name='AnnotationEvent',
                fields=[
                    ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('revision', models.PositiveIntegerField()),
                    ('action', models.CharField(choices=[('drafted', 'Drafted'), ('submitted', 'Submitted'), ('taken_back', 'Taken Back'), ('accepted', 'Accepted'), ('rejected', 'Rejected'), ('fixed', 'Fixed')], max_length=12)),
                    ('shapes', models.JSONField(default=list, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                    ('reason', models.CharField(blank=True, default='', max_length=2000)),
                    ('at', models.DateTimeField()),
                    ('actor', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('annotation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='labeling.annotation')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('annotation', 'revision'), name='labeling_event_once')],
                },
            ),
            migrations.CreateModel(
                name='ActiveRound',
                fields=[
                    ('id', models.BigAutoField(primary_key=True, serialize=False)),
                    ('number', models.PositiveIntegerField()),
                    ('made_at', models.DateTimeField()),
                    ('answered', models.PositiveIntegerField(help_text='Items of the campaign that were answered when it was made')),
                    ('labeled', models.PositiveIntegerField(help_text='Labels it was made from')),
                    ('accuracy', models.FloatField(blank=True, help_text='Share of these told right unseen', null=True)),
                    ('wrong', models.FloatField(blank=True, help_text='Expected share of errors among those asked', null=True)),
                    ('wrong_by_chance', models.FloatField(blank=True, help_text='The same among all that are open', null=True)),
                    ('asked', models.JSONField(default=list)),
                    ('drawn', models.JSONField(default=dict)),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='active_rounds', to='labeling.campaign')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('campaign', 'number'), name='labeling_round_once')],
                },
            ),
        ]),
    ]
