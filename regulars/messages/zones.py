"""Which zone a person lives in, as far as it is known."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

# Countries of several zones in which nearly everybody keeps the clock of one.
_ONE_CLOCK = {"CN": "Asia/Shanghai", "DE": "Europe/Berlin", "NZ": "Pacific/Auckland", "PT": "Europe/Lisbon"}


@cache
def zone_of_country() -> dict[str, str]:
    """Return the zone of each country (ISO 3166) that has a single one."""
    found: dict[str, set[str]] = {}
    for line in files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            country, _place, name, *_ = line.split("\t")
            found.setdefault(country, set()).add(name)
    return {country: names.pop() for country, names in found.items() if len(names) == 1} | _ONE_CLOCK
