from django.db import migrations
from django.db.models import Exists, F, OuterRef


def names_free(apps, schema_editor):
    """End the endpoints of deleted projects at the time their project ended."""
    endpoints = apps.get_model("serving", "Endpoint").objects
    projects = apps.get_model("core", "Project").objects
    for pk, deleted_at in projects.filter(deleted_at__isnull=False).values_list("pk", "deleted_at"):
        endpoints.filter(project_id=pk, deleted_at__isnull=True).update(deleted_at=deleted_at)


def names_take(apps, schema_editor):
    """Undo it, but for the names that somebody uses again or that ended twice."""
    model = apps.get_model("serving", "Endpoint")
    same_name = model.objects.filter(name=OuterRef("name"), deleted_at__isnull=True)
    ended = model.objects.filter(project__deleted_at__isnull=False, deleted_at=F("project__deleted_at"))
    for pk in ended.order_by("-id").values_list("pk", flat=True):
        model.objects.filter(~Exists(same_name), pk=pk).update(deleted_at=None)


class Migration(migrations.Migration):

    dependencies = [("core", "0004_job_deaths"), ("serving", "0001_initial")]

    operations = [migrations.RunPython(names_free, names_take)]
