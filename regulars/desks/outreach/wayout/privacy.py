"""Her data, and being forgotten, without an account: a link is sent to her own address, and that link does it.

The link at the foot of a message is not enough for this, since messages are passed on.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.base.clock import now
from regulars.decisions.guard import Rank
from regulars.desks.outreach.wayout.public import Came, came, private
from regulars.messages.identity import identity
from regulars.messages.operations import NewSending, open_sending, plan
from regulars.people.exporting import everything
from regulars.people.operations import erase, record_customer_export
from regulars.staff.access import public

VALID = timedelta(hours=24)
SALT = "regulars.wayout"
KINDS = ("data", "erasure")


@public
@csrf_exempt
@require_POST
def ask(request: HttpRequest, name: str) -> HttpResponse:
    """Send the link to her own address: once a day, however often it is asked for."""
    who, kind = came(name), request.POST.get("kind", "")
    if kind not in KINDS:
        raise Http404
    at = now()
    address = identity().address or request.build_absolute_uri("/").rstrip("/")
    link = address + reverse(f"wayout:{kind}", args=[name, _token(who, kind)])
    content = {}
    for language, _label in settings.LANGUAGES:
        with translation.override(language):
            content[language] = _letter(kind, link)
    new = NewSending(
        scope=f"privacy:{who.root.pk}", step=f"{kind}:{at:%Y-%m-%d}", channel="email", content=content,
        expires_at=at + VALID, is_marketing=False, rank=Rank.REPLY,
    )  # fmt: skip
    plan(open_sending(new, by=who.by, at=at), [who.root.pk], by=who.by, at=at)
    return private(render(request, "wayout/asked.html", {"name": name}))


def _letter(kind: str, link: str) -> dict[str, str]:
    if kind == "data":
        return {
            "subject": _("Your data with us"),
            "text": _("You asked for everything that we know of you. This link is yours for a day:\n%(link)s")
            % {"link": link},
        }
    return {
        "subject": _("Shall we forget you?"),
        "text": _(
            "You asked us to forget you. If you still wish it, open this link within a day and confirm:\n%(link)s\n\n"
            "If it was not you, do nothing."
        )
        % {"link": link},
    }


def _token(who: Came, kind: str) -> str:
    return signing.dumps([who.root.pk, kind], salt=SALT, compress=False)


def _check(who: Came, kind: str, token: str) -> None:
    try:
        said = signing.loads(token, salt=SALT, max_age=VALID)
    except signing.BadSignature as error:
        raise Http404(_("This link is older than a day, or not one of ours. Ask for a new one.")) from error
    if said != [who.root.pk, kind]:
        raise Http404


@public
@require_GET
def data(request: HttpRequest, name: str, token: str) -> HttpResponse:
    """Send everything known about her as a file."""
    who, at = came(name), now()
    _check(who, "data", token)
    record_customer_export(customer=who.root.pk, by=who.by, at=at)
    response = JsonResponse(
        {"as_of": at.isoformat(), **everything(who.root.pk)}, json_dumps_params={"indent": 2, "ensure_ascii": False}
    )
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return private(response)


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def erasure(request: HttpRequest, name: str, token: str) -> HttpResponse:
    """Ask once more, then forget her. Her orders stay in the books without a person."""
    who, at = came(name), now()
    _check(who, "erasure", token)
    is_done = request.method == "POST"
    if is_done:
        erase(who.root.pk, reason="asked", by=who.by, at=at)
    return private(render(request, "wayout/erasure.html", {"is_done": is_done}))
