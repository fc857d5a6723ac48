"""Every write about lots."""

from regulars.shop.operations.lots.assigning import (
    Assigned,
    FileRow,
    assign,
    assign_file,
    assume,
    unassign,
    undo_assignment,
)
from regulars.shop.operations.lots.checks import add_check, take_back_check
from regulars.shop.operations.lots.lots import (
    LotError,
    add_lot,
    change_lot,
    release_sale,
    restore_lot,
    stop_sale,
    withdraw_lot,
)

__all__ = [
    "Assigned",
    "FileRow",
    "LotError",
    "add_check",
    "add_lot",
    "assign",
    "assign_file",
    "assume",
    "change_lot",
    "release_sale",
    "restore_lot",
    "stop_sale",
    "take_back_check",
    "unassign",
    "undo_assignment",
    "withdraw_lot",
]
