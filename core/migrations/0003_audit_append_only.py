"""The audit trail is append-only in the database itself.

SQLite drops the triggers when a later migration rebuilds the table; such a migration has to make them again.
"""

from django.db import migrations

MESSAGE = "the audit trail is append-only"
POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION core_audit_append_only() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '{MESSAGE}'; END
$$ LANGUAGE plpgsql;
CREATE TRIGGER core_audit_append_only BEFORE UPDATE OR DELETE ON core_auditevent
FOR EACH ROW EXECUTE FUNCTION core_audit_append_only();
"""
SQLITE = [
    f"CREATE TRIGGER core_audit_no_{verb.lower()} BEFORE {verb} ON core_auditevent "
    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    for verb in ("UPDATE", "DELETE")
]


def forbid(apps, schema_editor):
    for statement in [POSTGRESQL] if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def permit(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER core_audit_append_only ON core_auditevent")
        schema_editor.execute("DROP FUNCTION core_audit_append_only()")
        return
    for verb in ("update", "delete"):
        schema_editor.execute(f"DROP TRIGGER core_audit_no_{verb}")


class Migration(migrations.Migration):
    dependencies = [("core", "0002_audit_head")]
    operations = [migrations.RunPython(forbid, permit)]
