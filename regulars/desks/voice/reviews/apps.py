"""The room as a Django app."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "regulars.desks.voice.reviews"
    label = "reviews"

    def ready(self) -> None:
        """Declare kinds and jobs; listen to who wishes to be forgotten; be known in the other rooms."""
        from regulars.desks.voice.reviews import jobs, kinds, listening  # noqa: F401 - each declares something

        listening.declare()
