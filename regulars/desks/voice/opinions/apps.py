"""The room as a Django app."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "regulars.desks.voice.opinions"
    label = "opinions"

    def ready(self) -> None:
        """Declare kinds; listen to what is written back, and to who wishes to be forgotten."""
        from regulars.desks.voice.opinions import kinds, listening  # noqa: F401 - each declares something

        listening.declare()
