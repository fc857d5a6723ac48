"""What can be wrong with a row, by the repair it needs."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one row. ``column`` is a header ("" for the whole row), ``text`` is for people."""

    row: int
    column: str
    value: str
    code: str
    text: str

    @property
    def remedy_code(self) -> str:
        """Return the key of its repair in REMEDIES."""
        return self.code if self.code in REMEDIES else "other"


REMEDIES: dict[str, tuple[str | Promise, str | Promise]] = {
    "number_missing": (
        _("No order number"),
        _("Fill in the order number, or delete the row if it is only a total."),
    ),
    "number_long": (_("Order number too long"), _("Check that the right column is mapped as the order number.")),
    "id_eaten": (
        _("Numbers damaged by a spreadsheet"),
        _("Export the file again and import it without opening and saving it in a spreadsheet."),
    ),
    "formula": (
        _("Formulas instead of values"),
        _("In the spreadsheet, copy the column and paste it as values, then save again."),
    ),
    "date_missing": (_("No date"), _("Fill in the date of the order.")),
    "date": (_("Date not readable"), _("Write dates like 2026-01-31 or 2026-01-31 18:05:00.")),
    "date_range": (_("Date outside 1970 to 2100"), _("Check the year.")),
    "date_ambiguous": (_("Day or month first?"), _("Go back to the mapping and say which comes first.")),
    "date_order": (_("Day and month swapped"), _("Choose the other order of day and month, or mend these dates.")),
    "amount_missing": (_("No amount"), _("Fill in the order's total.")),
    "amount": (_("Amount not readable"), _("Write amounts like 1234.56, without words.")),
    "amount_decimal": (_("Other decimal sign"), _("Go back to the mapping and choose the decimal sign of this file.")),
    "amount_large": (_("Amount too large"), _("Check that the right column is mapped as the amount.")),
    "amount_negative": (
        _("Negative amount"),
        _("An order's amount is never below zero. Put returns into the refund column of the order they belong to."),
    ),
    "currency_other": (
        _("Amount in another currency"),
        _("Map the column that holds the currency, or import these rows as a file of their own."),
    ),
    "currency": (_("Not a currency"), _("Use the three letters of the currency, such as CNY or USD.")),
    "currency_missing": (_("No currency"), _("Choose the currency of this file on the mapping page.")),
    "currency_mixed": (
        _("Two currencies in one order"),
        _("Give all rows of an order the same currency, or give them different order numbers."),
    ),
    "quantity": (_("Quantity not readable"), _("Write quantities as whole numbers.")),
    "status_unknown": (
        _("Unknown order status"),
        _("Go back to the mapping and say what this status means: paid, unpaid or closed."),
    ),
    "order_conflict": (
        _("Rows of one order disagree"),
        _("Give all rows of an order the same date and total, or give them different order numbers."),
    ),
    "nobody": (
        _("No customer"),
        _("Fill in a customer number, an e-mail address or a complete phone number."),
    ),
    "title_missing": (_("No product title"), _("Fill in the title of the product.")),
    "columns": (
        _("Too many columns"),
        _("Put quotation marks around cells that hold the separator, or remove what stands behind the last column."),
    ),
    "bytes": (
        _("Unreadable signs"),
        _("Export the file again as UTF-8, or choose another encoding on the mapping page."),
    ),
    "row_broken": (_("Row cannot be split into cells"), _("Remove the stray line break or quotation mark in the row.")),
    "quote_open": (
        _("Quotation mark not closed"),
        _("Close the quotation mark in the row; later rows became part of it."),
    ),
    "order_unknown": (_("Order not imported yet"), _("Import the order file first, then this one.")),
    "too_long": (_("Text too long"), _("Shorten the text, or check that the right column is mapped.")),
    "other": (_("Other problems"), _("See the reason of each row in the download.")),
}
