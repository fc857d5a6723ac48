"""One table: who may open which address, and whose right each operation needs. What is not in it fails."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from regulars.staff.models import Role
from regulars.staff.rules import ROLES, Permission

P = Permission
PUBLIC = "public"
EVERYBODY: frozenset[Permission] = frozenset()
CUSTOMERS = frozenset({P.SEE_CUSTOMERS})
EDIT = frozenset({P.SEE_CUSTOMERS, P.EDIT_CUSTOMERS})
ORDERS = frozenset({P.SEE_ORDERS})
NUMBERS = frozenset({P.SEE_NUMBERS})
SETTINGS = frozenset({P.MANAGE_SETTINGS})
STAFF = frozenset({P.MANAGE_STAFF})
REACH = frozenset({P.REACH_CUSTOMERS})
HEAR = frozenset({P.HEAR_CUSTOMERS, P.SEE_CUSTOMERS})
KEEP = frozenset({P.SEE_ORDERS, P.KEEP_GOODS})
IMPORT = frozenset({P.IMPORT_DATA})
REACH = frozenset({P.SEE_CUSTOMERS, P.REACH_CUSTOMERS})

TABLE: dict[str, str | frozenset[Permission]] = {
    "staff:sign_in": PUBLIC,
    "staff:first_start": PUBLIC,
    "staff:accept_invitation": PUBLIC,
    "staff:sign_out": EVERYBODY,
    "staff:account": EVERYBODY,
    "senders:speaking": SETTINGS,
    "senders:identity": SETTINGS,
    "senders:holidays": SETTINGS,
    "senders:holidays_load": SETTINGS,
    "senders:holidays_remove": SETTINGS,
    "senders:holidays_restore": SETTINGS,
    "senders:rules": SETTINGS,
    "senders:add": SETTINGS,
    "senders:sender": SETTINGS,
    "senders:check": SETTINGS,
    "senders:decide": SETTINGS,
    "senders:account": SETTINGS,
    "senders:account_menu": SETTINGS,
    "senders:account_code": SETTINGS,
    "answers:hook": PUBLIC,
    "answers:mailbox": SETTINGS,
    "answers:mailbox_check": SETTINGS,
    "answers:mailbox_retire": SETTINGS,
    "campaigns:list": REACH,
    "campaigns:new": REACH,
    "campaigns:products": REACH,
    "campaigns:campaign": REACH,
    "campaigns:edit": REACH,
    "campaigns:preview": REACH,
    "campaigns:test": REACH,
    "campaigns:forecast": REACH,
    "campaigns:decide": REACH,
    "campaigns:customer": REACH | CUSTOMERS,
    "campaigns:wish": REACH | EDIT,
    "campaigns:people": REACH | CUSTOMERS,
    "campaigns:people_export": REACH | CUSTOMERS | {P.EXPORT_DATA},
    "opinions:list": HEAR,
    "opinions:export": HEAR | {P.EXPORT_DATA},
    "opinions:days": HEAR,
    "opinions:write_down": HEAR,
    "opinions:customer": HEAR,
    "opinions:opinion": HEAR,
    "opinions:decide": HEAR,
    "quality:board": ORDERS,
    "quality:export": ORDERS | {P.EXPORT_DATA},
    "quality:product": ORDERS,
    "quality:lots": ORDERS,
    "quality:lot": ORDERS,
    "quality:photo": ORDERS,
    "quality:orders_export": ORDERS | {P.EXPORT_DATA},
    "quality:add": KEEP,
    "quality:edit": KEEP,
    "quality:check": KEEP,
    "quality:decide": KEEP,
    "quality:decide_product": KEEP,
    "quality:assign_file": KEEP,
    "needs:heard": PUBLIC,
    "needs:list": HEAR,
    "needs:export": HEAR | {P.EXPORT_DATA},
    "needs:sort": HEAR,
    "needs:decide": HEAR,
    "needs:undo": HEAR,
    "needs:check": HEAR,
    "needs:answer_check": HEAR,
    "needs:need": HEAR,
    "needs:people": HEAR,
    "needs:people_export": HEAR | {P.EXPORT_DATA},
    "needs:change": HEAR,
    "needs:merge": HEAR,
    "needs:unmerge": HEAR,
    "needs:split": HEAR,
    "needs:unsplit": HEAR,
    "needs:ask": HEAR,
    "needs:server": SETTINGS,
    "needs:plan": HEAR,
    "needs:deed": HEAR,
    "needs:deed_decide": HEAR,
    "needs:publish": HEAR,
    "needs:tell": HEAR | REACH,
    "needs:programs": HEAR,
    "needs:program": HEAR,
    "needs:program_ask": HEAR | REACH,
    "needs:program_decide": HEAR,
    "signup:join": PUBLIC,
    "signup:confirm": PUBLIC,
    "signup:list": REACH,
    "signup:new": REACH,
    "signup:form": REACH,
    "signup:code": REACH,
    "signup:decide": REACH,
    "journeys:list": REACH,
    "journeys:new": REACH,
    "journeys:journey": REACH,
    "journeys:decide": REACH,
    "journeys:trial": REACH,
    "journeys:edit": REACH,
    "journeys:begin": REACH,
    "journeys:step": REACH,
    "journeys:preview": REACH,
    "journeys:test": REACH,
    "journeys:undo": REACH,
    "journeys:people": REACH | CUSTOMERS,
    "wayout:choices": PUBLIC,
    "wayout:ask": PUBLIC,
    "wayout:data": PUBLIC,
    "wayout:erasure": PUBLIC,
    "ports:message": PUBLIC,
    "ports:open": PUBLIC,
    "ports:data": PUBLIC,
    "ports:widget": PUBLIC,
    "ports:personal": PUBLIC,
    "reviews:public": PUBLIC,
    "reviews:data": PUBLIC,
    "reviews:widget": PUBLIC,
    "reviews:photo": PUBLIC,
    "reviews:ledger": PUBLIC,
    "reviews:write": PUBLIC,
    "reviews:own": PUBLIC,
    "reviews:list": HEAR,
    "reviews:export": HEAR | {P.EXPORT_DATA},
    "reviews:products": HEAR,
    "reviews:review": HEAR,
    "reviews:decide": HEAR,
    "reviews:staff_photo": HEAR,
    "reviews:settings": {P.HEAR_CUSTOMERS, P.MANAGE_SETTINGS},
    "reviews:files": HEAR | {P.IMPORT_DATA},
    "reviews:file": HEAR | {P.IMPORT_DATA},
    "reviews:decide_file": HEAR | {P.IMPORT_DATA},
    "asking:settings": HEAR | {P.REACH_CUSTOMERS},
    "ports:list": HEAR,
    "ports:port": HEAR,
    "ports:code": HEAR,
    "ports:answers": HEAR,
    "ports:photo": HEAR,
    "ports:answers_export": HEAR | {P.EXPORT_DATA},
    "ports:card": HEAR,
    "ports:new": HEAR | {P.REACH_CUSTOMERS},
    "ports:edit": HEAR | {P.REACH_CUSTOMERS},
    "ports:decide": HEAR | {P.REACH_CUSTOMERS},
    "web:preferences": PUBLIC,
    "web:palette": EVERYBODY,
    "web:patterns": EVERYBODY,
    "web:view_save": EVERYBODY,
    "web:view_delete": EVERYBODY,
    "web:today": EVERYBODY,
    "web:numbers": NUMBERS,
    "web:number": NUMBERS,
    "web:number_course": NUMBERS,
    "web:number_people": NUMBERS | CUSTOMERS | {P.EXPORT_DATA},
    "web:retention": NUMBERS,
    "web:retention_cell": NUMBERS,
    "web:retention_class": NUMBERS,
    "web:suggestions": EDIT,
    "web:suggestion_same": EDIT,
    "web:suggestion_different": EDIT,
    "web:suggestion_reopen": EDIT,
    "web:dead_jobs": SETTINGS,
    "web:dead_job_decide": SETTINGS,
    "web:customers": CUSTOMERS,
    "web:customers_export": CUSTOMERS | {P.EXPORT_DATA},
    "web:customers_merge": EDIT,
    "web:customer": CUSTOMERS,
    "web:customer_older": CUSTOMERS,
    "web:customer_edit": EDIT,
    "web:customer_export": CUSTOMERS | {P.SEE_CONTACTS, P.EXPORT_DATA},
    "web:customer_erase": EDIT,
    "web:customer_merge": EDIT,
    "web:customer_withdraw": EDIT,
    "web:customer_restore_consent": EDIT,
    "web:customer_suppress": EDIT,
    "web:customer_lift": EDIT,
    "web:customer_close_again": EDIT,
    "web:customer_reject": EDIT,
    "web:customer_unmerge": EDIT,
    "web:orders": ORDERS,
    "web:orders_export": ORDERS | {P.EXPORT_DATA},
    "web:order": ORDERS,
    "web:products": ORDERS,
    "web:products_export": ORDERS | {P.EXPORT_DATA},
    "web:product": ORDERS,
    "web:settings": SETTINGS,
    "web:store_add": SETTINGS,
    "web:store_change": SETTINGS,
    "web:rate_enter": SETTINGS,
    "web:rates_import": SETTINGS,
    "web:rates_example": SETTINGS,
    "tracking:keys": SETTINGS,
    "tracking:events": SETTINGS,
    "tracking:close": SETTINGS,
    "tracking:customer": CUSTOMERS,
    "tracking:follow": EDIT,
    "tracking:lift": SETTINGS,
    "tracking:visit": CUSTOMERS,
    "web:visits": NUMBERS,
    "web:visits_here": CUSTOMERS,
    "web:visits_people": NUMBERS,
    "web:visits_products": NUMBERS,
    "web:visits_paths": NUMBERS,
    "web:visits_stopped": NUMBERS,
    "web:visits_returns": NUMBERS,
    "web:visits_returned": NUMBERS,
    "web:visits_lists": CUSTOMERS,
    "web:visits_list": CUSTOMERS,
    "audiences:list": REACH,
    "audiences:new": REACH,
    "audiences:check": REACH,
    "audiences:words": REACH,
    "audiences:show": REACH,
    "audiences:edit": REACH,
    "audiences:retire": REACH,
    "audiences:restore": REACH,
    "audiences:freeze": REACH,
    "audiences:use_version": REACH,
    "audiences:export": REACH | {P.EXPORT_DATA},
    "audiences:export_frozen": REACH | {P.EXPORT_DATA},
    "web:keeping": SETTINGS,
    "web:team": STAFF,
    "web:team_role": STAFF,
    "web:team_leave": STAFF,
    "web:team_rejoin": STAFF,
    "web:team_revoke": STAFF,
}

# Whose right a caller must hold; "system" is not for people, "self" is one's own account.
OPERATIONS: dict[str, dict[str, str]] = {
    "regulars.people.operations": {
        "change_details": P.EDIT_CUSTOMERS, "erase": P.EDIT_CUSTOMERS, "lift_suppression": P.EDIT_CUSTOMERS,
        "merge": P.EDIT_CUSTOMERS, "record_consents": P.EDIT_CUSTOMERS, "reject_suggestion": P.EDIT_CUSTOMERS,
        "record_customer_export": P.EXPORT_DATA, "reopen_suggestion": P.EDIT_CUSTOMERS,
        "remember_buyers": "system", "suggest_merges": "system", "suppress": P.EDIT_CUSTOMERS,
        "unmerge": P.EDIT_CUSTOMERS, "withdraw_consent": P.EDIT_CUSTOMERS,
    },
    "regulars.shop.operations": {
        "add_store": P.MANAGE_SETTINGS, "apply_drafts": P.IMPORT_DATA, "change_settings": P.MANAGE_SETTINGS,
        "change_store": P.MANAGE_SETTINGS, "convert_orders": "system", "enter_rates": P.MANAGE_SETTINGS,
        "recount": "system", "refresh_summaries": "system", "undo_batch": P.IMPORT_DATA,
        "add_check": P.KEEP_GOODS, "add_lot": P.KEEP_GOODS, "assign": P.KEEP_GOODS, "assign_file": P.KEEP_GOODS,
        "assume": P.KEEP_GOODS, "change_lot": P.KEEP_GOODS, "release_sale": P.KEEP_GOODS,
        "restore_lot": P.KEEP_GOODS, "stop_sale": P.KEEP_GOODS, "take_back_check": P.KEEP_GOODS,
        "unassign": P.KEEP_GOODS, "undo_assignment": P.KEEP_GOODS, "withdraw_lot": P.KEEP_GOODS,
    },
    "regulars.desks.outreach.campaigns.operations": {
        "cancel": P.REACH_CUSTOMERS, "change_campaign": P.REACH_CUSTOMERS, "draft_campaign": P.REACH_CUSTOMERS,
        "pause": P.REACH_CUSTOMERS, "plan_campaign": "system", "problems_of": P.REACH_CUSTOMERS,
        "resume": P.REACH_CUSTOMERS, "retry": P.REACH_CUSTOMERS, "sending_of": P.REACH_CUSTOMERS,
        "sendings": P.REACH_CUSTOMERS, "start": P.REACH_CUSTOMERS,
    },
    "regulars.desks.outreach.signup.operations": {
        "add_form": P.REACH_CUSTOMERS, "ask_to_join": PUBLIC, "clean_up": "system", "confirm": PUBLIC,
        "forget_asked": "system", "is_valid": PUBLIC, "restore_form": P.REACH_CUSTOMERS,
        "retire_form": P.REACH_CUSTOMERS,
    },
    "regulars.desks.voice.asking.operations": {
        "ask_due": "system", "asking": P.HEAR_CUSTOMERS, "forget_asks": "system", "save_asking": P.REACH_CUSTOMERS,
    },
    "regulars.desks.voice.reviews.operations": {
        "delete_own": PUBLIC, "forget_reviews": "system", "publish": P.HEAR_CUSTOMERS, "publish_overdue": "system",
        "purchase_of": PUBLIC, "read_file": P.IMPORT_DATA, "remove": P.HEAR_CUSTOMERS, "reply": P.HEAR_CUSTOMERS,
        "reviewing": PUBLIC, "save_reviewing": P.MANAGE_SETTINGS, "take_back_reply": P.HEAR_CUSTOMERS,
        "take_file": P.IMPORT_DATA, "undo_file": P.IMPORT_DATA, "work_on_file": "system", "write": PUBLIC,
    },
    "regulars.desks.voice.ports.operations": {
        "add_port": P.REACH_CUSTOMERS, "answer": PUBLIC, "change_port": P.REACH_CUSTOMERS,
        "forget_answers": "system", "port_of_scope": PUBLIC, "restore_port": P.REACH_CUSTOMERS,
        "retire_port": P.REACH_CUSTOMERS, "unsaved_port": PUBLIC,
    },
    "regulars.desks.voice.opinions.operations": {
        "close_case": P.HEAR_CUSTOMERS, "hear": PUBLIC, "open_case": P.HEAR_CUSTOMERS, "ponder": P.HEAR_CUSTOMERS,
        "put_beside": "system", "reopen_case": P.HEAR_CUSTOMERS, "revise": PUBLIC, "take_back": PUBLIC,
        "take_case": P.HEAR_CUSTOMERS, "unponder": P.HEAR_CUSTOMERS,
    },
    "regulars.desks.voice.needs.operations": {
        "answer_check": P.HEAR_CUSTOMERS, "ask_members": P.REACH_CUSTOMERS, "begin_program": P.HEAR_CUSTOMERS,
        "change_deed": P.HEAR_CUSTOMERS, "change_need": P.HEAR_CUSTOMERS, "confirm": P.HEAR_CUSTOMERS,
        "do_deed": P.HEAR_CUSTOMERS, "draw_checks": "system", "drop_deed": P.HEAR_CUSTOMERS,
        "finish_program": P.HEAR_CUSTOMERS, "hide_deed": P.HEAR_CUSTOMERS, "judge_deed": "system",
        "keep_proposals": "system", "make_need": P.HEAR_CUSTOMERS, "merge_needs": P.HEAR_CUSTOMERS,
        "need_of_theme": P.HEAR_CUSTOMERS, "note_step": P.HEAR_CUSTOMERS, "plan_deed": P.HEAR_CUSTOMERS,
        "reopen_program": P.HEAR_CUSTOMERS, "show_deed": P.HEAR_CUSTOMERS, "split_need": P.HEAR_CUSTOMERS,
        "tell": P.REACH_CUSTOMERS, "undo_deed": P.HEAR_CUSTOMERS, "unmerge_need": P.HEAR_CUSTOMERS,
        "unnote_step": P.HEAR_CUSTOMERS, "unsplit_need": P.HEAR_CUSTOMERS,
    },
    "regulars.desks.voice.quality.operations": {
        "go_on": P.KEEP_GOODS, "record_download": P.EXPORT_DATA, "take_back_go_on": P.KEEP_GOODS,
        "work_out": "system",
    },
    "regulars.desks.outreach.journeys.operations": {
        "advance": "system", "ask_audiences": "system", "change_journey": P.REACH_CUSTOMERS,
        "count_margin": P.REACH_CUSTOMERS, "undo_change": P.REACH_CUSTOMERS,
        "delete_draft": P.REACH_CUSTOMERS, "draft_journey": P.REACH_CUSTOMERS, "follow": "system",
        "forget_erased": "system", "forget_travellers": "system", "problems_of": P.REACH_CUSTOMERS,
        "publish": P.REACH_CUSTOMERS, "start": P.REACH_CUSTOMERS, "stop": P.REACH_CUSTOMERS,
        "take_back_exited": "system", "take_in": "system", "wake_for_rules": "system",
    },
    "regulars.messages.operations": {
        "add_holidays": P.MANAGE_SETTINGS, "remove_holidays": P.MANAGE_SETTINGS,
        "add_sender": P.MANAGE_SETTINGS, "cancel": P.REACH_CUSTOMERS, "change_sender": P.MANAGE_SETTINGS,
        "choose_what_to_get": PUBLIC, "foresee": P.REACH_CUSTOMERS, "halt": P.REACH_CUSTOMERS, "hear": "system",
        "note_sender": P.MANAGE_SETTINGS,
        "lift_halt": P.MANAGE_SETTINGS, "open_sending": P.REACH_CUSTOMERS, "plan": P.REACH_CUSTOMERS,
        "restore_sender": P.MANAGE_SETTINGS, "resume": P.REACH_CUSTOMERS, "retire_sender": P.MANAGE_SETTINGS,
        "retry_failed": P.REACH_CUSTOMERS, "save_rules": P.MANAGE_SETTINGS, "settings_of": P.MANAGE_SETTINGS,
        "settle": "system", "stop": PUBLIC, "take": "system", "take_back": P.REACH_CUSTOMERS,
        "take_opinion": PUBLIC, "unwish": P.EDIT_CUSTOMERS,
        "wish": P.EDIT_CUSTOMERS,
    },
    "regulars.stream.operations": {
        "record": "system", "record_many": "system", "record_rows": "system", "retract": "system",
        "retract_batch": "system", "retract_keys": "system",
    },
    "regulars.staff.operations": {
        "accept_invitation": PUBLIC, "change_own_details": "self", "change_password": "self",
        "change_role": P.MANAGE_STAFF, "create_owner": PUBLIC, "find_invitation": PUBLIC, "invite": P.MANAGE_STAFF,
        "leave": P.MANAGE_STAFF, "rejoin": P.MANAGE_STAFF, "revoke_invitation": P.MANAGE_STAFF,
        "setup_code": "system", "sign_in": PUBLIC,
    },
    "regulars.sources.csv_upload.operations": {
        "cancel": P.IMPORT_DATA, "confirm": P.IMPORT_DATA, "discard": P.IMPORT_DATA, "propose": P.IMPORT_DATA,
        "request_check": P.IMPORT_DATA, "request_undo": P.IMPORT_DATA, "run_check": "system", "run_here": "system",
        "run_import": "system", "run_undo": "system", "set_plan": P.IMPORT_DATA, "start_draft": P.IMPORT_DATA,
    },
    "regulars.sources.answers.operations": {
        "give_line": "system", "note_line": "system", "take_line": "system",
        "keep_mailbox": P.MANAGE_SETTINGS, "note_reading": "system", "retire_mailbox": P.MANAGE_SETTINGS,
        "settings_of_mailbox": P.MANAGE_SETTINGS, "take_mail": "system",
    },
    "regulars.sources.tracker.operations": {
        "add_key": P.MANAGE_SETTINGS, "close_key": P.MANAGE_SETTINGS, "forget_links": "system",
        "lift_junk": P.MANAGE_SETTINGS, "opt_in": P.EDIT_CUSTOMERS, "opt_out": P.EDIT_CUSTOMERS,
    },
    "regulars.desks.outreach.audiences.operations": {
        "change_audience": P.REACH_CUSTOMERS, "forget_erased": "system", "forget_members": "system",
        "freeze": P.REACH_CUSTOMERS, "record_download": P.EXPORT_DATA, "restore": P.REACH_CUSTOMERS,
        "retire": P.REACH_CUSTOMERS, "save_audience": P.REACH_CUSTOMERS, "take_sizes": "system",
    },
    "regulars.web.operations": {
        "change_keeping": P.MANAGE_SETTINGS, "decide_on_job": P.MANAGE_SETTINGS, "delete_view": "self",
        "let_go": "system", "record_download": P.EXPORT_DATA,
        "save_view": "self",
    },
}  # fmt: skip


def _patterns(under: Any, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in under:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _patterns(pattern.url_patterns, inner)
        else:
            yield f"{namespace}{pattern.name}", pattern


URLS = dict(_patterns(get_resolver().url_patterns))


def wanted(name: str) -> str | frozenset[Permission]:
    """Return what the table says of an address; imports and numbers are each one right."""
    if name.startswith("imports:"):
        return IMPORT
    return TABLE[name]


def address(name: str, pattern: URLPattern) -> str:
    """Return an address of the pattern with arguments that name nothing."""
    values = {"int": 987_654, "slug": "email", "str": "nothing", "date": "2026-01-01"}
    kinds = {key: type(c).__name__.removesuffix("Converter").lower() for key, c in pattern.pattern.converters.items()}
    fixed = {"page": "orders"}  # a list that every role may see
    arguments = {k: fixed.get(k, values["int" if kind == "int" else "slug"]) for k, kind in kinds.items()}
    return reverse(name, kwargs=arguments)


def test_every_address_is_in_the_table() -> None:
    known = {name for name in URLS if name.startswith("imports:")} | TABLE.keys()
    assert URLS.keys() - known == set(), "name them in TABLE with the rights they need"
    assert TABLE.keys() - URLS.keys() == set(), "these addresses are gone"


@pytest.mark.parametrize("name", sorted(URLS))
def test_strangers_reach_nothing_but_the_door(db: None, olive: Any, client: Client, name: str) -> None:
    path = address(name, URLS[name])
    for answer in (client.get(path), client.post(path)):
        if wanted(name) == PUBLIC:
            assert answer.status_code != 403
        else:
            assert (answer.status_code, answer.headers.get("Location", "").split("?")[0]) == (
                302,
                reverse("staff:sign_in"),
            )


@pytest.mark.parametrize("role", Role.values)
def test_each_role_opens_what_the_table_says(
    db: None, request: pytest.FixtureRequest, client_of: Callable[[Any], Client], role: str
) -> None:
    who = dict(zip(Role.values, ("olive", "mia", "mark", "sam", "ana"), strict=True))[role]
    staff = request.getfixturevalue(who)
    wrong = []
    for name, pattern in sorted(URLS.items()):
        rights = wanted(name)
        is_open = isinstance(rights, str) or rights <= ROLES[role]
        for method in ("get", "post"):
            answer = getattr(client_of(staff), method)(address(name, pattern))
            if (answer.status_code == 403) == is_open:
                wrong.append((name, method, answer.status_code))
    assert not wrong


@pytest.mark.parametrize("module", OPERATIONS)
def test_every_operation_is_in_the_table(module: str) -> None:
    room = importlib.import_module(module)
    names = set(getattr(room, "__all__", vars(room)))
    public = {
        name
        for name in names
        if inspect.isfunction(getattr(room, name))
        and not name.startswith("_")
        and getattr(room, name).__module__.startswith(module)
    }
    assert public == OPERATIONS[module].keys()


def test_a_view_that_says_nothing_is_closed_to_everybody(
    db: None, olive: Any, settings: Any, client_of: Callable[[Any], Client]
) -> None:
    settings.ROOT_URLCONF = "tests.staff.open_door"
    assert client_of(olive).get("/open/").status_code == 403
