"""The room as a Django app."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "regulars.desks.voice.asking"
    label = "asking"

    def ready(self) -> None:
        """Declare kinds and jobs; hear of erased people."""
        from regulars.desks.voice.asking import jobs, kinds  # noqa: F401 - each declares something
        from regulars.desks.voice.asking.operations import forget_asks
        from regulars.people.operations.forget import STILL_NEEDED
        from regulars.people.operations.records import ON_ERASE

        if forget_asks not in ON_ERASE:
            ON_ERASE.append(forget_asks)
            STILL_NEEDED.append("EXISTS (SELECT 1 FROM asking_ask x WHERE x.customer_id = people_customer.id)")
