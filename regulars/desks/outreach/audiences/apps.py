"""The room as a Django app."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "regulars.desks.outreach.audiences"
    label = "audiences"

    def ready(self) -> None:
        """Declare kinds, jobs and words; hear of people who go."""
        from regulars.desks.outreach.audiences import jobs, kinds, words  # noqa: F401 - each declares something
        from regulars.desks.outreach.audiences.operations import forget_erased, forget_members
        from regulars.people.operations.forget import ON_FORGET
        from regulars.people.operations.records import ON_ERASE

        if forget_erased not in ON_ERASE:
            ON_ERASE.append(forget_erased)
        if forget_members not in ON_FORGET:
            ON_FORGET.append(forget_members)
