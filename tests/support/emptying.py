"""Between tests every table is emptied, also the one that the database keeps from being emptied."""

from importlib import import_module
from typing import Any

from django.db.backends.sqlite3.operations import DatabaseOperations


def let_sqlite_be_emptied() -> None:
    """PostgreSQL truncates, which no row trigger sees; SQLite deletes, so the triggers step aside."""
    made = import_module("core.migrations.0003_audit_append_only").SQLITE
    names = [statement.split()[2] for statement in made]
    flush = DatabaseOperations.sql_flush

    def sql_flush(self: DatabaseOperations, *args: Any, **kwargs: Any) -> list[str]:
        return [*(f"DROP TRIGGER IF EXISTS {name}" for name in names), *flush(self, *args, **kwargs), *made]

    DatabaseOperations.sql_flush = sql_flush
