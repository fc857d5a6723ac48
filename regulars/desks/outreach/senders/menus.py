"""The menu of a WeChat account as a text that somebody can write: a line an entry, those below it further right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from regulars.channels.wechat.account import Button


class MenuUnclear(ValueError):
    """A line of the text is no entry; the text says which and why."""


def menu_from(text: str) -> list[Button]:
    """Return the entries of a text. Raise MenuUnclear.

    ``Name = https://...`` opens a page, ``Name = word`` tells us that somebody pressed it, ``Name`` alone has
    entries below it.
    """
    top: list[Button] = []
    for number, line in enumerate(text.expandtabs(4).splitlines(), 1):
        if not line.strip():
            continue
        name, _sign, value = (part.strip() for part in line.partition("="))
        if not name:
            raise MenuUnclear(_("Line %(n)s has no name before the sign =.") % {"n": number})
        is_page = value.startswith(("https://", "http://"))
        button = Button(name, "view", url=value) if is_page else Button(name, key=value)
        if line[0] != " ":
            top.append(button)
        elif not top or top[-1].key or top[-1].url:
            raise MenuUnclear(_("Line %(n)s stands below an entry that does something itself.") % {"n": number})
        else:
            top[-1] = replace(top[-1], children=[*top[-1].children, button])
    for entry in top:
        for last in entry.children or [entry]:
            if not (last.key or last.url):
                raise MenuUnclear(_("“%(name)s” does nothing: write what after the sign =.") % {"name": last.name})
    if not 1 <= len(top) <= 3 or any(len(entry.children) > 5 for entry in top):
        raise MenuUnclear(_("A menu has one to three entries, with at most five below each."))
    return top


def text_of(buttons: Sequence[Button]) -> str:
    """Return a menu as the text that it would be written by."""
    lines = []
    for button in buttons:
        value = button.url or button.key
        lines.append(f"{button.name} = {value}" if value else button.name)
        lines += [f"  {below.name} = {below.url or below.key}" for below in button.children]
    return "\n".join(lines)
