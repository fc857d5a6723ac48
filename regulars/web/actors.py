"""Who did something, by name."""

from __future__ import annotations

from django.utils.translation import gettext as _

from regulars.staff.models import Staff


class ActorNames:
    """Turns an actor's text (``staff:3``) into a name for people; asks for the staff once, and only if needed."""

    def __init__(self) -> None:
        self._staff: dict[int, str] | None = None

    def __call__(self, actor: str) -> str:
        """Return the name of who did it."""
        kind, _colon, number = actor.partition(":")
        if kind == "staff" and number.isdecimal():
            if self._staff is None:
                self._staff = {
                    pk: name or email for pk, name, email in Staff.objects.values_list("id", "name", "email")
                }
            return self._staff.get(int(number), _("somebody"))
        return {
            "import": _("an import"),
            "customer": _("the customer"),
            "command_line": _("the command line"),
        }.get(kind, _("Regulars"))
