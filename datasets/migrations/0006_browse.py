from typing import Any

from django.db import migrations

_INDEX = "datasets_sample_name_trigrams"


def _add(apps: Any, editor: Any) -> None:
    """A text in a name by an index, where the server has the extension and lets us use it."""
    if editor.connection.vendor != "postgresql":
        return
    with editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm'), "
            "EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') "
            "AND has_database_privilege(current_database(), 'CREATE')"
        )
        is_there, may_come = cursor.fetchone()
        if not is_there and not may_come:
            return
        if not is_there:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute(
            f"CREATE INDEX IF NOT EXISTS {_INDEX} ON datasets_sample USING gin (name gin_trgm_ops)"
        )


def _take_away(apps: Any, editor: Any) -> None:
    """The extension stays: somebody else may use it."""
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP INDEX IF EXISTS {_INDEX}")


class Migration(migrations.Migration):
    dependencies = [("datasets", "0005_augmented")]

    operations = [migrations.RunPython(_add, _take_away)]
