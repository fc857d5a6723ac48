"""``python -m regulars.insight.expressions``: compile every shape anew into ``compiled.sql``."""

from __future__ import annotations

import ibis

from regulars.insight.compiled import FILE, render
from regulars.insight.expressions.shapes import compile_all

if __name__ == "__main__":
    FILE.write_text(render(compile_all(), ibis.__version__), encoding="utf-8")
