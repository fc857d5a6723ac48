"""The catalogue's SQL as compiled by Ibis and kept beside it, so that a page never waits for Ibis to load.

``python -m regulars.insight.expressions`` writes ``compiled.sql`` anew; a test holds it equal to the expressions.
A shape or version that the file lacks is compiled when first asked for.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path

from regulars.insight.catalogue import VERSION

FILE = Path(__file__).with_name("compiled.sql")
_HEAD = re.compile(r"^-- shape (\S+) version (\d+)\n", re.MULTILINE)


def render(texts: dict[str, str], ibis_version: str) -> str:
    """Return the text of the file: every shape under a line with its name and the catalogue's version."""
    parts = [f"-- Compiled by Ibis {ibis_version}; do not edit: python -m regulars.insight.expressions\n"]
    parts += [f"-- shape {name} version {VERSION}\n{texts[name]}\n" for name in sorted(texts)]
    return "\n".join(parts)


@functools.cache
def _kept() -> dict[str, str]:
    try:
        text = FILE.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    found = _HEAD.split(text)[1:]
    return {
        name: sql.strip()
        for name, version, sql in zip(found[::3], found[1::3], found[2::3], strict=True)
        if int(version) == VERSION
    }


@functools.cache
def sql_of(shape: str) -> str:
    """Return the SQL of ``shape`` with the engine's places still in it; raise KeyError for an unknown shape."""
    kept = _kept().get(shape)
    if kept is not None:
        return kept
    from regulars.insight.expressions.shapes import compile_shape  # a second and 100 MB: only when needed

    return compile_shape(shape)
