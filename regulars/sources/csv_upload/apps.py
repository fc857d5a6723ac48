"""The room as a Django app."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "regulars.sources.csv_upload"
    label = "csv_upload"

    def ready(self) -> None:
        """Declare kinds and jobs."""
        from regulars.sources.csv_upload import jobs, kinds  # noqa: F401
