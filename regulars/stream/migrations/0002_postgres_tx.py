"""On PostgreSQL each row carries the transaction that wrote it, so readers never step over an open one."""

from django.db import migrations


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in ("stream_activity", "stream_retraction"):
        schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN tx SET DEFAULT (pg_current_xact_id()::text::bigint)")
        schema_editor.execute(f"CREATE INDEX {table}_by_tx ON {table} (tx, id)")


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in ("stream_activity", "stream_retraction"):
        schema_editor.execute(f"DROP INDEX {table}_by_tx")
        schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN tx DROP DEFAULT")


class Migration(migrations.Migration):
    dependencies = [("stream", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
