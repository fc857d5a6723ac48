"""Within what a buyer's account id means one person: a whole platform, or one store."""

from __future__ import annotations

from collections.abc import Iterable

from regulars.shop.models import Store

# On these a buyer keeps one account for all shops; elsewhere each store numbers its own customers.
SHARED = {"taobao": "taobao", "tmall": "taobao", "jd": "jd", "douyin": "douyin", "pinduoduo": "pinduoduo"}


def account_scope(platform: str, store: int) -> str:
    """Return the scope of accounts of a store: its platform's, or ``store:3``."""
    return SHARED.get(platform, f"store:{store}")


def account_scopes() -> Iterable[str]:
    """Return the scopes of all stores, each once."""
    return {account_scope(platform, pk) for pk, platform in Store.objects.values_list("pk", "platform")}
