from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("datasets", "0027_vectors")]

    operations = [
        migrations.AddField(
            model_name="labelclass",
            name="attributes",
            field=models.JSONField(
                blank=True, default=list, help_text="what is asked of its objects, see datasets.attributes"
            ),
        ),
    ]
