"""The findings of ``regulars doctor``."""

from __future__ import annotations

import json
import os
import platform
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection

from regulars import __version__
from regulars.base import secrets
from regulars.base.clock import from_us, now
from regulars.base.models import Job
from regulars.cli.start import has_shop, pending_migrations
from regulars.people.models import Identifier
from regulars.stream.models import Activity

if TYPE_CHECKING:
    from regulars.messages.models import Sender

LOW_DISK = 2 * 2**30
LATE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``state``: ok, warn (works, look into it) or bad (something is broken)."""

    about: str
    state: str
    text: str


def examine() -> list[Finding]:
    """Look at everything; a check that itself fails is a bad finding, not the end."""
    findings: list[Finding] = []
    for about, check in CHECKS:
        try:
            findings += [Finding(about, state, text) for state, text in check()]
        except Exception as error:
            findings.append(Finding(about, "bad", " ".join(f"{type(error).__name__}: {error}".split())))
        if about == "shop" and findings[-1].state != "ok":
            break  # the rest looks into tables that are not there
    return findings


Answers = Iterator[tuple[str, str]]


def _versions() -> Answers:
    import django

    yield "ok", f"Regulars {__version__}, Python {platform.python_version()}, Django {django.get_version()}"


def _home() -> Answers:
    home = settings.HOME
    if not home.exists():
        yield "warn", f"{home} is not there yet; `regulars init` makes it"
        return
    if not os.access(home, os.W_OK):
        yield "bad", f"{home} cannot be written to"
        return
    # Others on this machine could read the customers' keys.
    loose = [p.name for p in (home / "keys.json", home / "setup-code") if p.exists() and p.stat().st_mode & 0o077]
    if loose:
        yield "warn", f"{', '.join(loose)} in {home} can be read by others: chmod 600"
    else:
        yield "ok", str(home)


def _disk() -> Answers:
    folder = next(p for p in (settings.HOME, *settings.HOME.parents) if p.exists())
    free = shutil.disk_usage(folder).free
    yield "warn" if free < LOW_DISK else "ok", f"{free / 2**30:,.1f} GiB free"


def _database() -> Answers:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int, extract(epoch FROM clock_timestamp())")
            version, at = cursor.fetchone()
        if version < 150_000:
            yield "bad", f"PostgreSQL {version // 10_000} is too old; 15 or newer is needed"
        drift = abs(float(at) - time.time())
        if drift > 5:
            yield "warn", f"the clocks of this machine and of the database differ by {drift:.0f} s"
        yield "ok", f"PostgreSQL {version // 10_000}"
        return
    path = Path(connection.settings_dict["NAME"])
    if not path.exists():
        yield "warn", "no database yet"
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        said = cursor.fetchone()[0]
        cursor.execute("PRAGMA journal_mode")
        mode = cursor.fetchone()[0]
    if said != "ok":
        yield "bad", f"{path} is damaged ({said}); restore it from a backup"
    elif mode != "wal":
        yield "warn", f"journal mode is {mode}, not WAL: is {path.parent} on a network drive?"
    else:
        yield "ok", f"SQLite {sqlite3.sqlite_version}, {path.stat().st_size / 2**20:,.0f} MiB, sound"


def _shop() -> Answers:
    if has_shop():
        yield "ok", "set up"
    else:
        yield "warn", "not set up; `regulars init` or the first visit does that"


def _migrations() -> Answers:
    waiting = pending_migrations()
    if waiting:
        yield "warn", f"{len(waiting)} waiting ({waiting[0]} …); `regulars serve` applies them"
    else:
        yield "ok", "all applied"


def _keys() -> Answers:
    last = Identifier.objects.select_related("customer").order_by("-pk").first()
    if last is None:
        yield "ok", "no contact data yet"
        return
    try:
        secrets.unseal(secrets.unwrap(bytes(last.customer.wrapped_key)), bytes(last.sealed))
    except secrets.Unreadable:
        yield "bad", "contact data cannot be opened: the installation key is not the one it was written with"
    else:
        yield "ok", "contact data opens"


def _lake() -> Answers:
    manifest = settings.HOME / "lake" / "manifest.json"
    recorded = Activity.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    if not manifest.exists():
        yield "warn" if recorded else "ok", "not written yet; `regulars serve` writes it, or `regulars lake rebuild`"
        return
    stored = json.loads(manifest.read_text(encoding="utf-8"))
    missing = [f["path"] for f in stored["files"] if not (manifest.parent / f["path"]).exists()]
    if missing:
        yield "bad", f"{len(missing)} files are missing ({missing[0]} …); `regulars lake rebuild` makes them anew"
        return
    behind = Activity.objects.filter(tx__gte=stored["cursor"]["tx"], pk__gt=stored["cursor"]["id"]).count()
    age = now() - from_us(stored["as_of_us"])
    state = "warn" if behind and age > LATE else "ok"
    rows = sum(f["rows"] for f in stored["files"])
    yield state, f"{rows:,} rows in {len(stored['files'])} files, {behind:,} activities behind"


def _jobs() -> Answers:
    dead = Job.objects.filter(state="dead")
    if count := dead.count():
        kinds = ", ".join(sorted(set(dead.values_list("kind", flat=True))))
        yield "bad", f"{count} gave up ({kinds}); the error is in the job's row"
    late = Job.objects.filter(state="ready", run_at__lt=now() - LATE).count()
    if late:
        yield "warn", f"{late} wait for more than {LATE.seconds // 60} minutes: is `regulars serve` running?"
    if not count and not late:
        yield "ok", "nothing gave up, nothing is late"


def _clock() -> Answers:
    last = Activity.objects.order_by("-pk").values_list("recorded_at", flat=True).first()
    if datetime.now(UTC).year < 2025 or (last and last > now() + timedelta(minutes=1)):
        yield "bad", "this machine's clock is behind what was recorded here before; set it right first"
    else:
        yield "ok", f"{now():%Y-%m-%d %H:%M} UTC"


def _speaking() -> Answers:
    from regulars.messages.identity import identity
    from regulars.messages.models import Halt, Sender

    senders = list(Sender.objects.filter(retired_at=None).order_by("pk"))
    if not senders:
        yield "ok", "no way to write to customers yet; Settings, Speaking adds one"
        return
    if missing := identity().missing:
        yield "warn", f"nothing that sells leaves before the shop says its {', '.join(missing)} (Settings, Speaking)"
    halted = dict(Halt.objects.filter(sender__isnull=False, lifted_at=None).values_list("sender_id", "reason"))
    for sender in senders:
        if reason := halted.get(sender.pk):
            yield "warn", f"{sender.name} stopped itself ({reason})"
        yield from _way(sender)


def _way(sender: Sender) -> Answers:
    from django.utils import translation

    from regulars.channels.contract import ADAPTERS
    from regulars.channels.email import doctor
    from regulars.messages.operations import settings_of

    adapter, given = ADAPTERS[sender.channel, sender.adapter], settings_of(sender)
    with translation.override("en"):
        found = [(f, "bad") for f in adapter.check(given)]
        if (sender.channel, sender.adapter) == ("email", "smtp"):
            try:
                found += [(f, "warn") for f in doctor.findings(given, doctor.SystemResolver())]
            except doctor.LookupFailed as error:
                yield "warn", f"{sender.name}: SPF, DKIM and DMARC were not looked up: {error}"
        for finding, worst in found:
            remedy = f" {finding.remedy}" if finding.remedy and not finding.is_ok else ""
            yield "ok" if finding.is_ok else worst, f"{sender.name}: {finding.says}{remedy}"


CHECKS: tuple[tuple[str, Callable[[], Answers]], ...] = (
    ("versions", _versions),
    ("home", _home),
    ("disk", _disk),
    ("database", _database),
    ("shop", _shop),
    ("migrations", _migrations),
    ("keys", _keys),
    ("lake", _lake),
    ("background work", _jobs),
    ("clock", _clock),
    ("speaking", _speaking),
)
