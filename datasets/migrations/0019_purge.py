import uuid

from django.db import migrations, models


def mark_branches(apps, schema_editor):
    """Data sets of branches that were not finished are told from deleted ones."""
    jobs = apps.get_model("core", "Job").objects.filter(kind="datasets.branch").exclude(state="succeeded")
    ids = [uuid.UUID(params["dataset"]) for params in jobs.values_list("params", flat=True)]
    unseen = apps.get_model("datasets", "Dataset").objects.filter(deleted_at__isnull=False)
    for start in range(0, len(ids), 500):
        unseen.filter(pk__in=ids[start : start + 500]).update(stage="copying")


class Migration(migrations.Migration):
    dependencies = [("core", "0004_job_deaths"), ("datasets", "0018_augment_kinds")]

    operations = [
        migrations.AddField(
            model_name="dataset",
            name="stage",
            field=models.CharField(
                blank=True,
                choices=[
                    ("copying", "a branch whose samples are still being copied"),
                    ("purging", "its samples are going for good"),
                ],
                default="",
                max_length=8,
            ),
        ),
        migrations.RunPython(mark_branches, migrations.RunPython.noop),
    ]
