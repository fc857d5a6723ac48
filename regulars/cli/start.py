"""Bringing an installation up: Django, its tables, and whether there is a shop in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# An arbitrary number that means "regulars is migrating" among PostgreSQL's advisory locks.
_MIGRATING = 5_240_711


def start_django() -> None:
    """Set Django up for this process. Raises SettingError if the environment is wrong."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    import django

    django.setup()


def pending_migrations() -> list[str]:
    """Return the names of migrations that the database has not had yet, in their order."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def ensure_tables() -> None:
    """Apply what migrations are missing. Any number of processes may call this at once: one does it."""
    from django.conf import settings
    from django.core.management import call_command

    settings.HOME.mkdir(parents=True, exist_ok=True)
    if not pending_migrations():
        return
    with _alone():
        if pending_migrations():
            call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the right to migrate: an advisory lock where many machines share a database, else a locked file."""
    from django.conf import settings
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATING])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATING])
        return
    import fcntl

    with (settings.HOME / "migrate.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def has_shop() -> bool:
    """Return whether somebody set a shop up here, without making anything."""
    from django.db import connection

    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        return False
    if "base_setting" not in connection.introspection.table_names():
        return False
    from regulars.base.models import Setting
    from regulars.staff.models import Staff

    return Setting.objects.filter(name="shop").exists() or Staff.objects.exists()
