"""Django application of core."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    """Projects, people, audit, jobs, files."""

    name = "core"
    verbose_name = "Core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The audit chain has a beginning even in a database that was emptied."""
        post_migrate.connect(_begin_audit, sender=self)


def _begin_audit(sender: CoreConfig, using: str, **_: Any) -> None:
    head = sender.get_model("AuditHead")
    if head._meta.db_table not in connections[using].introspection.table_names():
        return  # core is being unmigrated
    head._default_manager.using(using).get_or_create(pk=1, defaults={"hash": "0" * 64})
