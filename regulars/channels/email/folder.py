"""The adapter ``folder``: mails are written into a folder and leave nobody. For trying things out."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings as django_settings
from django.utils.translation import gettext_lazy as _

from regulars.channels.contract import Answer, Call, Finding, Outgoing, Receipt, Setting, SettingsError
from regulars.channels.email.mime import Letterhead, Unsendable, build
from regulars.channels.email.smtp import head_of

SETTINGS = (
    Setting("folder", _("Folder"), _("Within this installation's own folder."), default="outbox", is_required=True),
    Setting("from_name", _("Sender's name"), _("Customers see it in their inbox.")),
    Setting("from_address", _("Sender's address"), is_required=True),
)


class _Line:
    def __init__(self, place: Path, head: Letterhead) -> None:
        self._place = place
        self._head = head

    def deliver(self, message: Outgoing) -> Receipt:
        """Write one mail as ``<id>.eml``, whole or not at all."""
        try:
            mail = build(message, self._head, time.time())
        except Unsendable as problem:
            return Receipt("refused", detail=str(problem), blame=problem.blame)
        place = self._place / f"{message.id}.eml"
        half = place.with_suffix(".part")
        try:
            half.write_bytes(mail.content)
            os.replace(half, place)
        except OSError as error:
            return Receipt("later", detail=str(error.strerror))
        return Receipt("accepted", provider_id=message.id)


class Folder:
    """Mails in a folder, one file each."""

    channel = "email"
    name = "folder"
    title = _("A folder (no mail leaves)")
    settings: Sequence[Setting] = SETTINGS
    remembers_seconds = 10**9  # the same id is the same file
    country = ""

    @contextmanager
    def open(self, settings: Mapping[str, str]) -> Iterator[_Line]:
        """Yield a line. Raises SettingsError."""
        yield _Line(_place(settings), head_of(settings))

    def receive(self, settings: Mapping[str, str], call: Call) -> Answer:
        """Answer that there is nothing here."""
        return Answer(404)

    def check(self, settings: Mapping[str, str]) -> Sequence[Finding]:
        """Say where the mails are. Raises nothing."""
        try:
            place, _head = _place(settings), head_of(settings)
        except SettingsError as problem:
            return [Finding(problem.field, False, problem.says)]
        count = sum(1 for _file in place.glob("*.eml"))
        return [Finding("folder", True, _("%(count)d mails lie in it; none leaves this machine.") % {"count": count})]


def _place(settings: Mapping[str, str]) -> Path:
    home = Path(django_settings.HOME).resolve()
    place = (home / settings.get("folder", "outbox")).resolve()
    if home not in place.parents:
        raise SettingsError("folder", _("Name a folder within this installation's own, such as outbox."))
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError("folder", _("The folder cannot be made.")) from error
    return place
