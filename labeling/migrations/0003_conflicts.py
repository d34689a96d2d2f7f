import django.db.models.deletion
import django.core.serializers.json
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('datasets', '0019_purge'),
        ('labeling', '0002_consensus'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='consensus',
            name='lease_holder',
            field=models.ForeignKey(blank=True, db_index=False, help_text='The reviewer on whose screen it is, until `lease_until`', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='consensus',
            name='lease_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='campaign',
            name='gold_rate',
            field=models.FloatField(default=0.0, help_text='Share of the samples whose answer is known, 0 to 0.5; nobody who answers sees it'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('gold_rate__gte', 0), ('gold_rate__lte', 0.5)), name='labeling_campaign_gold_rate'),
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
    ]
