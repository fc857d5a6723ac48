"""docs/reference/imports.md names every preset, field and problem."""

from __future__ import annotations

import re
from pathlib import Path

from regulars.sources.csv_upload import mapping, presets
from regulars.sources.csv_upload.problems import REMEDIES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "imports.md"


def test_everything_a_shop_may_meet_is_documented() -> None:
    named = set(re.findall(r"`([a-z0-9_]+)`", PAGE.read_text(encoding="utf-8")))
    fields = {name for fields in mapping.FIELDS.values() for name, f in fields.items() if not f.is_hidden}
    assert presets.ALL.keys() - named == set()
    assert fields - named == set()
    assert REMEDIES.keys() - named == set()


def test_every_code_that_rejects_a_row_has_a_remedy() -> None:
    rooms = Path(mapping.__file__).resolve().parents[1]
    source = "\n".join(path.read_text(encoding="utf-8") for path in rooms.rglob("*.py"))
    raised = set(re.findall(r"CellProblem\(\s*\"([a-z_]+)\"", source))
    raised |= set(re.findall(r"\.add\(\s*[\w\"]+,\s*[^,]+,\s*\"([a-z_]+)\"", source))
    raised |= set(re.findall(r"Unreadable\([^,]+, \"([a-z_]+)\"", source))
    assert raised
    assert raised - REMEDIES.keys() == set()
