"""What every way out has in common: a message goes in, a receipt comes out, and what comes back is a report.

A channel is a medium (``email``, ``sms``, ``wechat``, ``weibo``, ``webpush``, ``webhook``); an adapter is one way of
using it (``smtp``, ``twilio``, ``smpp``, ...). Adapters keep no state of their own and never raise for what a provider
does: whatever happened on the line is a receipt. They raise :class:`SettingsError` for settings that cannot work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, runtime_checkable

Outcome = Literal["accepted", "refused", "later", "unknown"]
Blame = Literal["", "address", "message", "sender", "provider"]
ReportKind = Literal["delivered", "bounced", "complained", "stopped", "started", "said", "followed", "unfollowed"]
Severity = Literal["", "hard", "soft", "block", "message"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message, ready to leave.

    ``id`` is stable over retries: the provider's idempotency key, the local part of a mail's ``Message-ID``.
    ``to`` is the address in its matching form (e-mail, E.164, openid, a push subscription's JSON, a URL).
    ``headers`` are further mail headers (``List-Unsubscribe``, ...). ``template`` and ``params`` name a provider's own
    template where the provider takes nothing else. ``is_service`` is the class of message: service, else marketing.
    """

    id: str
    to: str
    language: str = "en"
    subject: str = ""
    text: str = ""
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    template: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    is_service: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)  # the body of an outgoing webhook


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message.

    ``accepted``: the provider has taken it. ``refused``: it will never take it; ``blame`` says whose fault it was.
    ``later``: it surely did not take it and may be asked again, after ``retry_after`` seconds if given.
    ``unknown``: the line broke when it may have taken it; nobody may blindly send it again.
    """

    outcome: Outcome
    provider_id: str = ""
    code: str = ""
    detail: str = ""
    blame: Blame = ""
    retry_after: float | None = None
    # Of a refusal for the address: hard only if it is surely gone.
    severity: Severity = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Something a provider or a person told us later, about one message or one address.

    ``event_id`` is the provider's own, so that a repeated report changes nothing. ``message_id`` is ``Outgoing.id``
    where the provider gives it back. ``severity`` is for bounces: hard (the address is gone), soft, block (policy or
    reputation, never the person's fault), message (too big, malformed). ``text`` is what a person wrote.
    """

    kind: ReportKind
    event_id: str
    at: datetime
    message_id: str = ""
    provider_id: str = ""
    address: str = ""
    severity: Severity = ""
    code: str = ""
    text: str = ""
    subject: str = ""
    scene: str = ""  # what a QR code or menu entry was for


@dataclass(frozen=True, slots=True)
class Call:
    """A provider's HTTP request to us. ``url`` is the public one, as signed; header names are in lower case."""

    method: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer to a provider's request, and the reports found in it. A forged request has none and 4xx."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    reports: Sequence[Report] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """One field of an adapter's setting page. ``label`` and ``help`` are lazy translations."""

    name: str
    label: Any
    help: Any = ""
    kind: Literal["text", "secret", "number", "choice", "flag", "long"] = "text"
    default: str = ""
    choices: Sequence[tuple[str, Any]] = ()
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a live check: what was looked at, whether it is well, and what to do if not (lazy translations)."""

    name: str
    is_ok: bool
    says: Any
    remedy: Any = ""


class SettingsError(ValueError):
    """The settings cannot work. ``field`` names the setting; the text says what to do."""

    def __init__(self, field: str, says: Any) -> None:
        super().__init__(str(says))
        self.field = field
        self.says = says


class Line(Protocol):
    """An open connection to a provider; used by one thread at a time."""

    def deliver(self, message: Outgoing) -> Receipt: ...


class Adapter(Protocol):
    """One way of using a channel."""

    channel: str
    name: str
    title: Any  # lazy translation
    settings: Sequence[Setting]
    # Whether the provider drops a repeated Outgoing.id, and for how many seconds it remembers.
    remembers_seconds: int
    # Whether what it sends leaves the country the shop is in, as far as the adapter knows ("" if it depends).
    country: str

    def open(self, settings: Mapping[str, str]) -> AbstractContextManager[Line]: ...

    def receive(self, settings: Mapping[str, str], call: Call) -> Answer: ...

    def check(self, settings: Mapping[str, str]) -> Sequence[Finding]: ...


class LineRefused(Exception):
    """The provider does not let us listen; to ask again soon changes nothing."""


@runtime_checkable
class Listens(Protocol):
    """An adapter whose provider reports over a line that we keep open, instead of calling us."""

    def is_listening(self, settings: Mapping[str, str]) -> bool:
        """Return whether the shop wants to be told anything by this line."""
        ...

    def listen(self, settings: Mapping[str, str], hear: Callable[[Report], None], goes_on: Callable[[], bool]) -> None:
        """Hand every report to ``hear`` as long as ``goes_on()``, asked about every half second, says so.

        A report for which ``hear`` raises is brought again. Raise SettingsError, LineRefused, or ConnectionError when
        the line ends otherwise; whoever called asks again, after a pause.
        """
        ...


@runtime_checkable
class SpeaksAnytime(Protocol):
    """An adapter of a channel that only answers, by which news that somebody waits for may be said at any time."""

    def speaks_anytime(self, settings: Mapping[str, str]) -> bool:
        """Return whether the shop has set up what it takes. Raise SettingsError for settings that cannot work."""
        ...


@runtime_checkable
class Greets(Protocol):
    """An adapter by which the shop may greet somebody who has just begun to follow it."""

    # Whether a greeting is all that the shop may say by it of its own accord.
    only_greets: bool
    greets_within: timedelta  # of the instant at which she began to follow

    def greeting(self, settings: Mapping[str, str], report: Report) -> tuple[str, Mapping[str, str]] | None:
        """Return the greeting and its ``Outgoing.params`` for whom ``report`` tells of; None where there is none.

        Raise SettingsError for settings that cannot work.
        """
        ...


ADAPTERS: dict[tuple[str, str], Adapter] = {}


def register(adapter: Adapter) -> None:
    """Make an adapter known under its channel and name."""
    ADAPTERS[adapter.channel, adapter.name] = adapter
