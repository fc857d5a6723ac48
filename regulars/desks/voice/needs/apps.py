"""The room as a Django app."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "regulars.desks.voice.needs"
    label = "needs"

    def ready(self) -> None:
        """Declare kinds, jobs and the word of audiences; listen to opinions and to who wishes to be forgotten."""
        from regulars.desks.voice.needs import audience_words, jobs, kinds, listening  # noqa: F401 - each declares

        audience_words.declare()
        listening.declare()
