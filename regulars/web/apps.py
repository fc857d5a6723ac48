"""The room as a Django app."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "regulars.web"
    label = "web"

    def ready(self) -> None:
        """Declare kinds and jobs, the menu, the lines of the work list, and follow the lake."""
        from regulars.people.exporting import SECTIONS
        from regulars.stream.jobs import AFTER_WRITE
        from regulars.web import jobs, kinds, menu, product_sales, waiting  # noqa: F401 - each declares something
        from regulars.web.exporting import activities

        SECTIONS["activities"] = activities

        if jobs.after_write not in AFTER_WRITE:
            AFTER_WRITE.append(jobs.after_write)
