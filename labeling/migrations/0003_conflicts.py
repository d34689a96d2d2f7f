import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
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
    ]
