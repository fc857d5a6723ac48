"""A word about what was just done, with its undo."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest


def undoable(request: HttpRequest, text: str, undo_url: str) -> None:
    """Say ``text`` on the next page, with a button that posts to ``undo_url``."""
    messages.success(request, text, extra_tags=undo_url)
