"""Text messages: what they cost, who said stop, and the ways to send them."""

from __future__ import annotations


def declare() -> None:
    """Make the adapters known."""
    from regulars.channels.contract import register
    from regulars.channels.sms.aliyun import Aliyun
    from regulars.channels.sms.smpp import Smpp
    from regulars.channels.sms.twilio import Twilio

    for adapter in (Twilio(), Aliyun(), Smpp()):
        register(adapter)
