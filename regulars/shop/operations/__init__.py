"""Every write of the shop room."""

from regulars.shop.operations.intake import Applied, Before, Intake, apply_drafts, recount
from regulars.shop.operations.settings import (
    RateEntry,
    StoreError,
    add_store,
    change_settings,
    change_store,
    enter_rates,
)
from regulars.shop.operations.summaries import convert_orders, refresh_summaries
from regulars.shop.operations.undo import undo_batch

__all__ = [
    "Applied",
    "Before",
    "Intake",
    "RateEntry",
    "StoreError",
    "add_store",
    "apply_drafts",
    "change_settings",
    "change_store",
    "convert_orders",
    "enter_rates",
    "recount",
    "refresh_summaries",
    "undo_batch",
]
