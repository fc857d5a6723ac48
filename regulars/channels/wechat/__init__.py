"""WeChat: an Official Account, and customer contact of WeCom."""

from __future__ import annotations


def declare() -> None:
    """Make the adapters known."""
    from regulars.channels.contract import register
    from regulars.channels.wechat.official import Official
    from regulars.channels.wechat.wecom import Wecom

    register(Official())
    register(Wecom())
