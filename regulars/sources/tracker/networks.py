"""Where an address is: in a data centre, at the shop itself, in which country. Files of the installation say so.

In ``REGULARS_HOME/networks``: ``datacentres.txt`` and ``own.txt``, each a network a line (``203.0.113.0/24``; ``#``
begins a remark), and ``places.mmdb``, a country database in MaxMind's format. None of them is needed, and nothing of an
address is kept but what they say.
"""

from __future__ import annotations

import ipaddress
import logging
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

log = logging.getLogger("regulars.tracker")


class Networks:
    """Networks of both families, found by bisection."""

    def __init__(self, lines: Iterable[str] = ()) -> None:
        self._ranges: dict[int, list[tuple[int, int]]] = {4: [], 6: []}
        self.wrong: list[str] = []
        for line in lines:
            said = line.partition("#")[0].strip()
            if not said:
                continue
            try:
                network = ipaddress.ip_network(said, strict=False)
            except ValueError:
                self.wrong.append(said)
                continue
            self._ranges[network.version].append((int(network.network_address), int(network.broadcast_address)))
        for version, ranges in self._ranges.items():
            self._ranges[version] = _joined(ranges)

    def __contains__(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
        ranges = self._ranges[address.version]
        place = bisect_right(ranges, (int(address), 1 << 128)) - 1
        return place >= 0 and int(address) <= ranges[place][1]


def _joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the ranges ascending, those that overlap as one: a bisection looks at one only."""
    joined: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


@dataclass(slots=True)
class Places:
    """The three files of a folder, read again when they change."""

    folder: Path
    _stamps: dict[str, int] = field(default_factory=dict)
    _networks: dict[str, Networks] = field(default_factory=dict)
    _database: Any = None

    def refresh(self) -> None:
        """Read the files that changed since the last time."""
        for name in ("datacentres.txt", "own.txt", "places.mmdb"):
            path = self.folder / name
            stamp = path.stat().st_mtime_ns if path.is_file() else 0
            if stamp == self._stamps.get(name, 0):
                continue
            self._stamps[name] = stamp
            if name.endswith(".mmdb"):
                self._database = _opened(path) if stamp else None
                continue
            found = Networks(path.read_text(encoding="utf-8", errors="replace").splitlines() if stamp else ())
            if found.wrong:
                log.warning("%s: no network: %s", name, ", ".join(found.wrong[:5]))
            self._networks[name] = found

    def look_up(self, text: str) -> tuple[bool, bool, str]:
        """Return of an address: is it in a data centre, is it the shop's own, its country code or ""."""
        if not self._networks and self._database is None:
            return False, False, ""
        try:
            address = ipaddress.ip_address(text.partition("%")[0])
        except ValueError:
            return False, False, ""
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        empty = Networks()
        is_datacentre = address in self._networks.get("datacentres.txt", empty)
        return is_datacentre, address in self._networks.get("own.txt", empty), self._country(address)

    def _country(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
        if self._database is None:
            return ""
        found = self._database.get(str(address))
        country = found.get("country") or found.get("registered_country") if isinstance(found, dict) else None
        return str(country.get("iso_code", ""))[:2] if isinstance(country, dict) else ""


def _opened(path: Path) -> Any:
    import maxminddb  # only where there is such a file

    try:
        return maxminddb.open_database(path)
    except (maxminddb.InvalidDatabaseError, OSError) as error:
        log.warning("%s cannot be read: %s", path.name, error)
        return None
