"""Reading translation catalogues (.po) without gettext's programs."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

_PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|%[sd]")


@dataclass
class Message:
    """One entry. ``texts`` holds the translation, or one for each plural form."""

    context: str = ""
    id: str = ""
    plural: str = ""
    texts: dict[int, str] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)

    @property
    def is_translated(self) -> bool:
        """Return whether every form has a text that nobody marked as doubtful."""
        return bool(self.texts) and all(self.texts.values()) and "fuzzy" not in self.flags

    @property
    def key(self) -> str:
        """Return the id as compiled catalogues hold it."""
        return f"{self.context}\x04{self.id}" if self.context else self.id


def read(path: Path) -> list[Message]:
    """Return the entries of a .po file, its header (the empty id) left out, obsolete ones too."""
    messages: list[Message] = []
    for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
        message, slot = Message(), ""
        for line in block.splitlines():
            if line.startswith("#,"):
                message.flags |= {flag.strip() for flag in line[2:].split(",")}
            elif line.startswith("#") or not line.strip():
                continue
            else:
                slot = _take(message, line, slot)
        if message.id:
            messages.append(message)
    return messages


def _take(message: Message, line: str, slot: str) -> str:
    """Add one line to the entry; return the slot that a following line of mere text goes on with."""
    name, _, rest = line.partition(" ")
    if not line.startswith('"'):
        slot, line = name, rest
    text = str(ast.literal_eval(line))
    if slot == "msgctxt":
        message.context += text
    elif slot == "msgid":
        message.id += text
    elif slot == "msgid_plural":
        message.plural += text
    else:
        number = int(slot[len("msgstr[") : -1]) if "[" in slot else 0
        message.texts[number] = message.texts.get(number, "") + text
    return slot


def placeholders(text: str) -> set[str]:
    """Return the places in ``text`` that values are put into."""
    return {match.group(0) for match in _PLACEHOLDER.finditer(text)}
