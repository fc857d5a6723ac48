"""The room as a Django app."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "regulars.desks.outreach.signup"
    label = "signup"

    def ready(self) -> None:
        """Declare kinds and jobs; hear of erased people."""
        from regulars.desks.outreach.signup import jobs, kinds  # noqa: F401 - each declares something
        from regulars.desks.outreach.signup.operations import forget_asked
        from regulars.people.operations.records import ON_ERASE

        if forget_asked not in ON_ERASE:
            ON_ERASE.append(forget_asked)
