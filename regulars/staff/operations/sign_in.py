"""Signing in, slowly for whoever guesses."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.utils.translation import ngettext

from regulars.base.actor import Actor
from regulars.staff import kinds
from regulars.staff.models import SignInAttempt, Staff
from regulars.stream.operations import record

WINDOW = timedelta(minutes=15)
PER_ACCOUNT, PER_ADDRESS = 5, 20
_nobodys_password: list[str] = []


class TooManyAttempts(Exception):
    """Somebody guessed too often; the text says when to try again."""


def _who(kind: str, value: str) -> str:
    return hmac.new(settings.INSTALLATION_KEY, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def sign_in(*, email: str, password: str, address: str, at: datetime) -> Staff | None:
    """Return the person if e-mail and password are right, else None. Raises TooManyAttempts.

    An unknown account takes as long as a wrong password, and counts as one.
    """
    email = email.strip().lower()
    account, place = _who("account", email), _who("address", address)
    _throttle(account, PER_ACCOUNT, at)
    _throttle(place, PER_ADDRESS, at)
    staff = Staff.objects.filter(email=email, left_at=None).first()
    if not _nobodys_password:
        _nobodys_password.append(make_password("nobody"))
    right = check_password(password, staff.password if staff else _nobodys_password[0])
    if staff is None or not right:
        SignInAttempt.objects.bulk_create([SignInAttempt(who=account, at=at), SignInAttempt(who=place, at=at)])
        SignInAttempt.objects.filter(at__lt=at - timedelta(days=1)).delete()
        return None
    SignInAttempt.objects.filter(who=account).delete()
    by = Actor("staff", staff.pk)
    key = f"staff.signed_in:{staff.pk}:{at.isoformat()}"
    record("staff.signed_in", key, kinds.SignedIn(staff=staff.pk), by=by, at=at)
    return staff


def _throttle(who: str, limit: int, at: datetime) -> None:
    recent = SignInAttempt.objects.filter(who=who, at__gt=at - WINDOW).order_by("at").values_list("at", flat=True)
    times = list(recent)
    if len(times) < limit:
        return
    minutes = max(1, round((times[-limit] + WINDOW - at).total_seconds() / 60))
    text = ngettext(
        "Too many attempts. Try again in %(minutes)s minute.",
        "Too many attempts. Try again in %(minutes)s minutes.",
        minutes,
    )
    raise TooManyAttempts(text % {"minutes": minutes})
