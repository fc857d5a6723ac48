"""The address that a provider calls: one for each sender, which nobody can guess."""

from __future__ import annotations

import hmac
import logging

from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regulars.base import secrets
from regulars.base.clock import now
from regulars.base.secrets import Unreadable
from regulars.channels.contract import ADAPTERS, Call, SettingsError
from regulars.messages.greeting import greet
from regulars.messages.identity import identity
from regulars.messages.models import Sender
from regulars.messages.operations import hear, settings_of
from regulars.messages.operations.hearing import is_early
from regulars.staff.access import public

log = logging.getLogger("regulars.answers")
LARGEST = 2**20


def secret_of(sender: int) -> str:
    """Return what stands in the address of a sender; made of the installation's key, and kept nowhere."""
    return secrets.digest("hook", "", str(sender)).hex()


def door_of(sender: int, base: str) -> str:
    """Return the address to give to a sender's provider; ``base`` begins it."""
    return base.rstrip("/") + reverse("answers:hook", args=[sender, secret_of(sender)])


def public_base(request: HttpRequest) -> str:
    """Return where the world finds this installation: as the shop says, else as this request found it."""
    return (identity().address or request.build_absolute_uri("/")).rstrip("/")


@public
@csrf_exempt
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest, sender: int, secret: str) -> HttpResponse:
    """Hand a provider's call to its adapter, take in what it reports, and answer what the adapter says.

    Whatever keeps us from taking it in is answered with 503: providers bring it again then.
    """
    if not hmac.compare_digest(secret.encode(), secret_of(sender).encode()):
        raise Http404
    try:
        row = Sender.objects.filter(pk=sender, retired_at=None).first()
        adapter = ADAPTERS.get((row.channel, row.adapter)) if row else None
        if row is None or adapter is None:
            raise Http404
        body = _body(request)
        if body is None:
            return _plain(413)
        answer = adapter.receive(settings_of(row), _call(request, body))
        if any(is_early(row, report) for report in answer.reports):
            return _plain(503)
        if answer.reports:
            with transaction.atomic():
                hear(row, answer.reports, at=now())
            greet(row, answer.reports, at=now())
    except (DatabaseError, SettingsError, Unreadable) as error:
        # Neither the error's text nor the call may stand in a log: both can hold what people wrote.
        log.warning("a call for sender %s could not be taken in: %s", sender, type(error).__name__)
        return _plain(503)
    return _unlogged(HttpResponse(answer.body, status=answer.status, content_type=answer.content_type))


def _unlogged(response: HttpResponse) -> HttpResponse:
    """Keep Django from writing the path of an answer of 4xx or 5xx, which is the secret, into its log."""
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def _plain(status: int) -> HttpResponse:
    response = HttpResponse(b"", status=status, content_type="text/plain; charset=utf-8")
    if status == 503:
        response.headers["Retry-After"] = "30"
    return _unlogged(response)


def _body(request: HttpRequest) -> bytes | None:
    """Return the body; None if it is larger than any provider's."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isascii() and length.isdigit():
        return None if int(length) > LARGEST else request.body
    # Sent in chunks, without a length: Django takes such a body for empty.
    chunks: bytes = request.META["wsgi.input"].read(LARGEST + 1) if request.method == "POST" else b""
    return None if len(chunks) > LARGEST else chunks


def _call(request: HttpRequest, body: bytes) -> Call:
    return Call(
        method=request.method or "GET",
        url=public_base(request) + request.get_full_path(),
        query={name: str(value) for name, value in request.GET.items()},
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
    )
