"""The room as a Django app."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "regulars.sources.answers"
    label = "answers"

    def ready(self) -> None:
        """Declare kinds and jobs; say on a sender's page where its reports come in."""
        from regulars.desks.outreach.senders.beside import BESIDE
        from regulars.messages.sending import STOPS_AT
        from regulars.sources.answers import jobs, kinds  # noqa: F401 - each declares something
        from regulars.sources.answers.cards import door_card, line_card, mailbox_card
        from regulars.sources.answers.reading import stops_at

        for card in (door_card, line_card, mailbox_card):
            if card not in BESIDE:
                BESIDE.append(card)
        if stops_at not in STOPS_AT:
            STOPS_AT.append(stops_at)
