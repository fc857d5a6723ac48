"""Every write of the shop room."""

from regulars.shop.operations.intake import Applied, Before, Intake, apply_drafts, recount
from regulars.shop.operations.lots import (
    Assigned,
    FileRow,
    LotError,
    add_check,
    add_lot,
    assign,
    assign_file,
    assume,
    change_lot,
    release_sale,
    restore_lot,
    stop_sale,
    take_back_check,
    unassign,
    undo_assignment,
    withdraw_lot,
)
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
    "Assigned",
    "Before",
    "FileRow",
    "Intake",
    "LotError",
    "RateEntry",
    "StoreError",
    "add_check",
    "add_lot",
    "add_store",
    "apply_drafts",
    "assign",
    "assign_file",
    "assume",
    "change_lot",
    "change_settings",
    "change_store",
    "convert_orders",
    "enter_rates",
    "recount",
    "refresh_summaries",
    "release_sale",
    "restore_lot",
    "stop_sale",
    "take_back_check",
    "unassign",
    "undo_assignment",
    "undo_batch",
    "withdraw_lot",
]
