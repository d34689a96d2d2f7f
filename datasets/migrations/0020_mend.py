import django.db.models.deletion
from django.db import migrations, models


def forget_contents(apps, schema_editor):
    """On the way back: what restored versions keep of samples has no place; they cannot be taken back whole."""
    apps.get_model("datasets", "CleaningRow").objects.filter(cleaning=None).delete()


class Migration(migrations.Migration):
    dependencies = [("datasets", "0019_purge")]

    operations = [
        migrations.AddField(
            model_name="cleaningrow",
            name="edit",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="contents",
                to="datasets.bulkedit",
            ),
        ),
        migrations.AlterField(
            model_name="cleaningrow",
            name="cleaning",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rows",
                to="datasets.cleaning",
            ),
        ),
        migrations.AddConstraint(
            model_name="cleaningrow",
            constraint=models.UniqueConstraint(fields=("edit", "sample"), name="datasets_restored_once"),
        ),
        migrations.AddConstraint(
            model_name="cleaningrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cleaning__isnull", False), ("edit__isnull", True)),
                    models.Q(("cleaning__isnull", True), ("edit__isnull", False)),
                    _connector="OR",
                ),
                name="datasets_cleaned_by_one",
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, forget_contents),
    ]
