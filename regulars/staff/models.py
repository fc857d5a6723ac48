"""Accounts of the people who work here."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.base.fields import InstantField


class Role(models.TextChoices):
    """What a person may do; the table of permissions is ``staff.rules``."""

    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    MARKETER = "marketer", _("Marketer")
    AGENT = "agent", _("Agent")
    ANALYST = "analyst", _("Analyst, without personal data")


class StaffAccounts(BaseUserManager["Staff"]):
    """Look-up by e-mail in any case; accounts are made by operations only."""

    def get_by_natural_key(self, username: str | None) -> Staff:
        return self.get(email=(username or "").strip().lower())


class Staff(AbstractBaseUser):
    """A person who works in the shop."""

    email = models.EmailField(_("E-mail"), unique=True)
    name = models.CharField(_("Name"), max_length=80, default="")
    role = models.CharField(_("Role"), max_length=10, choices=Role)
    language = models.CharField(_("Language"), max_length=12, default="", blank=True)
    theme = models.CharField(
        _("Appearance"), max_length=6, default="", blank=True
    )  # light, dark or empty: as the device
    joined_at = InstantField()
    left_at = InstantField(null=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[StaffAccounts] = StaffAccounts()

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Return whether the person still works here."""
        return self.left_at is None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class Invitation(models.Model):
    """A colleague was asked to join; the link's token is kept as a digest only."""

    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role)
    token_digest = models.CharField(max_length=64, unique=True)
    at = InstantField()
    by = models.CharField(max_length=40)
    expires_at = InstantField()
    accepted_at = InstantField(null=True)
    revoked_at = InstantField(null=True)


class SignInAttempt(models.Model):
    """A failed sign-in, for throttling by account and by address (kept as digests, a day)."""

    who = models.CharField(max_length=64)
    at = InstantField()

    class Meta:
        indexes = [models.Index(fields=["who", "at"], name="attempt_recent")]
