from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("datasets", "0016_syncs")]

    operations = [
        migrations.AddField(
            model_name=name,
            name="undo_ended_at",
            field=models.DateTimeField(blank=True, null=True),
        )
        for name in ("bulkedit", "cleaning")
    ]
