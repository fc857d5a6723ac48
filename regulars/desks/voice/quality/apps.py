"""The room as a Django app."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "regulars.desks.voice.quality"
    label = "quality"

    def ready(self) -> None:
        """Declare kinds and jobs."""
        from regulars.desks.voice.quality import jobs, kinds  # noqa: F401 - each declares something
