"""The room as a Django app."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "regulars.desks.voice.ports"
    label = "ports"

    def ready(self) -> None:
        """Declare kinds; hear of erased people, and of whoever asks what is kept."""
        from regulars.desks.voice.opinions.listening import TAKEN_BY
        from regulars.desks.voice.opinions.queries import NOTES
        from regulars.desks.voice.ports import exporting, kinds  # noqa: F401 - each declares something
        from regulars.desks.voice.ports.keywords import answer_by_word
        from regulars.desks.voice.ports.operations import forget_answers
        from regulars.desks.voice.ports.queries import photos_beside
        from regulars.people.exporting import SECTIONS
        from regulars.people.operations.forget import STILL_NEEDED
        from regulars.people.operations.records import ON_ERASE

        if answer_by_word not in TAKEN_BY:
            TAKEN_BY.append(answer_by_word)
            NOTES.append(photos_beside)
        SECTIONS["answers_to_questions"] = exporting.answers
        if forget_answers not in ON_ERASE:
            ON_ERASE.append(forget_answers)
            STILL_NEEDED.append("EXISTS (SELECT 1 FROM ports_answer x WHERE x.customer_id = people_customer.id)")
