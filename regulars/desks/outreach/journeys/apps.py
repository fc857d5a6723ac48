"""The room as a Django app."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "regulars.desks.outreach.journeys"
    label = "journeys"

    def ready(self) -> None:
        """Declare kinds and jobs; hear of people who go."""
        from regulars.desks.outreach.journeys import jobs, kinds  # noqa: F401 - each declares something
        from regulars.desks.outreach.journeys.operations import forget_erased, forget_travellers
        from regulars.people.operations.forget import ON_FORGET
        from regulars.people.operations.records import ON_ERASE

        if forget_erased not in ON_ERASE:
            ON_ERASE.append(forget_erased)
        if forget_travellers not in ON_FORGET:
            ON_FORGET.append(forget_travellers)
