import uuid

import django.db.models.deletion
from django.db import migrations, models

from core.errors import NotFound
from datasets.embeddings.parts import Place, part_ids

# Of datasets.selectors.embeddings when this was written; older vectors are not looked at.
MODEL = "efficientnet-lite0/160/thumb160"


def forget_contents(apps, schema_editor):
    """On the way back: what restored versions keep of samples has no place; they cannot be taken back whole."""
    apps.get_model("datasets", "CleaningRow").objects.filter(cleaning=None).delete()


def count_vectors(apps, schema_editor):
    """Samples that have a vector are marked and counted, wherever they wait; a part that is not there is left out."""
    from core.services.blobs import blob_location

    sample_model, counters = apps.get_model("datasets", "Sample"), apps.get_model("datasets", "Counter")
    parts = apps.get_model("datasets", "EmbeddingPart").objects.filter(model=MODEL)
    for sha256 in parts.order_by("pk").values_list("sha256", flat=True):
        try:
            ids = part_ids(Place(*blob_location(sha256)))
        except (NotFound, OSError, ValueError):
            continue
        for start in range(0, len(ids), 500):
            named = [uuid.UUID(bytes=bytes(one).ljust(16, b"\0")) for one in ids[start : start + 500]]
            sample_model.objects.filter(pk__in=named).update(has_vector=True)
    marked = sample_model.objects.filter(has_vector=True).order_by().values_list("dataset_id")
    for dataset_id, count in marked.annotate(n=models.Count("pk")):
        counters.objects.create(dataset_id=dataset_id, kind="embedded", value=count)


def forget_vectors(apps, schema_editor):
    """On the way back: nothing asks for these totals."""
    apps.get_model("datasets", "Counter").objects.filter(kind="embedded").delete()


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
        migrations.AddField(
            model_name="sample",
            name="has_vector",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunPython(migrations.RunPython.noop, forget_contents),
        migrations.RunPython(count_vectors, forget_vectors),
    ]
