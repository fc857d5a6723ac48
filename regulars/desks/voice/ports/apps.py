"""The room as a Django app."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "regulars.desks.voice.ports"
    label = "ports"

    def ready(self) -> None:
        """Declare kinds; hear of erased people, and of whoever asks what is kept."""
        from regulars.desks.voice.ports import exporting, kinds  # noqa: F401 - each declares something
        from regulars.desks.voice.ports.operations import forget_answers
        from regulars.people.exporting import SECTIONS
        from regulars.people.operations.forget import STILL_NEEDED
        from regulars.people.operations.records import ON_ERASE

        SECTIONS["answers_to_questions"] = exporting.answers
        if forget_answers not in ON_ERASE:
            ON_ERASE.append(forget_answers)
            STILL_NEEDED.append("EXISTS (SELECT 1 FROM ports_answer x WHERE x.customer_id = people_customer.id)")
