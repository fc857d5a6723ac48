"""A plain purchase log: who, when, how much. Recognised by what its columns are called or, without header, hold."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from regulars.sources.csv_upload.files.table import Table, normal
from regulars.sources.csv_upload.presets.preset import Preset

PURCHASE_LOG = Preset(
    name="purchase_log",
    label=_("Purchase log (customer, date, amount)"),
    platform="",
    entity="orders",
    signs=(),
    columns={
        "account": (
            "customer_id",
            "customer id",
            "customerid",
            "customer",
            "cust_id",
            "custid",
            "user_id",
            "userid",
            "client_id",
            "client",
            "buyer_id",
            "buyer",
            "member_id",
            "member",
            "id_customer",
            "客户编号",
            "客户",
            "会员号",
            "买家",
            "用户ID",
        ),
        "placed_at": (
            "date",
            "purchase_date",
            "purchase date",
            "order_date",
            "order date",
            "transaction_date",
            "datetime",
            "timestamp",
            "invoice_date",
            "invoicedate",
            "created_at",
            "日期",
            "购买日期",
            "消费日期",
            "下单时间",
        ),
        "total": (
            "dollar_value",
            "amount",
            "total",
            "value",
            "revenue",
            "sales",
            "price",
            "spend",
            "monetary_value",
            "order_total",
            "sales_amount",
            "金额",
            "消费金额",
            "实付金额",
        ),
        "items": ("number_of_cds", "quantity", "qty", "items", "units", "count", "数量", "件数"),
    },
)
_NUMBERS = frozenset(
    normal(h)
    for h in (
        "order",
        "order #",
        "order nr",
        "order id",
        "order_id",
        "invoice number",
        "receipt",
        "receipt number",
        "transaction",
        "transaction id",
        "bestellnummer",
        "单号",
        "流水号",
        "交易号",
        "number",
        "orderid",
        "order number",
        "order_number",
        "order no",
        "order_no",
        "invoice",
        "invoiceno",
        "invoice_no",
        "transaction_id",
        "订单号",
        "订单编号",
    )
)
_DAY = re.compile(r"(19|20)\d{6}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}.*")
_AMOUNT = re.compile(r"-?\d+[.,]\d{1,2}")
_WHOLE = re.compile(r"\d{1,6}")


def columns_of(table: Table) -> dict[str, str] | None:
    """Return field → header if ``table`` is a purchase log, else None."""
    if table.headerless:
        return _by_values(table)
    named = {normal(h): h for h in table.headers}
    if not _NUMBERS.isdisjoint(named):
        return None
    found = {
        field: next(named[normal(h)] for h in headers if normal(h) in named)
        for field, headers in PURCHASE_LOG.columns.items()
        if any(normal(h) in named for h in headers)
    }
    return found if {"account", "placed_at", "total"} <= found.keys() else None


def _by_values(table: Table) -> dict[str, str] | None:
    """Return the columns of a log without header: customer first, then the date, the amount last."""
    columns = [[row[n] for row in table.sample if n < len(row)] for n in range(len(table.headers))]

    def holds(place: int, pattern: re.Pattern[str]) -> bool:
        return bool(columns[place]) and all(pattern.fullmatch(cell.strip()) for cell in columns[place])

    day = next((n for n in range(1, len(columns)) if holds(n, _DAY)), None)
    if day is None:
        return None
    behind = range(day + 1, len(columns))
    amount = next((n for n in reversed(behind) if holds(n, _AMOUNT)), None)
    if amount is None:
        amount = next((n for n in reversed(behind) if holds(n, _WHOLE)), None)
    if amount is None:
        return None
    found = {"account": table.headers[0], "placed_at": table.headers[day], "total": table.headers[amount]}
    if (items := next((n for n in behind if n != amount and holds(n, _WHOLE)), None)) is not None:
        found["items"] = table.headers[items]
    return found
