"""Outgoing webhooks."""

from __future__ import annotations


def declare() -> None:
    """Make the adapter known."""
    from regulars.channels.contract import register
    from regulars.channels.webhook.outgoing import Webhook

    register(Webhook())
