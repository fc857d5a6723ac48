"""The room as a Django app."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "regulars.staff"
    label = "staff"

    def ready(self) -> None:
        """Declare the kinds, and tell every page who is there and what she may do."""
        from regulars.staff import kinds  # noqa: F401
        from regulars.staff.context import facts
        from regulars.ui.context import register

        register(facts)
