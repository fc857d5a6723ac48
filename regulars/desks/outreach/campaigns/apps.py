"""The room as a Django app."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "regulars.desks.outreach.campaigns"
    label = "campaigns"

    def ready(self) -> None:
        """Declare kinds and jobs."""
        from regulars.desks.outreach.campaigns import jobs, kinds  # noqa: F401 - each declares something
