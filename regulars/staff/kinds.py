"""What happens with accounts of people who work here. Ids and roles only; names never enter the lake."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from regulars.stream.kinds import kind
from regulars.stream.sentences import says


@kind("staff.joined", sentence=says(_("A colleague joined")), help="A person's account was made.", icon="person")
@dataclass(frozen=True, slots=True)
class Joined:
    staff: int
    role: str


@kind("staff.invited", sentence=says(_("%(by)s invited a colleague")), help="A colleague was invited.", icon="mail")
@dataclass(frozen=True, slots=True)
class Invited:
    invitation: int
    role: str


@kind("staff.invitation_revoked", sentence=says(_("%(by)s took an invitation back")), help="An invitation was revoked.")
@dataclass(frozen=True, slots=True)
class InvitationRevoked:
    invitation: int


@kind("staff.role_changed", sentence=says(_("%(by)s changed a role")), help="A person's role was changed.", icon="key")
@dataclass(frozen=True, slots=True)
class RoleChanged:
    staff: int
    was: str
    role: str


@kind("staff.left", sentence=says(_("A colleague left")), help="A person no longer works here.", icon="person")
@dataclass(frozen=True, slots=True)
class Left:
    staff: int


@kind("staff.returned", sentence=says(_("A colleague returned")), help="A person works here again.", icon="person")
@dataclass(frozen=True, slots=True)
class Returned:
    staff: int


@kind("staff.password_changed", sentence=says(_("A password was changed")), help="A person's password was changed.")
@dataclass(frozen=True, slots=True)
class PasswordChanged:
    staff: int


@kind("staff.signed_in", sentence=says(_("Signed in")), help="A person signed in.", icon="key")
@dataclass(frozen=True, slots=True)
class SignedIn:
    staff: int
