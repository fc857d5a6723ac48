"""Regulars' own tracking script, as the receiver serves it.

``visits.js`` is what people read and change; ``python -m tools.script`` makes ``visits.min.js`` of it, which is sent.
"""

from __future__ import annotations

from pathlib import Path

from regulars.base.scripts import Script

PATH = "/r.js"
answer = Script(Path(__file__).with_name("visits.min.js")).answer
