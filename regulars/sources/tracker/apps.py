"""The room as a Django app."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "regulars.sources.tracker"
    label = "tracker"

    def ready(self) -> None:
        """Declare kinds."""
        from regulars.sources.tracker import kinds  # noqa: F401
