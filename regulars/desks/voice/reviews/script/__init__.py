"""The widget that shows a product's reviews in the shop's own page.

``reviews.js`` is what people read and change; ``python -m tools.script`` makes ``reviews.min.js`` of it, which is sent.
"""

from __future__ import annotations

from pathlib import Path

from regulars.base.scripts import Script

answer = Script(Path(__file__).with_name("reviews.min.js")).answer
