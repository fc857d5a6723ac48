"""Every registered fault point stands in the code and is killed by a fault run."""

from __future__ import annotations

import re
from pathlib import Path

from faults.__main__ import scenarios
from regulars.base.faults import REGISTER

PACKAGE = Path(__file__).resolve().parents[2] / "regulars"


def test_every_point_is_killed_by_a_run() -> None:
    covered = {point for _, module in scenarios() for point in module.POINTS}
    assert covered == set(REGISTER)


def test_every_point_stands_in_the_code() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    assert set(re.findall(r'fault_point\("([a-z0-9_.]+)"\)', code)) == set(REGISTER)
