"""``python -m regulars.insight.reference`` prints docs/reference/metrics.md: the catalogue for people."""

from __future__ import annotations

from regulars.insight.catalogue import CATALOGUE
from regulars.insight.segments import SEGMENTS

UNITS = {"money": "money, in minor units of the currency asked for", "count": "a count", "share": "a share from 0 to 1",
         "days": "days"}  # fmt: skip


def page() -> str:
    """Return the page as Markdown."""
    lines = [
        "# Metrics",
        "",
        "Each number is defined once, in `regulars/insight/catalogue.py`; pages, `regulars metric` and this page read",
        "that definition. A window names its first and its last day, both included, in the shop's time zone. This page",
        "is written by `python -m regulars.insight.reference`.",
    ]
    for metric in CATALOGUE.values():
        lines += ["", f"## {metric.title}", "", f"`{metric.name}` · {UNITS[metric.unit]}", "", metric.formula]
        if metric.caveats:
            lines += ["", *(f"- {caveat}" for caveat in metric.caveats)]
        if metric.least:
            lines += ["", f"Needs at least {metric.least} {metric.counted}; below that it says so."]
    lines += ["", "## Classes of customers", "", "| Class | `name` | Who |", "|---|---|---|"]
    lines += [f"| {title} | `{name}` | {meaning} |" for name, title, meaning in SEGMENTS]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
