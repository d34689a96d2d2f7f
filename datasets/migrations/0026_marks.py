import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_CLASS = {"null": True, "on_delete": django.db.models.deletion.CASCADE, "related_name": "+"}


def forgotten(apps, schema_editor):
    """On the way back: several rows of one sample do not fit the older form. The next analysis finds them again."""
    apps.get_model("datasets", "LabelSuspicion").objects.all().delete()


class Migration(migrations.Migration):
    # PostgreSQL alters no table of which rows were deleted in the same transaction.
    atomic = False

    dependencies = [
        ("datasets", "0025_references"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="dataset",
            name="deleted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="labelsuspicion",
            name="settled",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="labelsuspicion",
            name="shape",
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="labelsuspicion",
            name="given",
            field=models.ForeignKey(to="datasets.labelclass", **_CLASS),
        ),
        migrations.AlterField(
            model_name="labelsuspicion",
            name="sample",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="datasets.sample"
            ),
        ),
        migrations.AlterField(
            model_name="labelsuspicion",
            name="suggested",
            field=models.ForeignKey(to="datasets.labelclass", **_CLASS),
        ),
        migrations.RunPython(migrations.RunPython.noop, forgotten),
    ]
