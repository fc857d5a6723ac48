"""The widget that asks a port's questions in the shop's own page.

``port.js`` is what people read and change; ``python -m tools.script`` makes ``port.min.js`` of it, which is sent.
"""

from __future__ import annotations

from pathlib import Path

from regulars.base.scripts import Script

answer = Script(Path(__file__).with_name("port.min.js")).answer
