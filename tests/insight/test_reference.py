"""The page of metrics is the catalogue."""

from __future__ import annotations

from pathlib import Path

from regulars.insight.reference import page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "metrics.md"


def test_the_page_of_metrics_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "run python -m regulars.insight.reference > docs/reference/metrics.md"
    )
