"""What happens to sign-up forms, as activities. That somebody agreed is ``consent.granted``."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from regulars.stream.kinds import kind
from regulars.stream.sentences import says


@kind(
    "signup.form_changed",
    sentence=says(_("Sign-up form changed by %(by)s: %(what)s")),
    help="A sign-up form was made, put away or brought back.",
    icon="pencil",
)
@dataclass(frozen=True, slots=True)
class FormChanged:
    form: int
    what: str
