"""Accounts: the first owner, invitations, roles, leaving and coming back. There is always an owner."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from regulars.base.actor import SYSTEM, Actor
from regulars.staff import kinds
from regulars.staff.models import Invitation, Role, Staff
from regulars.stream.operations import record

INVITATION_DAYS = 7


class StaffRefused(ValueError):
    """An account cannot be made or changed so; the text says why."""


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _alone() -> None:
    """Let one change of owners happen at a time. SQLite's transactions hold the write lock already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE staff_staff IN SHARE ROW EXCLUSIVE MODE")


def _email(text: str) -> str:
    address = text.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise StaffRefused(_("“%(email)s” is not an e-mail address.") % {"email": text.strip()}) from error
    return address


def _check_password(password: str, staff: Staff) -> None:
    try:
        validate_password(password, staff)
    except ValidationError as error:
        raise StaffRefused(" ".join(error.messages)) from error


def _join(*, email: str, name: str, role: str, password: str, language: str, by: Actor, at: datetime) -> Staff:
    staff = Staff(email=_email(email), name=name.strip()[:80], role=role, language=language, joined_at=at)
    _check_password(password, staff)
    staff.set_password(password)
    try:
        with transaction.atomic():
            staff.save()
    except IntegrityError as error:
        raise StaffRefused(_("There is an account for %(email)s already.") % {"email": staff.email}) from error
    record("staff.joined", f"staff.joined:{staff.pk}", kinds.Joined(staff=staff.pk, role=role), by=by, at=at)
    return staff


def create_owner(
    *, email: str, name: str = "", password: str, language: str = "", by: Actor = SYSTEM, at: datetime
) -> Staff:
    """Make the first account, the owner's. Raises StaffRefused if anybody works here already."""
    with transaction.atomic():
        _alone()
        if Staff.objects.exists():
            raise StaffRefused(_("This shop has an owner already. Sign in, or ask her for an invitation."))
        staff = _join(email=email, name=name, role=Role.OWNER, password=password, language=language, by=by, at=at)
    (settings.HOME / "setup-code").unlink(missing_ok=True)
    return staff


def setup_code() -> str:
    """Return the code that proves, at the first visit, that one can read what the server printed."""
    path = settings.HOME / "setup-code"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(4), encoding="utf-8")
    return str(path.read_text(encoding="utf-8").strip())


def invite(*, email: str, role: str, by: Actor, at: datetime) -> tuple[Invitation, str]:
    """Invite a colleague; return the invitation and the token of its link, which is shown once and kept nowhere."""
    if role not in Role.values:
        raise StaffRefused(_("There is no role “%(role)s”.") % {"role": role})
    address, token = _email(email), secrets.token_urlsafe(24)
    with transaction.atomic():
        if Staff.objects.filter(email=address).exists():
            raise StaffRefused(_("There is an account for %(email)s already.") % {"email": address})
        Invitation.objects.filter(email=address, accepted_at=None, revoked_at=None).update(revoked_at=at)
        row = Invitation.objects.create(
            email=address, role=role, token_digest=_digest(token), at=at, by=str(by),
            expires_at=at + timedelta(days=INVITATION_DAYS),
        )  # fmt: skip
        record("staff.invited", f"staff.invited:{row.pk}", kinds.Invited(invitation=row.pk, role=role), by=by, at=at)
    return row, token


def revoke_invitation(invitation: int, *, by: Actor, at: datetime) -> bool:
    """Take an invitation back. False if it was accepted or taken back before."""
    with transaction.atomic():
        if not Invitation.objects.filter(pk=invitation, accepted_at=None, revoked_at=None).update(revoked_at=at):
            return False
        body = kinds.InvitationRevoked(invitation=invitation)
        record("staff.invitation_revoked", f"staff.invitation_revoked:{invitation}", body, by=by, at=at)
    return True


def find_invitation(token: str, *, at: datetime) -> Invitation | None:
    """Return the invitation of a link, if it is still open."""
    waiting = Invitation.objects.filter(token_digest=_digest(token), accepted_at=None, revoked_at=None)
    return waiting.filter(expires_at__gt=at).first()


def accept_invitation(*, token: str, name: str, password: str, language: str = "", at: datetime) -> Staff:
    """Make the invited colleague's account. An invitation serves once."""
    with transaction.atomic():
        row = find_invitation(token, at=at)
        if row is None or not Invitation.objects.filter(pk=row.pk, accepted_at=None).update(accepted_at=at):
            raise StaffRefused(_("This invitation is no longer valid. Ask for a new one."))
        return _join(
            email=row.email, name=name, role=row.role, password=password, language=language,
            by=Actor("invitation", row.pk), at=at,
        )  # fmt: skip


def _keep_an_owner(staff: Staff) -> None:
    others = Staff.objects.filter(role=Role.OWNER, left_at=None).exclude(pk=staff.pk)
    if staff.role == Role.OWNER and staff.left_at is None and not others.exists():
        raise StaffRefused(_("A shop needs an owner. Make somebody else the owner first."))


def change_role(staff_id: int, *, role: str, by: Actor, at: datetime) -> bool:
    """Give a person another role. False if she has it; the last owner keeps hers."""
    if role not in Role.values:
        raise StaffRefused(_("There is no role “%(role)s”.") % {"role": role})
    with transaction.atomic():
        _alone()
        staff = Staff.objects.get(pk=staff_id)
        if staff.role == role:
            return False
        _keep_an_owner(staff)
        Staff.objects.filter(pk=staff_id).update(role=role)
        body = kinds.RoleChanged(staff=staff_id, was=staff.role, role=role)
        record("staff.role_changed", f"staff.role_changed:{staff_id}:{at.isoformat()}", body, by=by, at=at)
    return True


def leave(staff_id: int, *, by: Actor, at: datetime) -> bool:
    """Close a person's account; her sessions end at once. False if she had left; the last owner cannot leave."""
    with transaction.atomic():
        _alone()
        staff = Staff.objects.get(pk=staff_id)
        if staff.left_at is not None:
            return False
        _keep_an_owner(staff)
        Staff.objects.filter(pk=staff_id).update(left_at=at)
        record("staff.left", f"staff.left:{staff_id}:{at.isoformat()}", kinds.Left(staff=staff_id), by=by, at=at)
    return True


def rejoin(staff_id: int, *, by: Actor, at: datetime) -> bool:
    """Open the account of a person who had left. False if it is open."""
    with transaction.atomic():
        if not Staff.objects.filter(pk=staff_id).exclude(left_at=None).update(left_at=None):
            return False
        body = kinds.Returned(staff=staff_id)
        record("staff.returned", f"staff.returned:{staff_id}:{at.isoformat()}", body, by=by, at=at)
    return True


def change_password(staff_id: int, *, password: str, by: Actor, at: datetime) -> Staff:
    """Give a person another password; her other sessions end. Raises StaffRefused for a weak one."""
    staff = Staff.objects.get(pk=staff_id)
    _check_password(password, staff)
    staff.set_password(password)
    with transaction.atomic():
        Staff.objects.filter(pk=staff_id).update(password=staff.password)
        body = kinds.PasswordChanged(staff=staff_id)
        record("staff.password_changed", f"staff.password_changed:{staff_id}:{at.isoformat()}", body, by=by, at=at)
    return staff


def change_own_details(staff_id: int, *, name: str, language: str, theme: str) -> None:
    """Change how a person is called and how her pages look; her own matter, not recorded."""
    Staff.objects.filter(pk=staff_id).update(name=name.strip()[:80], language=language, theme=theme)
