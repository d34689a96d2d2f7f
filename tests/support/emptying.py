"""Between tests every table is emptied, also the one that the database keeps from being emptied."""

from functools import lru_cache
from importlib import import_module
from typing import Any, Final

from django.db import connections, transaction
from django.db.backends.sqlite3.operations import DatabaseOperations
from django.test import TransactionTestCase

_KEPT: Final = frozenset({"django_migrations", "django_content_type", "auth_permission"})
_AUDIT: Final = "core_auditevent"


def let_sqlite_be_emptied() -> None:
    """SQLite deletes, which the triggers of the audit trail forbid, so they step aside."""
    made = import_module("core.migrations.0003_audit_append_only").SQLITE
    names = [statement.split()[2] for statement in made]
    flush = DatabaseOperations.sql_flush

    def sql_flush(self: DatabaseOperations, *args: Any, **kwargs: Any) -> list[str]:
        return [*(f"DROP TRIGGER IF EXISTS {name}" for name in names), *flush(self, *args, **kwargs), *made]

    DatabaseOperations.sql_flush = sql_flush


def empty_postgresql_quickly() -> None:
    """Django truncates every table and writes all permissions anew, half a second a test; few tables hold anything."""

    def teardown(self: TransactionTestCase) -> None:
        for alias in self._databases_names(include_mirrors=False):
            _empty(alias)

    TransactionTestCase._fixture_teardown = teardown


def _empty(alias: str) -> None:
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(_question(alias))
        # A truncation is seen by no row trigger; it comes first, before there are changes to be checked.
        filled = sorted((name for (name,) in cursor.fetchall()), key=lambda name: name != _AUDIT)
        for name in filled:
            cursor.execute(f'TRUNCATE "{name}"' if name == _AUDIT else f'DELETE FROM "{name}"')
        cursor.execute("INSERT INTO core_audithead (id, hash) VALUES (1, repeat('0', 64))")


@lru_cache(maxsize=4)
def _question(alias: str) -> str:
    """Which tables hold a row."""
    names = set(connections[alias].introspection.django_table_names(only_existing=True)) - _KEPT
    return " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names)
