"""The room as a Django app."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "regulars.stream"
    label = "stream"

    def ready(self) -> None:
        """Declare the jobs."""
        from regulars.stream import jobs  # noqa: F401
