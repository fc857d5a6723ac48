"""The filters and tags of every page; built in, nothing to load."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Literal

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from regulars.base.clock import now
from regulars.base.money import SYMBOLS, digits, to_major
from regulars.ui.charts import Chart, spark_points

register = template.Library()
NOTHING = "–"
# What a template hands over for nothing: None, and "" for a name it does not know.
Missing = Literal[""] | None


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


@register.filter
def money(minor: int | Missing, currency: str) -> str:
    """Return minor units as an amount for reading: ¥1,234.50."""
    if minor is None or minor == "":
        return NOTHING
    text = number_format(abs(to_major(int(minor), currency)), digits(currency), force_grouping=True)
    sign = "−" if int(minor) < 0 else ""
    return f"{sign}{SYMBOLS[currency]}{text}" if currency in SYMBOLS else f"{sign}{text} {currency}"


@register.filter
def number(value: float | Missing, places: int = 0) -> str:
    """Return a number with its digits grouped."""
    if value is None or value == "":
        return NOTHING
    return number_format(round(value, places), places, force_grouping=True).replace("-", "−")


@register.filter
def percent(share: float | Missing, places: int = 0) -> str:
    """Return a share (0.25) in percent."""
    return NOTHING if share is None or share == "" else f"{number(share * 100, places)}%"


@register.filter
def abs_percent(change: float) -> str:
    """Return the size of a change in percent; its sign is said by an arrow and a word."""
    return percent(abs(change), 1 if abs(change) < 0.1 else 0)


def _time(at: datetime, text: str) -> SafeString:
    """Return ``text`` as the time ``at``; pointing at it shows the instant in UTC."""
    at = at.astimezone(UTC)
    exact = f"{at:%Y-%m-%d %H:%M:%S} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), exact, text)


@register.filter
def day(at: datetime | date | Missing) -> str:
    """Return the local day of an instant, or a date."""
    form = "Y年n月j日" if _is_chinese() else "j M Y"
    if at is None or at == "":
        return NOTHING
    if isinstance(at, datetime):
        return _time(at, date_format(timezone.localtime(at), form))
    return date_format(at, form)


@register.filter
def moment(at: datetime | Missing) -> str:
    """Return an instant's local day and time."""
    if at is None or at == "":
        return NOTHING
    return _time(at, date_format(timezone.localtime(at), "Y年n月j日 H:i" if _is_chinese() else "j M Y, H:i"))


@register.filter
def clock(at: datetime | Missing) -> str:
    """Return an instant's local time of day, to the second: where many follow on another."""
    if at is None or at == "":
        return NOTHING
    return _time(at, date_format(timezone.localtime(at), "H:i:s"))


@register.filter
def duration(seconds: float | Missing) -> str:
    """Return a length of time in words, to two units."""
    if seconds is None or seconds == "":
        return NOTHING
    whole = round(float(seconds))
    if whole < 60:
        return _("%(n)s s") % {"n": whole}
    if whole < 3600:
        return _("%(minutes)s min %(seconds)s s") % {"minutes": whole // 60, "seconds": whole % 60}
    return _("%(hours)s h %(minutes)s min") % {"hours": whole // 3600, "minutes": whole % 3600 // 60}


@register.filter
def ago(at: datetime | Missing) -> str:
    """Return how long ago an instant was, in words."""
    if at is None or at == "":
        return NOTHING
    minutes = int((now() - at).total_seconds() // 60)
    if minutes < -1:
        return moment(at)  # a clock that is ahead, or a plan: the words below would lie
    if minutes < 1:
        return _time(at, _("just now"))
    if minutes < 60:
        text = ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": minutes}
    elif minutes < 24 * 60:
        hours = minutes // 60
        text = ngettext("%(n)s hour ago", "%(n)s hours ago", hours) % {"n": hours}
    elif minutes < 60 * 24 * 60:
        days = minutes // (24 * 60)
        text = ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}
    else:
        return day(at)
    return _time(at, text)


@cache
def _version(path: str) -> str:
    found = finders.find(path)
    if not found:
        raise template.TemplateSyntaxError(f"there is no static file {path}")
    with open(str(found), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()[:12]


@register.simple_tag
def asset(path: str) -> str:
    """Return the address of a static file with a mark of its content, so that browsers keep it for ever."""
    return f"{static(path)}?v={_version(path)}"


@register.simple_tag
def icon(name: str) -> str:
    """Return an icon of the sprite; decoration, so hidden from screen readers."""
    sprite = f"{static('ui/icons.svg')}?v={_version('ui/icons.svg')}"
    return format_html(
        '<svg class="icon" width="18" height="18" aria-hidden="true"><use href="{}#{}"></use></svg>', sprite, name
    )


@cache
def icon_names() -> tuple[str, ...]:
    """Return the names of all icons of the sprite, in its order."""
    with open(str(finders.find("ui/icons.svg")), encoding="utf-8") as file:
        return tuple(re.findall(r'<symbol id="([a-z-]+)"', file.read()))


@register.simple_tag
def sparkline(values: Sequence[float], label: str = "") -> str:
    """Return a small line of ``values``, latest at the right; nothing for fewer than two."""
    points = spark_points(values)
    if not points:
        return ""
    end = points.rpartition(" ")[2].replace(",", " ")
    return format_html(
        '<svg class="spark" viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<polygon points="{} 100,24 0,24"></polygon><polyline points="{}"></polyline><path d="M{}h0"></path></svg>',
        _("%(label)s, recent course") % {"label": label} if label else _("Recent course"), points, points, end,
    )  # fmt: skip


@register.simple_tag
def sort_header(page: Any, column: str, label: str, css: str = "") -> str:
    """Return a table head that sorts by ``column``; ``page`` has ``sort`` (``-last``) and ``link(sort=…)``."""
    current, falling = page.sort.removeprefix("-"), page.sort.startswith("-")
    if current != column:
        target, direction, arrow = f"-{column}" if css == "num" else column, "none", ""
    else:
        target, direction = (column, "descending") if falling else (f"-{column}", "ascending")
        arrow = icon("arrow-down" if falling else "arrow-up")
    return format_html(
        '<th scope="col" class="{}" aria-sort="{}"><a href="{}">{}{}</a></th>',
        css, direction, page.link(sort=target), label, arrow,
    )  # fmt: skip


@register.inclusion_tag("ui/chart.html")
def chart(drawn: Chart) -> dict[str, Chart]:
    """Show a drawn chart: picture, legend, and the table behind it."""
    return {"drawn": drawn}


@register.filter
def heat(share: float | None, most: float = 1) -> str:
    """Return the CSS class of a heat table's cell: ``heat-0`` for nothing, ``heat-9`` for ``most`` and above."""
    if share is None or most <= 0 or share <= 0:
        return "heat-0"
    return f"heat-{min(9, max(1, round(share / most * 9)))}"


@register.filter
def initials(name: str) -> str:
    """Return the one or two letters that stand for a name: AL, and 王 for a Chinese one."""
    words = [word for word in str(name).split() if word[0].isalnum()]
    if not words:
        return "?"
    if not words[0][0].isascii():
        return words[0][0]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
