"""What happens to ports, as activities."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from regulars.stream.kinds import kind
from regulars.stream.sentences import says


@kind(
    "port.changed",
    sentence=says(_("Port changed by %(by)s: %(what)s")),
    help="A port was made, changed, put away or brought back.",
    icon="pencil",
)
@dataclass(frozen=True, slots=True)
class PortChanged:
    port: int
    what: str


@kind(
    "port.answered",
    sentence=says(_("Answered questions of the shop")),
    help="Somebody answered the questions of a port, or changed her answer.",
    icon="check",
)
@dataclass(frozen=True, slots=True)
class Answered:
    port: int
    scope: str
    version: int
    mark: int | None = None
    best: int | None = None
