"""Between the columns page and a plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from regulars.shop.models import Store
from regulars.sources.csv_upload import parse
from regulars.sources.csv_upload.files import Table, cell_text
from regulars.sources.csv_upload.mapping import FIELDS, Guess, Plan
from regulars.sources.csv_upload.mapping.guess import samples_of
from regulars.sources.csv_upload.views import words

_LOOK_AHEAD = 2000


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file as the page shows it: what it holds and what it is taken for."""

    place: int
    header: str
    samples: tuple[str, ...]
    field: str
    confidence: float
    sureness: dict[str, Any] | None


def shown_columns(table: Table, plan: Plan, guesses: list[Guess]) -> tuple[list[Column], list[Column]]:
    """Return the columns that are used, and those that are not."""
    sure = {g.header: g.confidence for g in guesses if plan.columns.get(g.field) == g.header}
    fields: dict[str, str] = {}
    for field, header in plan.columns.items():
        known = FIELDS[plan.entity].get(field)
        if known and (header not in fields or not known.is_hidden):
            fields[header] = field
    used: list[Column] = []
    left: list[Column] = []
    for place, header in enumerate(table.headers):
        field, confidence = fields.get(header, ""), sure.get(header, 1.0)
        how = words.sureness(confidence) if field else None
        column = Column(place, header, samples_of(table, header), field, confidence, how)
        (used if field else left).append(column)
    order = list(FIELDS[plan.entity])
    return sorted(used, key=lambda c: order.index(c.field)), left


def field_choices(plan: Plan) -> list[tuple[str, str | Promise]]:
    """Return what a column can be: the fields for people, and those that the preset uses here."""
    fields = FIELDS[plan.entity].items()
    return [(name, f.label) for name, f in fields if not f.is_hidden or name in plan.columns]


def status_words(table: Table, plan: Plan) -> list[dict[str, str]]:
    """Return the status words of the file's first rows that somebody must explain, or has explained."""
    header = plan.columns.get("status")
    if plan.entity != "orders" or header not in table.headers:
        return []
    place = table.headers.index(header)
    cells = [cell_text(cells[place]) for _row, cells in islice(table.rows(), _LOOK_AHEAD) if place < len(cells)]
    unknown = parse.unknown_words([c for c in cells if c], replace(plan, statuses={}))
    found = dict.fromkeys([*plan.statuses, *unknown])
    return [{"word": word, "state": plan.statuses.get(word, "")} for word in found][:30]


def plan_from(post: QueryDict, table: Table, plan: Plan, store: Store | None) -> tuple[Plan, list[str]]:
    """Return the plan a person sent, and what is wrong with the form itself."""
    columns, problems = _columns_from(post, table, plan)
    statuses = {
        word: state
        for word, state in zip(post.getlist("word"), post.getlist("word_state"), strict=False)
        if state in ("paid", "unpaid", "closed")
    }
    changed = replace(
        plan,
        columns=columns,
        statuses=statuses,
        timezone=post.get("timezone", plan.timezone).strip(),
        currency=post.get("currency", plan.currency).strip().upper(),
        country=post.get("country", plan.country).strip().upper(),
        date_order=post.get("date_order", plan.date_order),
        decimal=post.get("decimal", plan.decimal),
        amounts=post.get("amounts", plan.amounts),
        tax_included=post.get("tax_included", "yes" if plan.tax_included else "no") == "yes",
    )
    if changed.country and not (len(changed.country) == 2 and changed.country.isalpha()):
        problems.append(_("Write the country as two letters, such as CN or DE, or leave it empty."))
    if store is None and not post.get("store_name", "").strip():
        problems.append(_("Give the store a name."))
    return changed, problems


def _columns_from(post: QueryDict, table: Table, plan: Plan) -> tuple[dict[str, str], list[str]]:
    columns: dict[str, str] = {}
    problems = []
    fields = FIELDS[plan.entity]
    for place, header in enumerate(table.headers):
        field = post.get(f"column-{place}", "")
        if field not in fields:
            continue
        if field in columns:
            about = {"field": fields[field].label, "one": columns[field], "other": header}
            problems.append(_("“%(field)s” is chosen for two columns: %(one)s and %(other)s.") % about)
        columns[field] = header
    for field, header in plan.columns.items():
        # A column may serve a second time for a field that only presets know; the page shows its first use.
        if field in fields and fields[field].is_hidden and field not in columns and header in columns.values():
            columns[field] = header
    return columns, problems
