"""What a fault run came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Outcome:
    """acknowledged: what the installation said it had kept. lost, doubled: of that, afterwards. kills: by point."""

    fault: str
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    kills: dict[str, int] = field(default_factory=dict)
    survived: list[str] = field(default_factory=list)  # points at which a process should have died and did not
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Return whether every kill happened and nothing was lost or doubled."""
        return not self.lost and not self.doubled and not self.survived and bool(self.kills)

    def killed(self, point: str, returncode: int) -> None:
        """Count a process that was to die at ``point`` and ended so."""
        if returncode == -9:
            self.kills[point] = self.kills.get(point, 0) + 1
        else:
            self.survived.append(f"{point}: ended with {returncode}")
