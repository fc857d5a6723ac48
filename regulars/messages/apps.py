"""The room as a Django app."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "regulars.messages"
    label = "ledger"  # "messages" is Django's own

    def ready(self) -> None:
        """Declare kinds and jobs."""
        from regulars.messages import jobs, kinds  # noqa: F401 - each declares something
