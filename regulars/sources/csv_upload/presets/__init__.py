"""The exports that are known by their headers."""

from __future__ import annotations

from regulars.sources.csv_upload.files.table import Table, normal
from regulars.sources.csv_upload.presets import chinese, log, shopify, woocommerce
from regulars.sources.csv_upload.presets.preset import CLOSED, PAID, UNPAID, Preset

ALL: dict[str, Preset] = {
    p.name: p for p in (*shopify.PRESETS, *woocommerce.PRESETS, *chinese.PRESETS, log.PURCHASE_LOG)
}

__all__ = ["ALL", "CLOSED", "PAID", "UNPAID", "Preset", "columns_for", "recognise"]


def recognise(table: Table) -> Preset | None:
    """Return the preset whose signs the table's headers show, the one with most signs if several; None if none does."""
    named = {normal(h) for h in table.headers}
    best, most = None, 0
    for preset in ALL.values():
        for signs in preset.signs:
            if len(signs) > most and named.issuperset(normal(s) for s in signs):
                best, most = preset, len(signs)
    if best is None and log.columns_of(table) is not None:
        return log.PURCHASE_LOG
    return best


def columns_for(preset: Preset, table: Table) -> dict[str, str]:
    """Return field → header for the columns of ``preset`` that ``table`` has."""
    if preset is log.PURCHASE_LOG and (found := log.columns_of(table)):
        return found
    named: dict[str, str] = {}
    for header in table.headers:
        named.setdefault(normal(header), header)
    return {
        field: next(named[normal(h)] for h in headers if normal(h) in named)
        for field, headers in preset.columns.items()
        if any(normal(h) in named for h in headers)
    }
