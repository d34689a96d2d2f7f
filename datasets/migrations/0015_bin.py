from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("datasets", "0014_merges")]

    operations = [
        migrations.AddField(
            model_name="dataset",
            name="purged_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
