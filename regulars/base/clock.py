"""Time. Inside it is UTC, as an aware datetime or as integer microseconds since 1970; local time is a rendering."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def now() -> datetime:
    """Return this instant in UTC. Operations take ``at=`` from the edge; only edges call this."""
    return datetime.now(UTC)


def to_us(at: datetime) -> int:
    """Return ``at`` as microseconds since 1970 UTC, exactly. Naive datetimes are refused."""
    if at.tzinfo is None:
        raise ValueError(f"{at!r} has no time zone")
    return (at - EPOCH) // MICROSECOND


def from_us(us: int) -> datetime:
    """Return the UTC instant of ``us`` microseconds since 1970, exactly."""
    return EPOCH + timedelta(microseconds=us)


def zone(name: str) -> ZoneInfo:
    """Return the IANA zone ``name``; raise ValueError naming it if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not a time zone; use a name like Asia/Shanghai or Europe/Berlin") from error


def zone_names() -> list[str]:
    """Return the names of all zones a person would choose, sorted."""
    return sorted(n for n in available_timezones() if "/" in n and not n.startswith(("Etc/", "posix/", "right/"))) + [
        "UTC"
    ]


def local_midnight(day: date, in_zone: ZoneInfo) -> datetime:
    """Return the first instant of the local ``day`` as UTC, also where midnight does not exist that night."""
    return datetime.combine(day, time.min, tzinfo=in_zone).astimezone(UTC)
