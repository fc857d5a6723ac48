"""What people type about themselves."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

NEW_PASSWORD = forms.PasswordInput(attrs={"autocomplete": "new-password"})
THEMES = [("", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))]


class SignInForm(forms.Form):
    """E-mail and password."""

    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class JoinForm(forms.Form):
    """Name and a password of one's own."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("As your colleagues call you."))
    password = forms.CharField(
        label=_("Password"), widget=NEW_PASSWORD, help_text=_("At least 10 characters; a short sentence is good.")
    )


class OwnerForm(JoinForm):
    """The first account of a shop."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    code = forms.CharField(label=_("Code"), help_text=_("It stands in the window where Regulars was started."))
    field_order = ("name", "email", "password", "code")


class DetailsForm(forms.Form):
    """How a person is called and how her pages look."""

    name = forms.CharField(label=_("Name"), max_length=80)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    theme = forms.ChoiceField(label=_("Appearance"), choices=THEMES, required=False)


class PasswordForm(forms.Form):
    """A new password, by who knows the old one."""

    current = forms.CharField(
        label=_("Present password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    password = forms.CharField(
        label=_("New password"), widget=NEW_PASSWORD, help_text=_("At least 10 characters; a short sentence is good.")
    )
