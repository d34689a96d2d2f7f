from django.db import migrations, models
from django.db.models import Q

BATCH = 500


def move_origins(apps, schema_editor):
    """What files said of who labeled a text lay beside the text; it belongs to what was said of it then."""
    samples = apps.get_model("datasets", "Sample").objects
    history = apps.get_model("datasets", "AnnotationHistory").objects
    last = None
    while True:
        rows = samples.filter(dataset__modality="text", payload__has_key="origin")
        rows = rows if last is None else rows.filter(pk__gt=last)
        chunk = list(rows.select_related("import_batch").order_by("pk")[:BATCH])
        if not chunk:
            return
        for sample in chunk:
            old = sample.payload.pop("origin") or {}
            tool = sample.import_batch.format if sample.import_batch else ""
            # An approver is all that doccano named.
            name = "reviewer" if tool == "doccano" else "annotator"
            said = {
                name: old.get("annotator", ""),
                "at": old.get("annotated_at", ""),
                "state": "reviewed" if old.get("is_reviewed") else "labeled",
                "tool": tool,
            }
            first = history.filter(sample=sample, source="import").order_by("revision").values("pk")[:1]
            history.filter(pk__in=list(first.values_list("pk", flat=True))).update(
                origin={key: value for key, value in said.items() if value}
            )
        samples.bulk_update(chunk, ["payload"])
        last = chunk[-1].pk


class Migration(migrations.Migration):
    dependencies = [("datasets", "0020_kept_contents")]

    operations = [
        migrations.AddField(
            model_name="annotationhistory",
            name="origin",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.RunPython(move_origins, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="annotationhistory",
            index=models.Index(
                condition=Q(origin__isnull=False),
                fields=["sample", "revision"],
                name="datasets_history_origin",
            ),
        ),
    ]
