"""The room as a Django app."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "regulars.desks.outreach.campaigns"
    label = "campaigns"

    def ready(self) -> None:
        """Declare kinds, jobs and the word of audiences."""
        from regulars.desks.outreach.campaigns import audience_words, jobs, kinds  # noqa: F401 - each declares something

        audience_words.declare()
