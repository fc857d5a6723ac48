"""Whether a plan fits its file."""

from __future__ import annotations

from django.utils.translation import gettext as _

from regulars.base.clock import zone
from regulars.base.money import MoneyError, check_currency
from regulars.sources.csv_upload.files.table import Table
from regulars.sources.csv_upload.mapping.fields import FIELDS, ONE_OF
from regulars.sources.csv_upload.mapping.plan import Plan


def check_plan(plan: Plan, table: Table) -> list[str]:
    """Return what must be mended before the file can be read so, in sentences for people; empty if nothing."""
    if plan.entity not in FIELDS:
        return [_("Say what the rows of the file are: orders, customers, products or order lines.")]
    return [*check_columns(plan, table), *_manner(plan)]


def check_columns(plan: Plan, table: Table) -> list[str]:
    """Return what is wrong with the choice of columns alone."""
    fields, said = FIELDS[plan.entity], []
    for name, header in plan.columns.items():
        if name not in fields:
            about = {"field": name, "fields": ", ".join(n for n, f in fields.items() if not f.is_hidden)}
            said.append(_("There is no field “%(field)s”. The fields are: %(fields)s.") % about)
        elif header not in table.headers:
            about = {"column": header, "columns": ", ".join(table.headers[:30])}
            said.append(_("The file has no column “%(column)s”. Its columns are: %(columns)s.") % about)
    for name, field in fields.items():
        if field.is_required and name not in plan.columns:
            said.append(_("Choose the column for “%(field)s”.") % {"field": field.label})
    for choice in ONE_OF[plan.entity]:
        if not any(name in plan.columns for name in choice):
            labels = ", ".join(str(fields[n].label) for n in choice if not fields[n].is_hidden)
            said.append(_("Choose a column for at least one of: %(fields)s.") % {"fields": labels})
    return said


def _manner(plan: Plan) -> list[str]:
    said = []
    try:
        zone(plan.timezone)
    except ValueError:
        said.append(_("Choose the time zone of the dates in this file."))
    if plan.entity != "customers":
        try:
            check_currency(plan.currency)
        except MoneyError:
            said.append(_("Choose the currency of the amounts in this file."))
    if plan.date_order not in ("ymd", "dmy", "mdy"):
        said.append(_("Say whether the day or the month comes first in the dates of this file."))
    if plan.decimal not in (".", ","):
        said.append(_("Choose the decimal sign of the amounts: a point or a comma."))
    if plan.amounts not in ("order", "line"):
        said.append(_("Say whether an amount stands for the whole order or for one line."))
    if bad := sorted(word for word, state in plan.statuses.items() if state not in ("paid", "unpaid", "closed")):
        said.append(_("Say what these statuses mean: %(words)s.") % {"words": ", ".join(bad)})
    return said
