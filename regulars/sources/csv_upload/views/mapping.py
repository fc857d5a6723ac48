"""The page on which a person says what the columns are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from regulars.base.clock import now, zone_names
from regulars.base.installation import shop_settings
from regulars.base.money import COMMON
from regulars.shop.models import Store
from regulars.shop.operations import StoreError, add_store
from regulars.sources.csv_upload import mapping, operations, pipeline, presets
from regulars.sources.csv_upload.files import FileProblem, Table, open_table
from regulars.sources.csv_upload.mapping import Plan, Proposal
from regulars.sources.csv_upload.models import Batch
from regulars.sources.csv_upload.views import plan_form, words
from regulars.staff.access import actor, needs
from regulars.staff.rules import Permission

EARLY = (Batch.State.DRAFT, Batch.State.CHECKED, Batch.State.FAILED)


@dataclass
class _Page:
    """What the page is about."""

    batch: Batch
    store: Store | None
    table: Table
    proposal: Proposal
    plan: Plan
    problems: list[str]
    store_name: str


@needs(Permission.IMPORT_DATA)
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the columns with samples and guesses; take the answers and have the file checked."""
    batch = get_object_or_404(Batch, pk=pk)
    if batch.state not in EARLY or batch.parsed:
        return redirect("imports:batch", pk=pk)
    try:
        page = _page(request, batch)
    except FileProblem as problem:
        return render(
            request, "imports/unreadable.html", {"nav": "imports", "batch": batch, "problem": problem}, status=422
        )
    if request.method == "POST" and "read_again" not in request.POST:
        page.plan, page.problems = plan_form.plan_from(request.POST, page.table, page.plan, page.store)
        page.problems += mapping.check_plan(page.plan, page.table)
        if not page.problems and _accept(request, page):
            return redirect("imports:batch", pk=pk)
    return render(request, "imports/columns.html", _context(page), status=422 if page.problems else 200)


def _page(request: HttpRequest, batch: Batch) -> _Page:
    """Open the file as it is planned, or as the person asks to read it instead."""
    store = Store.objects.filter(pk=batch.store_id or 0).first()
    plan = Plan.from_json(batch.plan)
    asked = request.POST if request.method == "POST" else {}
    entity = asked.get("entity", plan.entity)
    table = open_table(
        pipeline.original(batch),
        encoding=asked.get("encoding", plan.encoding) or None,
        delimiter=asked.get("delimiter", plan.delimiter) or None,
        sheet=asked.get("sheet", plan.sheet) or None,
    )
    is_other = entity != plan.entity or table.headers != _headers(batch, plan)
    preset = plan.preset if plan.preset in presets.ALL and not is_other else None
    proposal = operations.propose(table, store=store, preset=preset)
    if is_other:
        defaults = {
            "timezone": plan.timezone,
            "currency": plan.currency,
            "country": plan.country,
            "tax_included": plan.tax_included,
        }
        proposal = mapping.propose(table, remembered=None, defaults=defaults, entity=entity)
        plan = proposal.plan
    else:
        plan = replace(
            plan, encoding=table.encoding or None, delimiter=table.delimiter or None, sheet=table.sheet or None
        )
    name = asked.get("store_name", words.PLATFORMS.get(plan.platform) or shop_settings().name)
    return _Page(batch, store, table, proposal, plan, [], name)


def _headers(batch: Batch, plan: Plan) -> list[str]:
    try:
        table = open_table(pipeline.original(batch), encoding=plan.encoding, delimiter=plan.delimiter, sheet=plan.sheet)
    except FileProblem:
        return []
    return table.headers


def _accept(request: HttpRequest, page: _Page) -> bool:
    """Make the store if it is new, keep the plan, and have the file checked. Return whether all went well."""
    by, at, plan = actor(request), now(), page.plan
    try:
        store = page.store or add_store(
            name=request.POST["store_name"],
            platform=plan.platform,
            currency=plan.currency,
            timezone=plan.timezone,
            country=plan.country,
            tax_included=plan.tax_included,
            by=by,
            at=at,
        )
        operations.set_plan(page.batch.pk, plan, store=store, by=by, at=at)
        operations.request_check(page.batch.pk, by=by, at=at)
    except (StoreError, operations.ImportRefused) as refusal:
        page.problems.append(str(refusal))
        return False
    return True


def _context(page: _Page) -> dict[str, Any]:
    plan, table = page.plan, page.table
    used, unused = plan_form.shown_columns(table, plan, page.proposal.guesses)
    # Zone, currency and tax belong to the store: they are asked when it is new, and never again.
    asked = [q for q in page.proposal.questions if page.store is None or q in ("date_order", "decimal")]
    preset = presets.ALL.get(plan.preset)
    return {
        "nav": "imports",
        "step": 2,
        "batch": page.batch,
        "store": page.store,
        "store_name": page.store_name,
        "table": table,
        "plan": plan,
        "preset": preset,
        "is_remembered": page.proposal.is_remembered,
        "problems": page.problems,
        "missing": [] if page.problems else mapping.check_columns(plan, table),
        "is_settled": preset is not None or page.proposal.is_remembered,
        "used": used,
        "unused": unused,
        "fields": plan_form.field_choices(plan),
        "statuses": plan_form.status_words(table, plan),
        "asked": asked,
        "told": [q for q in ("timezone", "currency", "date_order", "decimal", "tax") if q not in asked],
        "is_ungrouped": preset is None and plan.entity == "orders" and any(f.startswith("line_") for f in plan.columns),
        "zones": zone_names(),
        "currencies": COMMON,
        "entities": words.ENTITIES.items(),
        "encodings": words.ENCODINGS,
        "delimiters": words.DELIMITERS,
        "date_orders": words.DATE_ORDERS,
        "decimals": words.DECIMALS,
        "order_states": words.ORDER_STATES,
        "amounts": words.AMOUNTS,
    }
