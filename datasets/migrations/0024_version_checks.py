from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("datasets", "0023_onward")]

    operations = [
        migrations.AddField(
            model_name="datasetversion",
            name="checks",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
