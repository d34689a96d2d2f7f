from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("datasets", "0030_class_moves")]

    operations = [
        migrations.AddField(
            model_name="table",
            name="checked_revision",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
    ]
